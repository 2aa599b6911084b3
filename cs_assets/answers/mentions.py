"""What a question names: weeks, days, and customers, reps, accounts and calls by name or id.

They are taken out of the text and marked there, before anybody reads what is asked of them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from cs_assets.answers import vocabulary
from cs_assets.answers.directory import Directory, Named
from cs_assets.answers.periods import next_in
from cs_assets.answers.wording import folded, place_of, words

_FIRST_MARK = 0xE000


@dataclass
class Mentions:
    """What was found in a question: marks in the text stand for mentions."""

    text: str
    newest: str | None = None
    """Monday of the newest week that is known."""
    is_this_week: bool = False
    """Whether it is that one by the words "this week" or "current week"."""
    weeks: list[str | None] = field(default_factory=list)
    days: str = ""
    window: str = ""
    names: list[list[Named]] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)

    def mark(self, start: int, end: int, kind: str, number: int) -> None:
        sign = chr(_FIRST_MARK + len(self.marks))
        self.marks.append((kind, number))
        self.text = f"{self.text[:start]} {sign} {self.text[end:]}"

    def kind_of(self, sign: str) -> str:
        """Of which kind a mark is: name, week, days or window."""
        return self.marks[ord(sign) - _FIRST_MARK][0]


def mentions_in(text: str, directory: Directory, weeks: Sequence[dt.date]) -> Mentions:
    """Take dates, then names and ids, out of the text."""
    reading = Mentions(folded(text), weeks[0].isoformat() if weeks else None)
    while (found := next_in(reading.text, weeks)) is not None:
        start, end, (kind, value) = found
        if kind in ("week", "this week"):
            reading.weeks.append(value)
            reading.is_this_week |= kind == "this week"
            kind = "week"
        elif kind == "days":
            reading.days = value or ""
        else:
            reading.window = value or ""
        reading.mark(start, end, kind, 0)
    reading.text = words(reading.text)
    for form, owners in directory.named(reading.text):
        while (at := place_of(form, reading.text)) >= 0:
            reading.names.append(owners)
            reading.mark(at, at + len(form), "name", len(reading.names) - 1)
    _take_calls(reading, directory)
    _take_beginnings(reading, directory)
    in_order = [reading.marks[ord(one) - _FIRST_MARK] for one in reading.text if is_mark(one)]
    reading.names = [reading.names[number] for kind, number in in_order if kind == "name"]
    return reading


def without_names(text: str, directory: Directory, mark: str) -> str:
    """A text of words with ``mark`` in the place of the names of the directory, and beginnings."""
    for form, _ in directory.named(text):
        while (at := place_of(form, text)) >= 0:
            text = f"{text[:at]} {mark} {text[at + len(form) :]}"
    parts, at = text.split(), 0
    while at < len(parts):
        if parts[at] not in vocabulary.single_words():
            taken, _ = directory.beginning(parts[at:])
            parts[at : at + taken] = [mark] if taken else []
        at += 1
    return " ".join(parts)


def is_mark(sign: str) -> bool:
    return _FIRST_MARK <= ord(sign) <= 0xF8FF


def _take_calls(reading: Mentions, directory: Directory) -> None:
    for word in reading.text.split():
        if len(word) >= 8 and any(c.isdigit() for c in word):
            known = directory.get("call", word)
            if known is not None:
                at = place_of(word, reading.text)
                reading.names.append([known])
                reading.mark(at, at + len(word), "name", len(reading.names) - 1)


def _take_beginnings(reading: Mentions, directory: Directory) -> None:
    """Beginnings of names, unless they are words of questions."""
    parts, at = reading.text.split(), 0
    while at < len(parts):
        taken, owners = (
            (0, []) if parts[at] in vocabulary.single_words() else directory.beginning(parts[at:])
        )
        if taken:
            reading.names.append(owners)
            sign = chr(_FIRST_MARK + len(reading.marks))
            reading.marks.append(("name", len(reading.names) - 1))
            parts[at : at + taken] = [sign]
        at += 1
    reading.text = " ".join(parts)

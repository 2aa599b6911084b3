"""Our own hard calls: short talks as text, each line with what a reader labelled.

``R: words {label label}`` is the rep, ``C:`` the customer; a talk begins with
``== name | kind of call | day`` and ends with ``missed: criterion ...`` (what the call as a whole
lacks) and ``na: criterion ...`` (what it gave no chance for). Labels of a line:

``q+ q-``           the customer's question, answered or not
``a+ a-``           the customer's answer, taken up or not
``obj:kind:outcome[:letters]``  an objection; letters name what the rep left out of
                    k acknowledges, l clarifies, n answers, f checks that it is settled
``near``            sounds like an objection and is none
``promise``         an empty promise
``step step=DAY``   a next step; ``nostep`` sounds like one and is none
``check nocheck``   asks how something arrived, or only seems to
``open closed``     the rep's question
``churn``           says that they may leave
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cs_assets.calls.transcript import Sentence, Transcript

_FOLDER = Path(__file__).parent / "labelled"
_LINE = re.compile(r"^([RC]): (.*?)(?: \{([^}]*)\})?$")
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_MS_A_WORD, _PAUSE_MS = 450, 600
_SIDES = {"R": ("rep", "Internal", "rep"), "C": ("customer", "External", None)}
LETTERS = {"k": "acknowledges", "l": "clarifies", "n": "answers", "f": "confirms"}


@dataclass(frozen=True)
class Said:
    """One line: its sentences as positions of the transcript, and its labels."""

    first: int
    last: int
    labels: tuple[str, ...]

    def has(self, *labels: str) -> bool:
        return any(label in self.labels for label in labels)

    def of(self, prefix: str) -> str | None:
        return next((one for one in self.labels if one.split(":")[0].split("=")[0] == prefix), None)


@dataclass(frozen=True)
class Talk:
    """One labelled call."""

    name: str
    call_type: str
    day: dt.date
    transcript: Transcript
    lines: tuple[Said, ...]
    missed: frozenset[str] = field(default_factory=frozenset)
    not_applicable: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_for_choosing(self) -> bool:
        """The half that rules and thresholds may be chosen on; the other is only measured."""
        return sum(self.name.encode()) % 2 == 0


@cache
def talks() -> tuple[Talk, ...]:
    """Every labelled talk, in the order of the files."""
    return tuple(
        _talk(block)
        for path in sorted(_FOLDER.glob("*.talk"))
        for block in path.read_text(encoding="utf-8").split("== ")[1:]
    )


def _talk(block: str) -> Talk:
    head, *rest = block.strip().splitlines()
    name, kind, day = (part.strip() for part in head.split("|"))
    sentences: list[Sentence] = []
    lines: list[Said] = []
    whole: dict[str, frozenset[str]] = {}
    for row in rest:
        if row.startswith(("missed:", "na:")):
            key, _, names = row.partition(":")
            whole[key] = frozenset(names.split())
            continue
        found = _LINE.match(row)
        if found is None:
            raise ValueError(f"{name}: not a line of a talk: {row}")
        who, words, labels = found.groups()
        first = len(sentences)
        sentences.extend(_sentences(first, who, words, sentences[-1].end_ms if sentences else 0))
        lines.append(Said(first, len(sentences) - 1, tuple((labels or "").split())))
    return Talk(
        name,
        kind,
        dt.date.fromisoformat(day),
        Transcript(sentences),
        tuple(lines),
        whole.get("missed", frozenset()),
        whole.get("na", frozenset()),
    )


def _sentences(first: int, who: str, words: str, clock: int) -> Iterator[Sentence]:
    speaker, affiliation, user = _SIDES[who]
    for index, text in enumerate(_SENTENCE.split(words.strip()), start=first):
        begin = clock + _PAUSE_MS
        clock = begin + _MS_A_WORD * len(text.split())
        yield Sentence(index, speaker, affiliation, user, begin, clock, text)

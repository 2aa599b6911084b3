"""The words of calls that go, as hashes of their sentences, and where others quote them.

Words have to go at once, what was written from them follows in the same run: until then a purge
keeps a hash of each sentence, which tells a quote and nothing else. A quote may be cut short, so
a hash is of a sentence's beginning, letters and digits only, whatever marks it was written with.
"""

import datetime as dt
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

#: What stands in the place of a quote, in every text.
WITHDRAWN = "[words of a call that was withdrawn]"
#: Letters of a sentence that are compared: no quote is cut shorter.
_BEGINNING = 40
#: A quote of fewer letters could be anybody's; a piece of a text that is no quote, of so many.
_LEAST_QUOTED, _LEAST_WRITTEN = 8, 20

#: What stands between marks of quotation that open and close, and the day that facts say behind it.
QUOTED = re.compile(
    r"[“„«]([^“”„«»]+)(?:[”“»](?: \((?:[^()]* of )?(\d{1,2} [A-Z][a-z]+)(?: \d{4})?\))?)?"
)
_ENDS, _MARKS = re.compile("[\n.?!;:…|]+"), re.compile('[“”„«»"]+')
_WORD = re.compile(r"\w+")
#: How JSON writes a letter that is none of ASCII.
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def plain(text: str) -> str:
    """Letters and digits in lower case: the form in which words are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def prints(payloads: Iterable[str]) -> list[str]:
    """The hashes of all that is said in Gong's transcripts (JSON) or in sentences."""
    said = {plain(sentence) for payload in payloads for sentence in _sentences(payload)}
    return sorted({_print(one) for one in said if len(one) >= _LEAST_QUOTED})


def _print(letters: str) -> str:
    return hashlib.sha256(letters[:_BEGINNING].encode()).hexdigest()[:12]


def _strings(text: str) -> Iterator[str]:
    """The texts in a JSON document; of what is none, the text."""
    try:
        left: list[Any] = [json.loads(text)] if text.startswith("{") else [text]
    except ValueError:
        left = [text]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        else:
            left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []


def _sentences(payload: str) -> Iterator[str]:
    """Every ``text`` of a transcript; what is no transcript is a sentence itself."""
    if not payload.lstrip().startswith(("{", "[")):
        yield payload
        return
    left: list[Any] = [json.loads(payload)]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [value for name, value in one.items() if name != "text"]
            if isinstance(one.get("text"), str):
                yield one["text"]
        elif isinstance(one, list):
            left += one


@dataclass(frozen=True)
class Spoken:
    """Calls that go: their ids, hashes of what was said in them, and their days where told."""

    call_ids: frozenset[str]
    prints: frozenset[str]
    days: frozenset[dt.date] = frozenset()

    @cached_property
    def _told_days(self) -> frozenset[str]:
        """As facts say them, with a day before and after: a call may have moved over midnight."""
        near = (day + dt.timedelta(days=by) for day in self.days for by in (-1, 0, 1))
        return frozenset(f"{day.day} {day:%B}" for day in near)

    @cached_property
    def _ids(self) -> "re.Pattern[str]":
        either = "|".join(map(re.escape, sorted(self.call_ids)))
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)")

    def names_one(self, text: str) -> bool:
        """Whether the id of such a call stands in ``text`` as a word of its own."""
        return self._ids.search(text) is not None

    def said(self, quote: "re.Match[str]") -> bool:
        """Whether a quote (of ``QUOTED``) is a sentence of such a call, or the beginning of one.

        Many calls have the same sentences: a day behind it that is none of theirs is another's.
        """
        letters = plain(quote[1])
        if len(letters) < _LEAST_QUOTED or _print(letters) not in self.prints:
            return False
        return not self.days or quote[2] is None or quote[2] in self._told_days

    def quoted_in(self, text: str) -> bool:
        """Whether ``text``, of any file, names such a call or quotes it between marks."""
        if "\\u" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        if "&" in text:
            text = html.unescape(text)
        return self.names_one(text) or any(map(self.said, QUOTED.finditer(text)))

    def repeated_in(self, text: str) -> bool:
        """Whether what a person wrote repeats such words, with or without marks."""
        texts = list(_strings(text))
        if self.names_one(text) or any(map(self.quoted_in, texts)):
            return True
        wholes = [piece for one in texts for piece in (one, *_ENDS.split(one))]
        pieces = {plain(part) for one in wholes for part in (one, *_MARKS.split(one))}
        if any(len(one) >= _LEAST_WRITTEN and _print(one) in self.prints for one in pieces):
            return True
        # Some letters are two when folded, and marks between words are none.
        begins = (
            plain(one[found.start() : found.start() + 3 * _BEGINNING])
            for one in texts
            for found in _WORD.finditer(one)
        )
        return any(len(one) >= _BEGINNING and _print(one) in self.prints for one in begins)

"""Our own hard calls: short talks as text, each line with what a reader labelled.

``R: words {label label}`` is the rep, ``C:`` the customer; a talk begins with
``== name | kind of call | day`` and ends with ``missed: criterion ...`` (what the call as a whole
lacks) and ``na: criterion ...`` (what it gave no chance for). Labels of a line:

``q+ q-``           the customer's question, answered or not
``a+ a-``           the customer's answer, taken up or not
``obj:kind:outcome[:letters]``  an objection; letters name what the rep left out of
                    k acknowledges, l clarifies, n answers, f checks that it is settled
``near``            sounds like an objection and is none
``more``            goes on about the objection before it, or in doubt: counts neither way
``promise``         an empty promise
``step step=DAY``   a next step; ``nostep`` sounds like one and is none
``check nocheck``   asks how something arrived, or only seems to
``open closed``     the rep's question
``churn nochurn``   says that they may leave; has its words and says no such thing

The talks of ``ours_a`` to ``ours_c`` may be read by whoever mends the rules; those of ``ours_d`` to
``ours_g`` were written before their author read the rules and are only measured.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cs_assets.calls.transcript import Sentence, Transcript

_FOLDER = Path(__file__).parent / "labelled"
_FOR_CHOOSING = {"ours_a", "ours_b", "ours_c"}
_LINE = re.compile(r"^([RC]): (.*?)(?: \{([^}]*)\})?$")
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_MS_A_WORD, _PAUSE_MS = 450, 600
_SIDES = {"R": ("rep", "Internal", "rep"), "C": ("customer", "External", None)}
#: Criteria that are labelled of a call as a whole.
OF_THE_CALL = (
    "impact",
    "decision",
    "asks_first",
    "checks_interest",
    "next_step",
    "open_questions",
)
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
    #: Whether rules and thresholds may be chosen on it; the others are only measured.
    is_for_choosing: bool = True


@cache
def talks() -> tuple[Talk, ...]:
    """Every labelled talk, in the order of the files."""
    return tuple(
        parse(block, is_for_choosing=path.stem in _FOR_CHOOSING)
        for path in sorted(_FOLDER.glob("*.talk"))
        for block in path.read_text(encoding="utf-8").split("== ")[1:]
    )


def parse(block: str, *, is_for_choosing: bool = True) -> Talk:
    """One talk from its text, without the mark before its name."""
    head, *rest = block.strip().splitlines()
    name, kind, day = (part.strip() for part in head.split("|"))
    rows: list[tuple[str, str]] = []
    labelled: list[tuple[str, ...]] = []
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
        rows.append((who, words))
        labelled.append(tuple((labels or "").split()))
    transcript, places = spoken(rows)
    lines = (Said(*place, labels) for place, labels in zip(places, labelled, strict=True))
    return Talk(
        name,
        kind,
        dt.date.fromisoformat(day),
        transcript,
        tuple(lines),
        whole.get("missed", frozenset()),
        whole.get("na", frozenset()),
        is_for_choosing,
    )


def spoken(rows: Iterable[tuple[str, str]]) -> tuple[Transcript, list[tuple[int, int]]]:
    """A transcript of lines (side, words), and of each line its first and last sentence."""
    sentences: list[Sentence] = []
    places = []
    for who, words in rows:
        first = len(sentences)
        sentences.extend(_sentences(first, who, words, sentences[-1].end_ms if sentences else 0))
        places.append((first, len(sentences) - 1))
    return Transcript(sentences), places


def _sentences(first: int, who: str, words: str, clock: int) -> Iterator[Sentence]:
    speaker, affiliation, user = _SIDES[who]
    for index, text in enumerate(_SENTENCE.split(words.strip()), start=first):
        begin = clock + _PAUSE_MS
        clock = begin + _MS_A_WORD * len(text.split())
        yield Sentence(index, speaker, affiliation, user, begin, clock, text)

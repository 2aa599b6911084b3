"""The labels read a second time: talks without their labels, and how far both readers agree.

``python -m tests.judge.second_reading`` prints the sampled talks as a second reader gets them:
numbered lines, no label. What that reader says stands in ``labelled/second.txt``: a talk's name,
then ``line labels`` with the labels of ``talks``; a line without a label is not named.
``python -m tests.judge.second_reading agreement`` prints kappa by label.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.judge.talks import Talk, talks

_SECOND = Path(__file__).parent / "labelled" / "second.txt"
_SAMPLE = 32
#: Whom a label is given to: a line of the customer or of the rep.
LABELS = {
    "objection": ("customer", "obj"), "churn": ("customer", "churn"),
    "question not answered": ("customer", "q-"), "question answered": ("customer", "q+"),
    "next step": ("rep", "step"), "empty promise": ("rep", "promise"),
    "open question": ("rep", "open"), "check": ("rep", "check"),
}  # fmt: skip


def sample() -> list[Talk]:
    """The talks that are read twice: of the measured ones, chosen by the hash of their names."""
    measured = [one for one in talks() if not one.is_for_choosing]
    order = sorted(measured, key=lambda one: hashlib.sha256(one.name.encode()).hexdigest())
    return order[:_SAMPLE]


def blind() -> Iterator[str]:
    """The sample as the second reader gets it."""
    for one in sample():
        yield f"== {one.name} | {one.call_type} | {one.day}"
        for number, line in enumerate(one.lines, start=1):
            side = one.transcript.sides[line.first]
            words = one.transcript.sentences[line.first : line.last + 1]
            yield f"{number} {'R' if side == 'rep' else 'C'}: {' '.join(s.text for s in words)}"


def second() -> dict[str, dict[int, tuple[str, ...]]]:
    """The second reader's labels, by talk and number of the line."""
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    name = ""
    for row in _SECOND.read_text(encoding="utf-8").splitlines():
        if row.startswith("== "):
            name = row[3:].strip()
            found[name] = {}
        elif known := re.match(r"^(\d+) (.+)$", row):
            found[name][int(known[1])] = tuple(known[2].split())
    return found


def agreement() -> dict[str, tuple[int, int, int, float]]:
    """By label: lines that could have it, given by the first, by the second, and Cohen's kappa."""
    theirs, told = second(), {}
    for label, (side, tag) in LABELS.items():
        pairs = [
            (line.of(tag) is not None, any(_is(given, tag) for given in again.get(number, ())))
            for one in sample()
            if (again := theirs.get(one.name)) is not None
            for number, line in enumerate(one.lines, start=1)
            if one.transcript.sides[line.first] == side
        ]
        first, other = sum(a for a, _ in pairs), sum(b for _, b in pairs)
        told[label] = len(pairs), first, other, kappa(pairs)
    return told


def _is(given: str, tag: str) -> bool:
    return given.split(":")[0].split("=")[0] == tag


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Cohen's kappa of two readers (J. Cohen, 1960); 1 where both gave the same to all."""
    n = len(pairs)
    same = sum(a == b for a, b in pairs) / n
    first, other = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * other + (1 - first) * (1 - other)
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


if __name__ == "__main__":
    if sys.argv[1:] == ["agreement"]:
        for label, (n, first, other, value) in agreement().items():
            print(f"{label}: kappa {value:.2f} (n={n}, first {first}, second {other})")
    else:
        print("\n".join(blind()))

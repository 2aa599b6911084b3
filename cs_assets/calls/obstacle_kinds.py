"""Of which kind an obstacle is that is not said in the words of one.

A linear head on word vectors: each word has a weight for each kind, near words near weights, so
that "stamp duty" tells of money though no list has it. ``python -m tests.judge.fit_obstacle_kinds``
fits the head on labelled lines and writes the weights of the words alone; the vectors themselves
are not needed here. In doubt there is no kind: a wrong one would mislead whoever counts them.
"""

import csv
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("obstacle_kinds.csv")
#: Prefix of a row for a sign of ``obstacles`` among those for words.
SIGN = "sign "
#: What our turn before it tells of the matter, against the sentence itself.
BEFORE = 1 / 3
#: Weights stand in the file as whole numbers of this size.
UNIT = 0.05
#: Probability from which a kind is told: three of four are right then, left out of the fit.
CLEAR = 0.55

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def words(text: str) -> list[str]:
    """The words of a lower-case text with plain apostrophes."""
    return _WORD.findall(text)


def kind(text: str, before: str, signs: frozenset[str]) -> str | None:
    """The kind of a sentence that states an obstacle, or none when that is in doubt.

    ``before``: our turn before it; both in lower case. ``signs``: those of ``obstacles``.
    """
    names, weights = _weights()
    logits = list(weights[""])
    for said, share in ((words(text), 1.0), (words(before), BEFORE)):
        for word in said:
            found = weights.get(word)
            if found is not None:
                _add(logits, found, share / len(said))
    for sign in signs:
        found = weights.get(SIGN + sign)
        if found is not None:
            _add(logits, found, 1.0)
    most = max(logits)
    clear = 1 / sum(math.exp(one - most) for one in logits) >= CLEAR
    return names[logits.index(most)] if clear else None


def _add(logits: list[float], weights: Sequence[float], share: float) -> None:
    for place, weight in enumerate(weights):
        logits[place] += share * weight


@cache
def _weights() -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
    """Names of the kinds, and by word the weight for each; ``""`` has what every text has."""
    with WEIGHTS_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = tuple(next(rows)[1:])
        return names, {row[0]: tuple(UNIT * int(one) for one in row[1:]) for row in rows}

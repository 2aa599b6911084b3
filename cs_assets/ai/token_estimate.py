"""How many tokens many texts have, from above: counted in a sample, and what each row adds to it.

The number of characters is known of all texts, the tokens of some. Their ratio is carried over to
all, with five standard errors of that estimate on top: a sample is that far off once in three
million.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Texts that are counted.
SAMPLE = 300
#: Earlier answers from which it is known how long answers are.
ENOUGH = 30
_STANDARD_ERRORS = 5.0
#: Tokens of a character where nothing was counted: a token is seldom shorter than three of English.
_UNCOUNTED = 1 / 3


@dataclass(frozen=True)
class Counted:
    """Characters and tokens of each text of a sample."""

    characters: tuple[int, ...]
    tokens: tuple[int, ...]


def sampled(texts: Sequence[str], most: int = SAMPLE) -> tuple[str, ...]:
    """Some of the texts, spread over all of them from the shortest to the longest."""
    if len(texts) <= most:
        return tuple(texts)
    in_order = sorted(texts, key=len)
    step = len(in_order) / most
    return tuple(in_order[int((n + 0.5) * step)] for n in range(most))


def tokens_at_most(characters: int, rows: int, counted: Counted | None, overhead: int = 0) -> int:
    """Tokens of ``rows`` texts of so many characters together, from above.

    ``overhead``: what a hidden prompt adds to each row. Without a count the usual bound for English
    stands.
    """
    if counted is None or not sum(counted.characters):
        return math.ceil(characters * _UNCOUNTED) + rows * (1 + overhead)
    n = len(counted.tokens)
    if n >= rows:
        return sum(counted.tokens) + rows * overhead
    ratio = sum(counted.tokens) / sum(counted.characters)
    missed = [t - ratio * c for c, t in zip(counted.characters, counted.tokens, strict=True)]
    spread = math.sqrt(sum(one * one for one in missed) / max(n - 1, 1))
    error = spread / math.sqrt(n) * math.sqrt(1 - n / rows)
    return math.ceil(ratio * characters + _STANDARD_ERRORS * error * rows) + rows * (1 + overhead)


def output_at_most(rows: int, past: Sequence[int]) -> int:
    """Tokens that ``rows`` answers hold together, from above, by the tokens of ``past`` ones.

    The upper end of what a sum of so many new values may be (their own spread, and that of the
    mean they are expected at), five standard errors up. Wide for one answer, whose length nobody
    knows beforehand, and a few percent for hundreds. ``past``: at least ``ENOUGH``.
    """
    mean = sum(past) / len(past)
    spread = math.sqrt(sum((one - mean) ** 2 for one in past) / (len(past) - 1))
    error = spread * math.sqrt(rows + rows * rows / len(past))
    return math.ceil(rows * mean + _STANDARD_ERRORS * error)


def uncounted(text: str) -> int:
    """Tokens of a text that was not counted, by the usual bound for English."""
    return math.ceil(len(text) * _UNCOUNTED)

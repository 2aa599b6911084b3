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

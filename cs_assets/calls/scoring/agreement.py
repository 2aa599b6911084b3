"""How far two scorers agree: weighted kappa, bias, and how labels and scores meet.

Kappa: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968); quadratic
weights, so that one step apart counts little and four steps count in full. Below
about 0.6 a dimension is experimental and does not belong into digests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Anchors of the rubric: 1 to 5.
LEVELS = 5
#: From here on a dimension may be shown to the person scored.
TRUSTED_KAPPA = 0.6


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa (1 = same, 0 = as by chance), bias (second minus first, in levels) and the n."""

    kappa: float | None
    bias: float | None
    n: int

    @property
    def is_trusted(self) -> bool:
        return self.kappa is not None and self.kappa >= TRUSTED_KAPPA


def level(score: float) -> int:
    """The anchor that a score of 0 to 100 stands for: five equal bands."""
    return min(LEVELS, int(score // (100 / LEVELS)) + 1)


def weighted_kappa(first: Sequence[int], second: Sequence[int], levels: int = LEVELS) -> Agreement:
    """Agreement of two sequences of levels 1 to ``levels``, pair by pair.

    Kappa is ``None`` for no pairs, or when both always give one and the same level
    (chance alone would agree as well). Raises ``ValueError`` for unequal lengths.
    """
    pairs = list(zip(first, second, strict=True))
    n = len(pairs)
    if not n:
        return Agreement(None, None, 0)
    span = (levels - 1) ** 2
    observed = sum((a - b) ** 2 for a, b in pairs) / span / n
    expected = sum((a - b) ** 2 for a in first for b in second) / span / n**2
    bias = sum(b - a for a, b in pairs) / n
    return Agreement(None if expected == 0 else 1 - observed / expected, bias, n)

"""Intervals that go with means and shares: how little a few calls say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import scipy  # its parts are loaded when first used: they are heavy, and definitions need none


@dataclass(frozen=True)
class Interval:
    """Lower and upper end, in the unit of the value."""

    low: float
    high: float


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Score interval of a share, both ends in 0 to 1.

    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical
    inference", JASA 22: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    Without observations nothing is known: 0 to 1. Raises ``ValueError`` unless
    0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return Interval(0.0, 1.0)
    z = float(scipy.special.ndtri((1 + confidence) / 2))
    share = successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return Interval(
        0.0 if successes == 0 else max(0.0, centre - half),
        1.0 if successes == n else min(1.0, centre + half),
    )


def mean_interval(
    values: Sequence[float],
    *,
    spread_floor: float = 0.0,
    low: float = 0.0,
    high: float = 100.0,
    confidence: float = 0.95,
) -> Interval | None:
    """Student's t interval of a mean, cut to the scale; ``None`` for fewer than two values.

    mean ± t(n−1) · s / √n (Student 1908). ``spread_floor`` is the least standard
    deviation believed, in points: two equal scores do not prove a rep has no spread.
    """
    n = len(values)
    if n < 2:
        return None
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = float(scipy.special.stdtrit(n - 1, (1 + confidence) / 2)) * max(deviation, spread_floor)
    half /= math.sqrt(n)
    return Interval(max(low, mean - half), min(high, mean + half))

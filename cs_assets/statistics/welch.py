"""How far the means of two groups of unlike spread lie apart: Welch's t.

B. Welch, "The generalization of 'Student's' problem when several different population variances are
involved", Biometrika 34, 1947.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none


@dataclass(frozen=True)
class Difference:
    """Mean of one group less that of the other, its interval, and the two-sided p."""

    mean: float
    low: float
    high: float
    p_value: float


def difference(
    one: Sequence[float], other: Sequence[float], confidence: float = 0.95
) -> Difference | None:
    """``None`` where a group has fewer than two values, or neither has a spread to judge by."""
    if min(len(one), len(other)) < 2 or np.ptp(one) == np.ptp(other) == 0:
        return None
    errors = [float(np.var(group, ddof=1)) / len(group) for group in (one, other)]
    error = math.sqrt(sum(errors))
    freedom = sum(errors) ** 2 / (
        errors[0] ** 2 / (len(one) - 1) + errors[1] ** 2 / (len(other) - 1)
    )
    mean = float(np.mean(one) - np.mean(other))
    half = float(scipy.special.stdtrit(freedom, (1 + confidence) / 2)) * error
    p_value = 2 * float(scipy.special.stdtr(freedom, -abs(mean) / error))
    return Difference(mean, mean - half, mean + half, min(1.0, p_value))

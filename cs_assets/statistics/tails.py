"""Tails of the distributions that the tests rest on, for whole arrays at once."""

import numpy as np
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

_TINY = 1e-300


def t_quantile(level: float, freedom: np.ndarray) -> np.ndarray:
    """Student's t that leaves ``level`` on both sides together, by degrees of freedom."""
    found: np.ndarray = scipy.special.stdtrit(freedom, 1 - level / 2)
    return found


def t_two_sided(size: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Two-sided p-value of a t statistic; NaN where either is not known."""
    found: np.ndarray = 2 * scipy.special.stdtr(freedom, -np.abs(size))
    return found


def with_estimated_spread(tail: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """A one-sided tail under a known spread as the two-sided one under an estimated spread.

    The normal deviate with the same tail is read as Student's t on the degrees of freedom that
    the spread was estimated with (Student 1908). Exact where the deviate is normal; for large
    ``freedom`` twice the tail.
    """
    deviate = scipy.special.ndtri(np.clip(tail, _TINY, 0.5))
    return t_two_sided(deviate, freedom)


def tail_of_level(level: float, freedom: np.ndarray) -> np.ndarray:
    """The one-sided tail under a known spread that ``with_estimated_spread`` makes ``level``."""
    found: np.ndarray = scipy.special.ndtr(-t_quantile(level, freedom))
    return found


def split_tails(
    now: np.ndarray,
    then: np.ndarray,
    share: np.ndarray | float,
    dispersion: np.ndarray,
    step: float,
    least: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Chances of so few, and of so many, of the total falling to ``now``.

    Given the total, a Poisson count is binomial with the ``share`` of the exposure that is its own
    (Przyborowski and Wilenski 1940): exact at a ``dispersion`` of one. Counts that come in clumps
    of that size are as many fewer cases, so both are divided by it; the binomial's tail is the
    incomplete beta function, which takes parts of cases too. ``step``: the least difference
    between two totals, 1 for counts, 0 for sums of money (gamma, whose share is beta). ``least``:
    the cases that the smaller side is taken for at least, 1 for sums of money: a gamma is never
    nothing, but a sum of few clumps often is, with the chance that none of them falls to that side.
    """
    low = scipy.special.betainc(
        np.maximum(then / dispersion, _TINY),
        np.maximum((now + step) / dispersion, max(least, _TINY)),
        1 - share,
    )
    high = scipy.special.betainc(
        np.maximum(now / dispersion, _TINY),
        np.maximum((then + step) / dispersion, max(least, _TINY)),
        share,
    )
    return np.where(then > 0, low, 1.0), np.where(now > 0, high, 1.0)


def share_between(
    now: np.ndarray,
    then: np.ndarray,
    dispersion: np.ndarray,
    step: float,
    tail: np.ndarray,
    least: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """The shares of the exposure under which ``split_tails`` gives ``tail`` on either side.

    Clopper and Pearson (1934), in cases as above.
    """
    cases, others = now / dispersion, then / dispersion
    more, floor = step / dispersion, max(least, _TINY)
    low = scipy.special.betaincinv(np.maximum(cases, _TINY), np.maximum(others + more, floor), tail)
    high = scipy.special.betaincinv(
        np.maximum(cases + more, floor), np.maximum(others, _TINY), 1 - tail
    )
    return np.where(now > 0, low, 0.0), np.where(then > 0, high, 1.0)

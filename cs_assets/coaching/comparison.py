"""Comparing two windows of calls: mix of call types taken out, spread borrowed from the team."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SpreadPrior:
    """What the team's spread says about one rep's: a variance and its weight in degrees."""

    variance: float
    degrees: float


@dataclass(frozen=True)
class Comparison:
    """Recent against before. ``change`` in points, with 95 % interval and two-sided p."""

    n_before: int
    mean_before: float
    n_recent: int
    mean_recent: float
    change: float
    standard_error: float
    low: float
    high: float
    p_value: float


def without_call_mix(
    scores: Sequence[float], call_types: Sequence[str], cells: Sequence[Hashable], least: int
) -> list[float]:
    """Scores as if every call were of the usual mix of types.

    Least squares of score on cell (a rep in a window) and call type: what a type adds
    is learnt inside cells, so that a rep's level is not mistaken for it (analysis of
    covariance, Fisher 1932). Types with fewer than ``least`` calls stay as they are.
    Effects are centred on the calls at hand, so the overall mean does not move.
    """
    values = np.asarray(scores, dtype=float)
    counts = {kind: call_types.count(kind) for kind in set(call_types)}
    usual = sorted(kind for kind, count in counts.items() if count >= least)
    if len(usual) < 2:
        return [float(value) for value in values]
    cell_names = list(dict.fromkeys(cells))
    cell_part = np.array([[float(cell == name) for name in cell_names] for cell in cells])
    type_part = np.array([[float(kind == name) for name in usual[1:]] for kind in call_types])
    effects = np.linalg.lstsq(np.hstack([cell_part, type_part]), values, rcond=None)[0]
    added = type_part @ effects[len(cell_names) :]
    return [float(value) for value in values - added + added.mean()]


def spread_prior(variances: Sequence[float], degrees: Sequence[int], floor: float) -> SpreadPrior:
    """The team's spread from each rep's pooled variance, by moments of their logarithms.

    Smyth, G. K. (2004), "Linear models and empirical Bayes methods for assessing
    differential expression", section 6.2. ``floor`` is the least standard deviation
    believed, in points. The weight never exceeds all degrees of the team together.
    Fewer than three reps say nothing of each other: weight zero.
    """
    pairs = [(max(v, floor**2), d) for v, d in zip(variances, degrees, strict=True) if d > 0]
    if len(pairs) < 3:
        return SpreadPrior(floor**2, 0.0)
    d = np.array([pair[1] for pair in pairs], dtype=float)
    logs: Floats = np.log(np.array([pair[0] for pair in pairs]))
    e = logs - special.digamma(d / 2) + np.log(d / 2)
    excess = float(np.var(e, ddof=1) - np.mean(special.polygamma(1, d / 2)))
    most = float(d.sum())
    weight = most if excess <= 0 else min(most, 2 * _trigamma_inverse(excess))
    shift = float(special.digamma(weight / 2) - math.log(weight / 2))
    return SpreadPrior(max(floor**2, math.exp(float(e.mean()) + shift)), weight)


def compare(
    before: Sequence[float], recent: Sequence[float], prior: SpreadPrior, floor: float
) -> Comparison:
    """Moderated t test of no change between two windows of at least one call each.

    t = change / (s̃ √(1/n₁ + 1/n₂)), s̃² = (d₀s₀² + d s²) / (d₀ + d), on d₀ + d degrees
    (Smyth 2004): with few calls a rep's own spread is mostly luck, so the team's counts
    too. Raises ``ValueError`` when there is nothing to estimate a spread from.
    """
    own, degrees = pooled_variance(before, recent)
    total = prior.degrees + degrees
    if not before or not recent or total <= 0:
        raise ValueError("a comparison needs calls in both windows and a spread")
    variance = (prior.degrees * prior.variance + degrees * own) / total
    error = math.sqrt(max(variance, floor**2) * (1 / len(before) + 1 / len(recent)))
    mean_before, mean_recent = math.fsum(before) / len(before), math.fsum(recent) / len(recent)
    change = mean_recent - mean_before
    reach = float(stats.t.ppf(0.975, total)) * error
    return Comparison(
        n_before=len(before),
        mean_before=mean_before,
        n_recent=len(recent),
        mean_recent=mean_recent,
        change=change,
        standard_error=error,
        low=change - reach,
        high=change + reach,
        p_value=float(2 * stats.t.sf(abs(change) / error, total)),
    )


def pooled_variance(before: Sequence[float], recent: Sequence[float]) -> tuple[float, int]:
    """Variance inside the two windows together, and its degrees of freedom."""
    degrees = max(0, len(before) - 1) + max(0, len(recent) - 1)
    if degrees == 0:
        return 0.0, 0
    squares = sum(
        float(((np.asarray(part) - np.mean(part)) ** 2).sum()) for part in (before, recent) if part
    )
    return squares / degrees, degrees


def _trigamma_inverse(value: float) -> float:
    """x with ψ′(x) = value > 0, by Newton's method (Smyth 2004, appendix)."""
    if value > 1e7:
        return 1 / math.sqrt(value)
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(special.polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(special.polygamma(2, x))
        x += step
        if -step / x < 1e-8:
            break
    return x

"""How much counts and sums vary from week to week beyond what independent cases would.

Cases come in clumps and weeks carry shocks, so that steady customers look as if they changed. The
dispersion is the variance of a week over its mean: one for independent cases.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

#: Series from which peers are learnt of, and the events that each must have.
_LEAST_PEERS = 8
_LEAST_EVENTS = 10
#: Most degrees of freedom that peers add to a customer's own: they inform, and do not outvote.
_MOST_FROM_PEERS = 12.0
#: Share of the quietest comparisons of neighbouring windows that their variation is read from, and
#: the mean of these where weeks are independent (measured; each window overlaps the next): a single
#: step of the level, or the turn of a season, is not the usual variation.
_QUIETEST = 0.8
_MEAN_OF_QUIETEST = 0.49
#: Standard error of that variation in a year of weeks, which is not held against a customer.
_CHANCE = 0.5


@dataclass(frozen=True)
class Dispersion:
    """By series: variance over mean of a window, at least ``floor``, and degrees of freedom."""

    value: np.ndarray
    freedom: np.ndarray


def of_weeks(weekly: np.ndarray, window: int, floor: float = 1.0) -> Dispersion:
    """Dispersion of sums over ``window`` weeks, from weeks before the ones that are judged.

    ``weekly``: series x weeks, oldest first; NaN where a week is not known. Neighbouring weeks are
    compared (von Neumann 1941: the mean squared successive difference), so that neither trend nor
    season is taken for noise: sum of (x - y)² over sum of (x + y). Drawn towards peers of a like
    size (``drawn_to_peers``), and widened where neighbouring windows differ by more than weeks
    that are independent of each other explain (``_widening``). Series that tell nothing of
    themselves have what their peers have, on the peers' degrees of freedom.
    """
    both = weekly[:, 1:] + weekly[:, :-1]
    pairs, events = (~np.isnan(both)).sum(axis=1), np.nansum(both, axis=1)
    own = successive(weekly, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = events / (2 * pairs)
    freedom = 2.0 * pairs**2 / np.maximum(3 * pairs - 1, 1)
    drawn = drawn_to_peers(own, np.where(events > 0, freedom, 0.0), size, events >= _LEAST_EVENTS)
    value = np.maximum(drawn.value, floor)
    return Dispersion(value * _widening(weekly, window, value), drawn.freedom)


def successive(weekly: np.ndarray, weeks: int) -> np.ndarray:
    """Dispersion of neighbouring sums over ``weeks``, of the quieter ones where these overlap."""
    sums = np.lib.stride_tricks.sliding_window_view(weekly, weeks, axis=1).sum(axis=-1)
    later, earlier = sums[:, weeks:], sums[:, :-weeks]
    if weeks == 1:
        both = np.nansum(later + earlier, axis=1)
        return np.nansum((later - earlier) ** 2, axis=1) / np.where(both > 0, both, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.sort((later - earlier) ** 2 / (later + earlier), axis=1)  # NaN last
    counted = (~np.isnan(ratios)).sum(axis=1)
    kept = np.floor(_QUIETEST * counted)
    quietest = np.where(np.arange(ratios.shape[1]) < kept[:, None], ratios, 0.0).sum(axis=1)
    return np.where(
        counted >= 4 * weeks, quietest / np.maximum(kept, 1) / _MEAN_OF_QUIETEST, np.nan
    )


def drawn_to_peers(
    own: np.ndarray, freedom: np.ndarray, size: np.ndarray, usable: np.ndarray
) -> Dispersion:
    """Each dispersion drawn towards that of peers of the same ``size``, by how alike peers are.

    Peers lie on a line over the size: clumps have the same dispersion at any size, shocks one that
    grows with it. How closely they keep to the line is read from the spread of their logarithms,
    less what estimation alone gives (Smyth 2004, "Linear models and empirical Bayes methods"); so
    many degrees of freedom the line is worth, at most ``_MOST_FROM_PEERS``. With few peers each
    series stands for itself; one with no freedom of its own has no dispersion.
    """
    told = usable & (own > 0) & (freedom >= 3)
    if told.sum() < _LEAST_PEERS:
        return Dispersion(np.where(freedom > 0, own, np.nan), freedom.astype(float))
    line = _line(own[told], freedom[told], size[told])
    level = line[0] + line[1] * np.where(np.isnan(size), size[told].mean(), size)
    half = freedom[told] / 2
    logs = np.log(own[told] / level[told]) - scipy.special.digamma(half) + np.log(half)
    excess = logs.var(ddof=1) - scipy.special.polygamma(1, half).mean()
    worth = min(_MOST_FROM_PEERS, _freedom_of(excess))
    known = np.where(freedom > 0, own, 0.0)
    value = (worth * level + freedom * known) / (worth + freedom)
    return Dispersion(value, freedom + worth)


def _line(own: np.ndarray, freedom: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Intercept and slope, neither negative, by weighted least squares (errors are relative)."""
    weights = freedom / (own.mean() + own) ** 2
    mean_size = np.average(size, weights=weights)
    mean_own = np.average(own, weights=weights)
    spread = np.average((size - mean_size) ** 2, weights=weights)
    slope = 0.0
    if spread > 1e-9 * mean_size**2:
        slope = float(np.average((size - mean_size) * (own - mean_own), weights=weights) / spread)
    slope = min(max(slope, 0.0), mean_own / mean_size if mean_size > 0 else 0.0)
    # Small ones weigh more above, so the level is set again on the plain mean.
    level = mean_own - slope * mean_size + slope * size
    scale = float(np.average(own / level, weights=freedom))
    return float(mean_own - slope * mean_size) * scale, slope * scale


def _freedom_of(excess: float) -> float:
    """Degrees of freedom of a chi-square whose logarithm varies by ``excess``: inverse trigamma."""
    if excess <= 0:
        return float("inf")
    half = 0.5 + 1 / excess  # Smyth 2004, appendix: start, then Newton's steps
    for _ in range(8):
        value = scipy.special.polygamma(1, half)
        half += value * (1 - value / excess) / scipy.special.polygamma(2, half)
    return float(2 * half)


def _widening(weekly: np.ndarray, window: int, dispersion: np.ndarray) -> np.ndarray:
    """By how much neighbouring windows vary more than their weeks explain; at least one.

    The peers' mean where it is more; a series of its own as far as it stands out from chance.
    """
    if weekly.shape[1] < 4 * window:
        return np.ones(len(weekly))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = successive(weekly, window) / dispersion
    told = ~np.isnan(found)
    if told.sum() < _LEAST_PEERS:
        return np.fmax(1.0, found - _CHANCE)
    usual, spread = float(np.nanmean(found)), float(np.nanvar(found))
    believed = max(0.0, 1 - _CHANCE**2 / max(spread, _CHANCE**2))
    drawn = usual + believed * (found - usual)
    return np.fmax(max(1.0, usual), np.fmax(drawn, found - 2 * _CHANCE))


def between_variance(changes: Sequence[float], sampling_variances: Sequence[float]) -> float:
    """How much true changes vary around none, in squared points; never negative.

    Method of moments (DerSimonian and Laird 1986, with the mean fixed at zero):
    observed change² exceeds the sampling variance, on average, by the true variance;
    weighted by precision.
    """
    if len(changes) != len(sampling_variances):
        raise ValueError("one sampling variance for each change")
    if any(variance <= 0 for variance in sampling_variances):
        raise ValueError("a sampling variance is positive")
    if not changes:
        return 0.0
    weights = [1 / variance for variance in sampling_variances]
    excess = math.fsum(
        weight * (change * change - variance)
        for weight, change, variance in zip(weights, changes, sampling_variances, strict=True)
    )
    return max(0.0, excess / math.fsum(weights))


def shrunk(change: float, sampling_variance: float, true_variance: float) -> float:
    """The change drawn towards none: change · τ² / (τ² + s²).

    Efron, B. and Morris, C. (1975), "Data analysis using Stein's estimator", JASA 70.
    ``sampling_variance`` s² is positive, ``true_variance`` τ² not negative.
    """
    if sampling_variance <= 0 or true_variance < 0:
        raise ValueError("variances: sampling above zero, true zero or more")
    return change * true_variance / (true_variance + sampling_variance)

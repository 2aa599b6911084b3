"""Changes of a rate over strata: opens by channel, each compared with itself, and their mix.

A pooled rate follows the mix of its strata: it falls when more is sent where few open, though
nobody opens less. So each stratum is compared with itself and the changes are combined; what the
mix did is told apart (Kitagawa 1955). Messages of one send are opened or not together, so the
spread is that from send to send within a stratum and a window.
"""

from dataclasses import dataclass, replace

import numpy as np

from cs_assets.statistics import tails
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.dispersion import drawn_to_peers

#: Points of the pooled rate that a shift of the mix must move to be worth telling: it is known
#: nearly without error, so that it is clear at any size.
LEAST_MIX = 1.0

_LEVEL = 0.05
#: Events that a stratum must have to teach others how much rates vary.
_LEAST_EVENTS = 10
#: Standard error of the variation between a year's windows, not held against a customer.
_CHANCE = 0.25


@dataclass(frozen=True)
class Sends:
    """Sums over the sends of a window, customers x strata x windows, the present window first.

    Windows follow each other back in time without a gap. Zero where nothing was sent.
    """

    sends: np.ndarray
    sent: np.ndarray
    events: np.ndarray
    events_squared: np.ndarray
    """Sum over sends of the squared number of events."""
    events_sent: np.ndarray
    sent_squared: np.ndarray

    @property
    def rate(self) -> np.ndarray:
        """Events of the messages sent; NaN where nothing was sent."""
        with np.errstate(invalid="ignore", divide="ignore"):
            rate: np.ndarray = self.events / np.where(self.sent > 0, self.sent, np.nan)
        return rate


@dataclass(frozen=True)
class RateChanges:
    """What a comparison of two windows gives."""

    by_stratum: Changes
    """Customers x strata; size in points of percent."""
    combined: Changes
    """By customer; size in points of percent at the mix of the earlier window."""
    mix: Changes
    """By customer: what the mix alone did to the pooled rate, in points of percent."""
    pooled: np.ndarray
    """By customer: how the pooled rate moved, rate and mix together, in points of percent."""
    strata: np.ndarray
    """By customer: strata with messages in both windows."""
    falling: np.ndarray
    rising: np.ndarray
    """By customer: strata whose rate is lower, or higher, than it was."""


@dataclass(frozen=True)
class Spread:
    """Variance between sends over that of independent messages, customers x strata; its freedom."""

    value: np.ndarray
    freedom: np.ndarray


def spread_of(sends: Sends) -> Spread:
    """How much rates vary from send to send, from all windows, each around its own rate.

    Ratio of the empirical variance of a total (Cochran, Sampling Techniques, 2.11) to the binomial
    one; drawn towards the same stratum of peers by their size (``drawn_to_peers``), widened where
    windows differ from their neighbours by more than that (the present window apart).
    """
    rate = np.nan_to_num(sends.rate)
    squares = sends.events_squared - 2 * rate * sends.events_sent + rate**2 * sends.sent_squared
    inner = np.maximum(sends.sends - 1, 0)
    own_share = inner / np.maximum(sends.sends, 1)
    binomial = (rate * (1 - rate) * sends.sent * own_share).sum(axis=2)
    freedom = inner.sum(axis=2).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(binomial > 0, np.maximum(squares, 0).sum(axis=2) / binomial, np.nan)
        size = binomial / freedom
    value, worth = np.ones_like(own), np.zeros_like(own)
    events = sends.events.sum(axis=2)
    for stratum in range(own.shape[1]):
        told = own[:, stratum] >= 0
        drawn = drawn_to_peers(
            np.nan_to_num(own[:, stratum]), np.where(told, freedom[:, stratum], 0.0),
            size[:, stratum], told & (events[:, stratum] >= _LEAST_EVENTS),
        )  # fmt: skip
        value[:, stratum] = np.fmax(drawn.value, 1.0)
        worth[:, stratum] = drawn.freedom
    return Spread(value * _widening(sends, value)[:, None], worth)


def _widening(sends: Sends, spread: np.ndarray) -> np.ndarray:
    """By how much a customer's windows differ from their neighbours beyond their sends; at least 1.

    The present window is not looked at: it is what is judged.
    """
    rate, sent = sends.rate[:, :, 1:], sends.sent[:, :, 1:]
    if rate.shape[2] < 5:
        return np.ones(len(rate))
    later, earlier = rate[:, :, :-1], rate[:, :, 1:]
    mean = (later + earlier) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = (
            spread[:, :, None] * mean * (1 - mean) * (1 / sent[:, :, :-1] + 1 / sent[:, :, 1:])
        )
        ratios = np.where(expected > 0, (later - earlier) ** 2 / expected, np.nan)
    ratios = ratios.reshape(len(ratios), -1)
    counted = (~np.isnan(ratios)).sum(axis=1)
    found = np.nansum(ratios, axis=1) / np.maximum(counted, 1)
    widened: np.ndarray = np.where(counted >= 4, np.maximum(1.0, found - _CHANCE), 1.0)
    return widened


def changes(sends: Sends, spread: Spread, earlier: int = 1) -> RateChanges:
    """The present window against the one ``earlier`` windows before it.

    In a stratum the events now are compared with those expected at the rate of both windows
    together (a score test); over strata the scores are added with weights that are best for a
    change by the same factor everywhere, as Mantel and Haenszel (1959) do for odds.
    """
    (n_now, x_now), (n_then, x_then) = (
        (sends.sent[:, :, w].astype(float), sends.events[:, :, w].astype(float))
        for w in (0, earlier)
    )
    both = (n_now > 0) & (n_then > 0)
    total = np.where(both, n_now + n_then, 1.0)
    pooled = np.where(both, (x_now + x_then) / total, 0.0)
    told = both & (pooled > 0) & (pooled < 1)
    score = np.where(told, x_now - n_now * pooled, 0.0)
    balance = np.where(told, n_now * n_then / total, 0.0)
    variance = spread.value * balance * pooled * (1 - pooled)
    weight = np.where(told, 1 / (spread.value * np.where(told, 1 - pooled, 1.0)), 0.0)
    rate_now, rate_then = sends.rate[:, :, 0], sends.rate[:, :, earlier]
    sent_then = np.where(both, n_then, 0.0)
    return RateChanges(
        by_stratum=_of_strata(rate_now - rate_then, score, variance, spread, told, n_now + n_then),
        combined=_combined(
            (weight * score).sum(axis=1), (weight**2 * variance).sum(axis=1), spread, told,
            np.where(both, rate_now - rate_then, 0.0), sent_then, np.where(both, n_now + n_then, 0),
        ),
        mix=_mix(sends, spread, earlier),
        pooled=100 * (_total_rate(x_now, n_now) - _total_rate(x_then, n_then)),
        strata=both.sum(axis=1),
        falling=(both & (rate_now < rate_then)).sum(axis=1),
        rising=(both & (rate_now > rate_then)).sum(axis=1),
    )  # fmt: skip


def _total_rate(events: np.ndarray, sent: np.ndarray) -> np.ndarray:
    whole = sent.sum(axis=1)
    rate: np.ndarray = events.sum(axis=1) / np.where(whole > 0, whole, np.nan)
    return rate


def _changes(
    points: np.ndarray, size: np.ndarray, freedom: np.ndarray, told: np.ndarray, n: np.ndarray
) -> Changes:
    """A change in points with the interval that goes with its t statistic ``size``."""
    freedom = np.maximum(freedom, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.abs(points / size)
    reach = tails.t_quantile(_LEVEL, freedom) * error
    return Changes(
        size=np.where(told, 100 * points, np.nan),
        low=np.where(told, 100 * (points - reach), np.nan),
        high=np.where(told, 100 * (points + reach), np.nan),
        n=np.where(told, n, 0),
        p_value=np.where(told, tails.t_two_sided(size, freedom), np.nan),
        can_be_clear=told,
        method=np.full(points.shape, "between sends, within channels", dtype=object),
    )


def _of_strata(
    points: np.ndarray, score: np.ndarray, variance: np.ndarray, spread: Spread,
    told: np.ndarray, n: np.ndarray,
) -> Changes:  # fmt: skip
    size = np.where(told, score / np.sqrt(np.where(told, variance, 1.0)), np.nan)
    return _changes(points, size, spread.freedom, told, n)


def _combined(
    score: np.ndarray, variance: np.ndarray, spread: Spread, told: np.ndarray,
    points: np.ndarray, sent_then: np.ndarray, n: np.ndarray,
) -> Changes:  # fmt: skip
    any_told = np.asarray(told.any(axis=1))
    size = np.where(any_told, score / np.sqrt(np.where(any_told, variance, 1.0)), np.nan)
    standardised = (points * sent_then).sum(axis=1) / np.maximum(sent_then.sum(axis=1), 1)
    freedom = np.where(told, spread.freedom, 0.0).sum(axis=1)
    found = _changes(standardised, size, freedom, any_told, n.sum(axis=1))
    # Strata that move against each other have no change in common.
    apart = np.sign(standardised) * np.sign(size) < 0
    return replace(found, p_value=np.where(apart, 1.0, found.p_value))


def _mix(sends: Sends, spread: Spread, earlier: int) -> Changes:
    """What the shift of messages between strata did: share moved x mean of the two rates.

    A stratum with messages in one window only keeps its rate. The shares are known; the error is
    that of the rates.
    """
    n = sends.sent[:, :, [0, earlier]].astype(float)
    whole = n.sum(axis=1, keepdims=True)
    told = np.min(whole, axis=(1, 2)) > 0
    shares = n / np.where(whole > 0, whole, 1.0)
    moved = shares[:, :, 0] - shares[:, :, 1]
    rates = sends.rate[:, :, [0, earlier]]
    one = np.where(np.isnan(rates[:, :, 0]), rates[:, :, 1], rates[:, :, 0])
    other = np.where(np.isnan(rates[:, :, 1]), rates[:, :, 0], rates[:, :, 1])
    mean = np.nan_to_num((one + other) / 2)
    inverse = np.where(n > 0, 1 / np.maximum(n, 1), 0.0).sum(axis=2)
    counted = (n > 0).sum(axis=2)
    variance = spread.value * mean * (1 - mean) * inverse / np.maximum(counted, 1) ** 2
    points = (moved * mean).sum(axis=1)
    error = np.sqrt((moved**2 * variance).sum(axis=1))
    size = np.where(error > 0, points / np.where(error > 0, error, 1.0), 0.0)
    return _changes(points, size, spread.freedom.sum(axis=1), told, whole.sum(axis=(1, 2)))

"""Forecast of conversion value for all customers at once, with its error, against a naive one.

Three simple methods are tried on the past (rolling origin): the naive one (the next window is like
the last), exponential smoothing (R. G. Brown, 1956), and last year's window scaled by this year's
level. The best on older origins is taken; its error is told from the newer ones, on which it was
not chosen. Where it does not beat the naive forecast there, the naive one is shown. The interval
is the empirical 80 % quantile of those errors on both sides.
"""

from dataclasses import dataclass

import numpy as np

#: Weight of the newest week in exponential smoothing.
_ALPHA = 0.2
#: Origins on which a method is chosen, and as many on which its error is measured.
_ORIGINS = 12
_YEAR = 52
#: Weeks that last year's level is compared over.
_LEVEL = 13

METHODS = (
    "repeats the last window",
    "continues the smoothed weekly level",
    "takes last year's window at this year's level",
)


@dataclass(frozen=True)
class Forecasts:
    """One value per customer; NaN where a forecast is refused. Errors in percent of the actual."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    naive_error: np.ndarray
    method: np.ndarray
    """Index into ``METHODS``."""
    origins: int = _ORIGINS


def forecast(weekly: np.ndarray, known_weeks: np.ndarray, window: int, minimum: int) -> Forecasts:
    """The sum of the next ``window`` weeks.

    ``weekly``: customers x weeks, oldest first, zero for a week without conversions.
    ``known_weeks``: weeks since each customer's first conversion. Customers with fewer than
    ``minimum`` known weeks, or too few for the back-test, are refused.
    """
    customers, weeks = weekly.shape
    needed = max(minimum, 2 * _ORIGINS + 2 * window)
    refused = known_weeks < needed
    if weeks < needed or not customers:
        nothing = np.full(customers, np.nan)
        zero = np.zeros(customers, dtype=int)
        return Forecasts(nothing, nothing, nothing, nothing, nothing, zero)
    errors, actual = _past_errors(weekly, known_weeks, window)
    older, newer = slice(0, _ORIGINS), slice(_ORIGINS, 2 * _ORIGINS)
    chosen = np.argmin(errors[:, :, older].mean(axis=2), axis=0)
    beaten = _taken(errors[:, :, newer].mean(axis=2), chosen) >= errors[0, :, newer].mean(axis=1)
    chosen = np.where(beaten, 0, chosen)
    value = _taken(_methods(weekly, known_weeks, weeks, window), chosen)
    spread = np.quantile(np.stack([errors[m, c, newer] for c, m in enumerate(chosen)]), 0.8, axis=1)
    level = np.maximum(actual[:, newer].mean(axis=1), 1e-9)
    kept = np.where(refused, np.nan, 1.0)
    return Forecasts(
        value=value * kept,
        low=np.maximum(value - spread, 0) * kept,
        high=(value + spread) * kept,
        error=_taken(errors[:, :, newer].mean(axis=2), chosen) / level * 100 * kept,
        naive_error=errors[0, :, newer].mean(axis=1) / level * 100 * kept,
        method=chosen,
    )


def _taken(per_method: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """From methods x customers the value of each customer's method."""
    taken: np.ndarray = np.take_along_axis(per_method, chosen[None, :], axis=0)[0]
    return taken


def _past_errors(
    weekly: np.ndarray, known_weeks: np.ndarray, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Absolute errors (methods x customers x origins, oldest first) and what really came."""
    weeks = weekly.shape[1]
    origins = [weeks - window - back for back in reversed(range(2 * _ORIGINS))]
    actual = np.stack([weekly[:, o : o + window].sum(axis=1) for o in origins], axis=1)
    guessed = np.stack(
        [_methods(weekly, known_weeks - (weeks - o), o, window) for o in origins], axis=2
    )
    return np.abs(guessed - actual[None]), actual


def _methods(weekly: np.ndarray, known: np.ndarray, origin: int, window: int) -> np.ndarray:
    """What each method says at ``origin`` (weeks known): methods x customers."""
    past = weekly[:, :origin]
    naive = past[:, -window:].sum(axis=1)
    weights = (1 - _ALPHA) ** np.arange(min(origin, _YEAR))[::-1]
    recent = past[:, -len(weights) :]
    smoothed = window * (recent * weights).sum(axis=1) / weights.sum()
    return np.stack([naive, smoothed, _seasonal(past, known, naive, window)])


def _seasonal(
    past: np.ndarray, known: np.ndarray, otherwise: np.ndarray, window: int
) -> np.ndarray:
    """Last year's window times this year's level; ``otherwise`` where a year ago is unknown."""
    weeks = past.shape[1]
    if weeks < _YEAR + _LEVEL:
        return otherwise
    a_year_ago = past[:, weeks - _YEAR : weeks - _YEAR + window].sum(axis=1)
    level_then = past[:, weeks - _YEAR - _LEVEL : weeks - _YEAR].sum(axis=1)
    level_now = past[:, weeks - _LEVEL :].sum(axis=1)
    usable = (known >= _YEAR + _LEVEL) & (level_then > 0)
    scaled = a_year_ago * level_now / np.where(level_then > 0, level_then, 1)
    return np.where(usable, scaled, otherwise)

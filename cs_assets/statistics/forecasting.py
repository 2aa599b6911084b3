"""Forecasts of a sum over the next weeks, with an interval that holds as often as it says.

Five plain methods are tried on the past, on windows that do not overlap: windows that do hold few
independent cases, and an interval read from them is too narrow. The forecast is the mean of the
methods, each weighted by its record; the interval is that of the record of this very mean.
"""

from dataclasses import dataclass, replace

import numpy as np

from cs_assets.statistics.dispersion import successive

METHODS = (
    "repeats the last window",
    "repeats the same window a year earlier",
    "continues the mean of the last year",
    "continues the smoothed weekly level",
    "continues the mean since the level last moved",
)
_NAIVE, _YEAR_MEAN = 0, 2

#: Share of windows that the interval holds.
COVERAGE = 0.8
_YEAR = 52
#: Weight of the newest week in exponential smoothing (R. G. Brown, 1956).
_ALPHA = 0.1
#: Weeks that the oldest window tried must have before it, beside twice its own length.
_LEAST_WEEKS = 8
#: Ranks added to where the interval is read.
_FOR_CHOICE = 0.25
#: Fewest windows from which an interval of ``COVERAGE`` can be read.
LEAST_WINDOWS = 4
#: How sharply squared errors tell methods apart: a customer's own, and those of its peers. A few
#: windows of one's own tell little; with softer weights than these unlike peers spoil a season.
_OWN, _PEERS = 2.5, 4
_LEAST_PEERS = 8
#: Weeks since when the level may have moved, the least size of the step in standard errors, and
#: the length of the blocks whose variation widens these.
_SPLITS = (4, 6, 8, 10, 13, 17, 21, 26, 32, 39, 46)
_MOVED = 4.5
_BLOCK = 8
#: A forecast says nothing when single weeks alone make the sum vary by more than this (the
#: coefficient of variation), or when the upper end of the interval is so many times the lower. The
#: first does not depend on how the interval came out: to tell the narrow ones of many that say
#: nothing would be to tell those that are wrong.
_MOST_NOISE = 0.45
_MOST_RATIO = 8.0


@dataclass(frozen=True)
class Forecasts:
    """One element per customer; NaN where ``reason`` says why there is none."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    """Mean error on the windows tried, in percent of the mean of forecast and outcome: 0 to 200."""
    naive_error: np.ndarray
    """The same of the forecast that repeats the last window."""
    method: np.ndarray
    """Index into ``METHODS`` of the method with most weight."""
    weight: np.ndarray
    """Its weight, 0 to 1."""
    windows: np.ndarray
    """How many windows of the past it was tried on."""
    reason: np.ndarray
    """``None``, ``"short"`` for too few windows, ``"wide"`` for an interval that says nothing."""


def forecast(weekly: np.ndarray, window: int) -> Forecasts:
    """The sum of the next ``window`` weeks, withheld where its interval says nothing.

    ``weekly``: customers x weeks, oldest first; zero for a week without any, NaN for one before
    the customer's beginning. The customers given are each other's peers.
    """
    found = everything(weekly, window)
    with np.errstate(invalid="ignore", divide="ignore"):
        noise = np.sqrt(successive(weekly[:, -2 * _YEAR :], 1) / found.value)
        wide = ~(noise <= _MOST_NOISE) | (found.high > _MOST_RATIO * found.low)
    wide &= found.reason == None  # noqa: E711
    return replace(
        found,
        reason=np.where(wide, "wide", found.reason),
        **{
            name: np.where(wide, np.nan, getattr(found, name))
            for name in ("value", "low", "high", "error", "naive_error")
        },
    )


def everything(weekly: np.ndarray, window: int) -> Forecasts:
    """``forecast`` with the intervals that say nothing."""
    customers, weeks = weekly.shape
    least = _least_weeks(weekly, window)
    windows = (weeks - int(least.min(initial=weeks))) // window
    origins = [weeks - window * (back + 1) for back in range(windows)]
    if not origins:
        return _none(customers)
    tried = [methods(weekly[:, :origin], window, least) for origin in origins]
    guesses = np.stack([guess for guess, _ in tried], axis=2)  # methods x customers x windows
    moved = np.stack([steps for _, steps in tried], axis=1)
    actual = np.stack([weekly[:, o : o + window].sum(axis=1) for o in origins], axis=1)
    squares = (guesses - actual) ** 2
    counted = (~np.isnan(squares[0])).sum(axis=1)
    squares = np.nan_to_num(squares)
    together = squares.sum(axis=2)
    peers = _record_of_peers(together, counted)
    now, moved_now = methods(weekly, window, least)
    weights = _weights(together, moved_now, peers)
    value = (weights * now).sum(axis=0)
    # Each window is forecast with weights that did not see its outcome.
    unseen = _weights(np.maximum(together[:, :, None] - squares, 0.0), moved, peers)
    errors = np.abs((unseen * guesses).sum(axis=0) - actual)
    reach = conformal(errors, counted)
    told = counted >= LEAST_WINDOWS
    heaviest = weights.argmax(axis=0)
    return Forecasts(
        value=np.where(told, value, np.nan),
        low=np.where(told, np.maximum(value - reach, 0.0), np.nan),
        high=np.where(told, value + reach, np.nan),
        error=np.where(told, _percent(errors, actual + (unseen * guesses).sum(axis=0)), np.nan),
        naive_error=np.where(
            told,
            _percent(np.abs(guesses[_NAIVE] - actual), actual + guesses[_NAIVE]),
            np.nan,
        ),
        method=heaviest,
        weight=weights[heaviest, np.arange(customers)],
        windows=counted,
        reason=np.where(told, np.array(None), "short"),
    )


def _least_weeks(weekly: np.ndarray, window: int) -> np.ndarray:
    """Known weeks that a window of the past must have before it to be tried, by customer.

    A year, so that all methods are tried on the same windows; less for one with too few of these.
    """
    known = (~np.isnan(weekly)).sum(axis=1)
    few = known < _YEAR + LEAST_WINDOWS * window
    return np.where(few, max(_LEAST_WEEKS, 2 * window), _YEAR)


def _none(customers: int) -> Forecasts:
    nothing, zero = np.full(customers, np.nan), np.zeros(customers, dtype=int)
    return Forecasts(
        value=nothing, low=nothing, high=nothing, error=nothing, naive_error=nothing,
        method=zero, weight=nothing, windows=zero,
        reason=np.full(customers, "short", dtype=object),
    )  # fmt: skip


def _percent(errors: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Sum of errors over half the sum of forecast and outcome: it cannot pass 200 %."""
    whole = np.nansum(both, axis=1)
    found: np.ndarray = 200 * np.nansum(errors, axis=1) / np.where(whole > 0, whole, np.nan)
    return found


def conformal(errors: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """The reach that the next error keeps within in ``COVERAGE`` of cases, by customer.

    The next of n + 1 exchangeable errors is as likely to have any rank, so the place to read is
    (n + 1) x coverage of the n in order (Vovk et al. 2005), between two of them by its fraction
    (Hutson 1999); with n of them alone the interval would be too narrow. A quarter of a rank is
    added, as the weights were chosen on the same windows but one.
    """
    ordered = np.sort(errors, axis=1)  # NaN last
    place = COVERAGE * (counted + 1) + _FOR_CHOICE
    lower = np.clip(np.floor(place).astype(int), 1, errors.shape[1])
    upper = np.clip(lower + 1, 1, np.maximum(counted, 1))
    row = np.arange(len(errors))
    below, above = ordered[row, lower - 1], ordered[row, np.maximum(upper, 1) - 1]
    reach: np.ndarray = below + (place - lower) * (above - below)
    return reach


def _record_of_peers(squares: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Of each method, how its squared errors compare with the others', over all customers."""
    mean = squares.mean(axis=0)
    told = (counted >= LEAST_WINDOWS) & (mean > 0)
    if told.sum() < _LEAST_PEERS:
        return np.ones(len(squares))
    relative = np.maximum(squares[:, told] / mean[told], 1e-6)
    record: np.ndarray = np.exp(np.log(relative).mean(axis=1))
    return record


def _weights(squares: np.ndarray, moved: np.ndarray, peers: np.ndarray) -> np.ndarray:
    """Weights of the methods (first axis), summing to one.

    Inverse to powers of the squared errors, so that a method twice as wrong hardly counts. After
    a step of the level the mean of the year is known to be wrong before it has been seen to be.
    """
    floor = 1e-9 * squares.mean(axis=0) + 1e-12
    squares = np.maximum(squares, floor)
    weights = (squares.min(axis=0) / squares) ** _OWN
    weights *= ((peers.min() / peers) ** _PEERS).reshape(-1, *[1] * (squares.ndim - 1))
    weights[_YEAR_MEAN] = np.where(moved, 0.0, weights[_YEAR_MEAN])
    scaled: np.ndarray = weights / weights.sum(axis=0)
    return scaled


def methods(past: np.ndarray, window: int, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each method says (methods x customers), and whether the level has moved.

    NaN for a customer with fewer than ``least`` known weeks. A method that needs weeks before
    the customer's beginning says what the mean says.
    """
    known = ~np.isnan(past)
    enough = known.sum(axis=1) >= least
    mean = _mean_of_last(past, np.full(len(past), _YEAR)) * window
    year_ago = np.full(len(past), np.nan)
    if past.shape[1] >= _YEAR:
        start = past.shape[1] - _YEAR
        year_ago = past[:, start : start + window].sum(axis=1)
    since = _weeks_since_step(past)
    smoothing = (1 - _ALPHA) ** np.arange(past.shape[1])[::-1] * known
    level = np.nansum(past * smoothing, axis=1) / np.maximum(smoothing.sum(axis=1), 1e-12)
    said = np.stack(
        [
            past[:, -window:].sum(axis=1),
            np.where(np.isnan(year_ago), mean, year_ago),
            mean,
            level * window,
            _mean_of_last(past, since) * window,
        ]
    )
    return np.where(enough, said, np.nan), since < _YEAR


def _mean_of_last(past: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Mean of each customer's last so many weeks, as far as they are known."""
    recent = np.arange(past.shape[1])[::-1] < weeks[:, None]
    told = recent & ~np.isnan(past)
    mean: np.ndarray = np.where(told, past, 0.0).sum(axis=1) / np.maximum(told.sum(axis=1), 1)
    return mean


def _weeks_since_step(past: np.ndarray) -> np.ndarray:
    """Weeks since the level clearly moved; a year where it did not.

    The step with the largest z of all ``_SPLITS`` of the last two years, with the dispersion of
    neighbouring weeks, widened by that of neighbouring blocks of weeks: a season and weeks that
    go together are no step.
    """
    recent = past[:, -2 * _YEAR :]
    dispersion = np.maximum(successive(recent, 1), successive(recent, _BLOCK))
    since, largest = np.full(len(past), _YEAR), np.full(len(past), _MOVED)
    for split in _SPLITS:
        if recent.shape[1] < 2 * split:
            break
        after, before = recent[:, -split:], recent[:, -split - _YEAR : -split]
        weeks = (~np.isnan(before)).sum(axis=1)
        now, then = after.sum(axis=1), np.nansum(before, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (now + then) / (split + weeks)
            error = np.sqrt(dispersion * mean * (1 / split + 1 / weeks))
            size = np.abs(now / split - then / weeks) / error
        further = (weeks >= split) & (size > largest)
        since, largest = np.where(further, split, since), np.where(further, size, largest)
    return since

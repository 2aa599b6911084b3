"""From rows by day to the stretches of days on which a feed, or a part of it, is not known.

A day without a row is zero when a day without one is no wonder. It is *late* (or missing, where
later days are there) when so many were to be expected that chance gives none hardly ever, and
more than one customer stopped at once: a customer may stop, all of them on the same day do not.
Days before the first row are *before* the beginning, where several customers begin together.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_assets.frames import as_times
from sql import feeds as declared

STATES = ("late", "missing", "before")

#: Days whose mean by weekday tells what is usual, and the nearer half of them: what is expected
#: is the lower of the two, so that the end of a season is no gap.
_USUAL_DAYS, _NEARER_DAYS = 56, 28
#: Rows to be expected, over their dispersion, from which none is no chance: one in 10,000.
_EXPECTED = 9.2
#: The same without the largest customer: one in 100.
_OF_OTHERS = 4.6
#: Days with rows on usual weeks that a hole with data after it has; shorter ones may be holidays.
_LEAST_HOLE = 3
#: A part that is away for so long has ended.
_ENDED_AFTER = 56
#: A part begins when so many customers begin with it in its first four weeks.
_BEGINNERS, _BEGINNING = 3, 28

COLUMNS = ["feed", "part", "name", "state", "first_day", "last_day", "expected"]
KEYS = ["feed", "part", "name"]


@dataclass(frozen=True)
class _Slice:
    """One part of a feed: rows by day, and the rows and spans of its customers."""

    is_whole: bool
    is_weekly: bool
    rows: np.ndarray
    by_customer: pd.DataFrame
    """``first`` and ``last`` (places of days) and ``row_count``."""
    weekdays: np.ndarray


def stretches(
    days: pd.DataFrame, customers: pd.DataFrame, first_day: dt.date, last_day: dt.date
) -> pd.DataFrame:
    """Stretches that are not known (``COLUMNS``), of all feeds.

    ``days`` and ``customers``: rows of ``sources/feed_days`` and ``sources/feed_customers`` over
    the same days.
    ``expected``: rows to be expected in the stretch; empty for ``before``.
    """
    calendar = pd.date_range(first_day, last_day)
    places = dict(list(customers.groupby(KEYS)))
    starts = _starts(days)
    found: list[tuple[object, ...]] = []
    for key, group in days.groupby(KEYS, sort=True):
        feed, part, name = (str(one) for one in key)
        one = _slice(group, places[key], calendar, part, declared.feed_of(feed).is_weekly)
        of_feed = (starts[feed] - calendar[0]).days
        for state, begin, end, expected in _of_slice(one, of_feed):
            found.append(
                (feed, part, name, state, calendar[begin].date(), calendar[end].date(), expected)
            )
    return pd.DataFrame(found, columns=COLUMNS)


def _starts(days: pd.DataFrame) -> dict[str, pd.Timestamp]:
    first = as_times(days["day"]).groupby(days["feed"]).min()
    return {str(feed): day for feed, day in first.items()}


def _slice(
    group: pd.DataFrame, customers: pd.DataFrame, calendar: pd.DatetimeIndex, part: str,
    is_weekly: bool,
) -> _Slice:  # fmt: skip
    rows = np.zeros(len(calendar))
    rows[(as_times(group["day"]) - calendar[0]).dt.days.to_numpy()] = group["row_count"]
    spans = {
        end: (as_times(customers[f"{end}_day"]) - calendar[0]).dt.days for end in ("first", "last")
    }
    return _Slice(
        part == declared.WHOLE, is_weekly, rows, customers.assign(**spans),
        np.asarray(calendar.weekday),
    )  # fmt: skip


def _of_slice(one: _Slice, start_of_feed: int) -> Iterator[tuple[str, int, int, float]]:
    """State, first and last place and rows expected of each stretch."""
    first = int(np.flatnonzero(one.rows)[0])
    if _begins_together(one, first, start_of_feed):
        yield "before", 0, first - 1, float("nan")
    usable = np.ones(len(one.rows), dtype=bool)
    for begin, end in _empty_runs(one.rows, first):
        profile = _profile(one, begin, usable)
        if profile is None:
            continue
        by_day = profile[one.weekdays[begin : end + 1]]
        expected = float(by_day.sum())
        trailing = end == len(one.rows) - 1
        # A hole of a day or two with data after it may be a holiday.
        short = int((by_day > 0).sum()) < (1 if one.is_weekly else _LEAST_HOLE)
        if (short and not trailing) or not _is_no_chance(one, begin, end, expected):
            continue
        usable[begin : end + 1] = False
        while profile[one.weekdays[begin]] == 0:  # a weekend before the first day missed
            begin += 1
        yield ("late" if trailing else "missing"), begin, end, expected


def _begins_together(one: _Slice, first: int, start_of_feed: int) -> bool:
    """Whether the data begin here, not a customer with something new."""
    if first == 0:
        return False
    if one.is_whole:
        return True
    if first <= start_of_feed + 7:  # with the feed, which says so itself
        return False
    return int((one.by_customer["first"] < first + _BEGINNING).sum()) >= _BEGINNERS


def _empty_runs(rows: np.ndarray, first: int) -> Iterator[tuple[int, int]]:
    empty = rows == 0
    empty[:first] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(int)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(begin), int(end - 1)


def _profile(one: _Slice, begin: int, usable: np.ndarray) -> np.ndarray | None:
    """Rows of a usual day by weekday, from the weeks before a run; the lower of two spans."""
    means = []
    for reach in (_USUAL_DAYS, _NEARER_DAYS):
        span = slice(max(0, begin - reach), begin)
        rows, weekdays, known = one.rows[span], one.weekdays[span], usable[span]
        if known.sum() < 7:
            return None
        counted = np.bincount(weekdays[known], minlength=7)
        sums = np.bincount(weekdays[known], weights=rows[known], minlength=7)
        means.append(sums / np.maximum(counted, 1))
    lower: np.ndarray = min(means, key=lambda mean: mean.sum())
    return lower


def _is_no_chance(one: _Slice, begin: int, end: int, expected: float) -> bool:
    if not one.is_whole and end - begin >= _ENDED_AFTER:
        return False
    spread = _dispersion(one, begin)
    if expected / spread < _EXPECTED:
        return False
    return one.is_whole or expected * (1 - _largest_share(one, begin)) / spread >= _OF_OTHERS


def _dispersion(one: _Slice, begin: int) -> float:
    """Variance of a week's rows over their mean in the weeks before; at least one."""
    weeks = min(begin, _USUAL_DAYS) // 7
    if weeks < 3:
        return 1.0
    sums = one.rows[begin - 7 * weeks : begin].reshape(weeks, 7).sum(axis=1)
    # Neighbouring weeks, so that a season is not taken for noise.
    total = sums[1:].sum() + sums[:-1].sum()
    spread = float((np.diff(sums) ** 2).sum() / total) if total else 1.0
    return max(1.0, spread)


def _largest_share(one: _Slice, begin: int) -> float:
    """Share of the largest of the customers who were there before the run."""
    mine = one.by_customer
    there = mine.loc[(mine["last"] >= begin - _USUAL_DAYS) & (mine["first"] < begin), "row_count"]
    return float(there.max() / there.sum()) if len(there) else 1.0


def unread(reads: pd.DataFrame, last_day: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """State, first and last day of the days of calls that nobody read whole, since the first read.

    ``reads``: rows of ``gong/read_days``. A day is whole when it was read after it was over.
    """
    if reads.empty:
        return []
    day = pd.to_datetime(reads["call_date"])
    whole = set(day[pd.to_datetime(reads["read_at"]) >= day + pd.Timedelta(days=1)])
    calendar = pd.date_range(day.min(), last_day)
    is_unread = np.array([one not in whole for one in calendar], dtype=float)
    return [
        (
            "late" if end == len(calendar) - 1 else "missing",
            calendar[begin].date(), calendar[end].date(),
        )
        for begin, end in _empty_runs(1 - is_unread, 0)
    ]  # fmt: skip

"""A customer's gaps, looked up by feed, part and span: what every reader asks before it tells."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from cs_assets.feeds.coverage import GAPS, Coverage, Period, Query
from sql.feeds import WHOLE

_DAY = dt.timedelta(days=1)
#: Weeks told one by one, for charts.
_WEEKS = 26


def periods(week: dt.date, window: int) -> list[Period]:
    """The spans that figures of a week (Monday) and window (weeks) are made of.

    The single weeks of charts among them, by their Monday.
    """
    end = week + dt.timedelta(days=6)
    length, year = dt.timedelta(weeks=window), dt.timedelta(weeks=52)
    start = end + _DAY - length
    return [
        Period("week", week, end),
        Period("current", start, end),
        Period("prior", start - length, start - _DAY),
        Period("year_ago", start - year, end - year),
        *(
            Period(monday.isoformat(), monday, monday + 6 * _DAY)
            for monday in (week - dt.timedelta(weeks=back) for back in range(_WEEKS))
        ),
    ]


def gaps_of_week(
    coverage: Coverage, customers: pd.DataFrame, week: dt.date, windows: Iterable[int], query: Query
) -> pd.DataFrame:
    """Rows of ``analytics.customer_gaps``; ``customers``: ``customer_id`` and ``region``."""
    frames = [
        coverage.gaps(periods(week, window), customers, query).assign(
            week_start=week, window_weeks=window
        )
        for window in windows
    ]
    return pd.concat(frames, ignore_index=True)


class Gaps:
    """Rows of ``analytics.customer_gaps`` of one week and window; without rows all is known."""

    def __init__(self, rows: pd.DataFrame | None = None) -> None:
        known = rows if rows is not None else pd.DataFrame(columns=GAPS)
        self._by = {
            (str(feed), str(part), str(span)): group
            for (feed, part, span), group in known.groupby(["feed", "part", "span"], sort=False)
        }

    def __bool__(self) -> bool:
        return bool(self._by)

    def why(self, ids: "pd.Series[Any]", feed: str, *spans: str, but: str = "") -> "pd.Series[Any]":
        """By customer why figures of the feed over the spans are not known; None where they are.

        ``but``: a state that is left out.
        """
        found = pd.Series(None, index=ids.index, dtype=object)
        for span in spans:
            rows = self._by.get((feed, WHOLE, span))
            if rows is not None:
                reasons = rows[rows["state"] != but].set_index("customer_id")["why"]
                found = found.where(found.notna(), ids.map(reasons))
        return found.where(found.notna(), None)

    def late(self, ids: "pd.Series[Any]", feed: str, *spans: str) -> "pd.Series[Any]":
        """As ``why``, without what is before the feed's beginning: that never was there."""
        return self.why(ids, feed, *spans, but="before")

    def why_part(
        self, ids: "pd.Series[Any]", names: "pd.Series[Any]", feed: str, part: str, *spans: str
    ) -> "pd.Series[Any]":
        """The same of one channel, region or module a row; the customer's own gaps count too."""
        found = self.why(ids, feed, *spans)
        keys = pd.MultiIndex.from_arrays([ids.astype(object), names.astype(object)])
        for span in spans:
            rows = self._by.get((feed, part, span))
            if rows is not None:
                reasons = rows.set_index(["customer_id", "name"])["why"].reindex(keys)
                reasons.index = ids.index
                found = found.where(found.notna(), reasons)
        return found.where(found.notna(), None)

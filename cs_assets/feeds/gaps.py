"""A customer's gaps, looked up by feed, part and span: what every reader asks before it tells."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cs_assets.feeds.coverage import GAPS, Coverage, Period, Query, parts_of_customers
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
    parts = parts_of_customers(query, week + dt.timedelta(days=6))
    frames = [
        coverage.gaps(periods(week, window), customers, parts).assign(
            week_start=week, window_weeks=window
        )
        for window in windows
    ]
    return pd.concat(frames, ignore_index=True)


class _Reason(NamedTuple):
    customer_id: str
    name: str
    state: str
    why: str


class Gaps:
    """Rows of ``analytics.customer_gaps`` of one week and window; without rows all is known."""

    def __init__(self, rows: pd.DataFrame | None = None) -> None:
        known = rows if rows is not None else pd.DataFrame(columns=GAPS)
        known = known[known["why"].notna()]
        self._by: dict[tuple[str, str, str], list[_Reason]] = {}
        columns = ("feed", "part", "span", "customer_id", "name", "state", "why")
        for feed, part, span, *reason in zip(*(known[name] for name in columns), strict=True):
            self._by.setdefault((str(feed), str(part), str(span)), []).append(_Reason(*reason))

    def __bool__(self) -> bool:
        return bool(self._by)

    def why(self, ids: "pd.Series[Any]", feed: str, *spans: str, but: str = "") -> "pd.Series[Any]":
        """By customer why figures of the feed over the spans are not known; None where they are.

        ``but``: a state that is left out.
        """
        told: dict[str, str] = {}
        for reason in self._reasons(feed, WHOLE, spans):
            if reason.state != but:
                told.setdefault(reason.customer_id, reason.why)
        if not told:
            return pd.Series(np.full(len(ids), None, dtype=object), index=ids.index)
        return pd.Series([told.get(one) for one in ids], index=ids.index, dtype=object)

    def late(self, ids: "pd.Series[Any]", feed: str, *spans: str) -> "pd.Series[Any]":
        """As ``why``, without what is before the feed's beginning: that never was there."""
        return self.why(ids, feed, *spans, but="before")

    def why_part(
        self, ids: "pd.Series[Any]", names: "pd.Series[Any]", feed: str, part: str, *spans: str
    ) -> "pd.Series[Any]":
        """The same of one channel, region or module a row; the customer's own gaps count too."""
        told: dict[tuple[str, str], str] = {}
        for reason in self._reasons(feed, part, spans):
            told.setdefault((reason.customer_id, reason.name), reason.why)
        whole = self.why(ids, feed, *spans)
        if not told:
            return whole
        found = [
            of_customer or told.get((one, name))
            for of_customer, one, name in zip(whole, ids, names, strict=True)
        ]
        return pd.Series(found, index=ids.index, dtype=object)

    def _reasons(self, feed: str, part: str, spans: Sequence[str]) -> Iterator[_Reason]:
        """In the order of the spans: the first of a customer is the one that is told."""
        for span in spans:
            yield from self._by.get((feed, part, span), ())

"""One place that says whether data are there: of a feed, of its parts, of a customer."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cs_assets.feeds import days
from cs_assets.feeds.wording import begins, none_of_customer, none_yet, not_there
from cs_assets.frames import as_times, stacked
from sql import feeds as declared

#: ``Session.query`` of the warehouse port: statement and parameters to rows.
Query = Callable[[str, Sequence[Any]], pd.DataFrame]

#: Share of what is usual in a period that may be unknown for it to count as known.
TOLERATED = 1 / 20
#: Share of a customer's rows that may come from a part that is not there: hardly any, for one
#: case may be all that there is of a week.
_OF_PART = 1 / 200
#: Weeks looked back: a year before the longest window, and what is usual before that.
_WEEKS = 52 + 26 + 26 + 8
#: Weeks from which the parts of a customer are read: who had one case of a part in a year may have
#: one in what is not there.
_PARTS_WEEKS = 52
#: Share of that time that a part is taken to be there at least: a rate of days tells nothing.
_LEAST_THERE = 1 / 20

#: Names of the feeds, as their tables declare them.
CONVERSIONS, MESSAGES, TOUCHPOINTS = "conversions", "messages", "touchpoints"
USAGE, CALLS = "usage figures", "calls"

GAPS = ["customer_id", "feed", "part", "name", "span", "state", "missing", "why"]


class Period(NamedTuple):
    """A named span of days, both ends included."""

    name: str
    first: dt.date
    last: dt.date


def first_day(week: dt.date) -> dt.date:
    """The first day that is looked at for a week (Monday)."""
    return week - dt.timedelta(weeks=_WEEKS)


def stretches_of_week(query: Query, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.feed_coverage`` for what is known at a week's end."""
    span = [first_day(week), week + dt.timedelta(days=6)]
    seen = query("sources/feed_days", span)
    homes, reads = query("customers/homes", []), query("gong/read_days", span)
    found = days.stretches(seen, query("sources/feed_customers", span), span[0], span[1])
    never = _never(seen, homes, span)
    found = stacked([found, never])
    found = _with_reads(found, reads, span[1])
    return found.assign(week_start=week, usual=_usual(found, seen))


def _usual(found: pd.DataFrame, seen: pd.DataFrame) -> list[str]:
    """By stretch: the weekdays' shares of a usual week, as seven numbers."""
    weekdays = as_times(seen["day"]).dt.weekday
    sums = seen.groupby([*days.KEYS, weekdays])["row_count"].sum()
    shares = []
    for key in found[days.KEYS].itertuples(index=False):
        mine = sums[tuple(key)].reindex(range(7), fill_value=0) if tuple(key) in sums else None
        whole = float(mine.sum()) if mine is not None else 0.0
        row = [1 / 7] * 7 if mine is None or not whole else [float(n) / whole for n in mine]
        shares.append(" ".join(f"{share:.4f}" for share in row))
    return shares


#: Customers that a region must have for none of their rows to be no chance.
_LEAST_CUSTOMERS = 3
#: Feeds that a company may do without: that they have no row is what is told of them.
_OPTIONAL = (CONVERSIONS, MESSAGES, TOUCHPOINTS, CALLS)


def _never(seen: pd.DataFrame, homes: pd.DataFrame, span: Sequence[dt.date]) -> pd.DataFrame:
    """Feeds, and regions of them, of which nothing has ever come (``expected`` is zero)."""
    rows = []
    regions = homes["region"].value_counts()
    for feed in declared.tables():
        mine = seen[seen["feed"] == feed]
        if mine.empty:
            if feed not in _OPTIONAL:
                rows.append((feed, declared.WHOLE, "", "before", *span, 0.0))
            continue
        there = set(mine.loc[mine["part"] == declared.HOME, "name"])
        rows += [
            (feed, declared.HOME, region, "before", *span, 0.0)
            for region, customers in regions.items()
            if region not in there and customers >= _LEAST_CUSTOMERS
        ]
    return pd.DataFrame(rows, columns=days.COLUMNS)


def _with_reads(found: pd.DataFrame, reads: pd.DataFrame, last: dt.date) -> pd.DataFrame:
    """Which days of calls were read is known and needs no guess, where reading is on record."""
    if reads.empty:
        return found
    mine = (found["feed"] == CALLS) & (found["part"] == declared.WHOLE)
    rows = [(CALLS, declared.WHOLE, "", *run, np.nan) for run in days.unread(reads, last)]
    kept = found[~mine | (found["state"] == "before")]
    return pd.concat(
        [kept, *([pd.DataFrame(rows, columns=days.COLUMNS)] if rows else [])], ignore_index=True
    )


@dataclass(frozen=True)
class Coverage:
    """What is not known at a week's end; without rows all is there."""

    stretches: pd.DataFrame
    """Rows of ``analytics.feed_coverage``."""

    @classmethod
    def read(cls, query: Query, week: dt.date) -> "Coverage":
        """What was found for a week (``analytics.feed_coverage``)."""
        return cls(query("sources/coverage_of_week", [week]))

    def state(
        self, feed: str, first: dt.date, last: dt.date, part: str = declared.WHOLE, name: str = ""
    ) -> tuple[str, str]:
        """``there``, ``late``, ``missing`` or ``before`` for a feed or part over days, and why."""
        rows = self.stretches
        mine = rows[(rows["feed"] == feed) & (rows["part"] == part) & (rows["name"] == name)]
        found = _Days.of(mine).within(Period("", first, last))
        if found["missing"].sum() <= TOLERATED:
            return "there", ""
        worst = found.sort_values("missing").iloc[-1]
        return str(worst["state"]), str(worst["why"])

    def gaps(
        self, periods: Sequence[Period], customers: pd.DataFrame, parts: pd.DataFrame
    ) -> pd.DataFrame:
        """By customer what is not known in each period (columns ``GAPS``), all feeds.

        ``customers``: ``customer_id`` and ``region``; ``parts``: ``parts_of_customers``. A
        customer's figure is not known when more than a twentieth of what is usual of it is not: by
        the parts (channels, regions, modules) that it has come from.
        """
        first, last = min(p.first for p in periods), max(p.last for p in periods)
        near = _Days.of(self.stretches[as_times(self.stretches["last_day"]) >= pd.Timestamp(first)])
        reached = [near.within(period).assign(span=period.name) for period in periods]
        found = pd.concat(reached, ignore_index=True) if reached else self.stretches.iloc[:0]
        if customers.empty:
            return pd.DataFrame(columns=GAPS)
        span = _span_of_parts(last)
        told = (
            pd.DataFrame(columns=GAPS)
            if found.empty
            else _of_customers(found, customers, self._as_if_there(parts, span))
        )
        never = _without_any(customers, parts, periods)
        if never.empty:
            return told
        # What is said of the feed is said of all its customers, and goes before.
        keys = ["customer_id", "feed", "part", "name", "span"]
        both = [told, never] if len(told) else [never]
        return pd.concat(both, ignore_index=True).drop_duplicates(keys, ignore_index=True)

    def _as_if_there(self, parts: pd.DataFrame, span: Period) -> pd.DataFrame:
        """Rows by part as they would be had the part been there all the time.

        Of a channel that begins six weeks ago one case is worth nine in a year: it is by the rate
        that a customer has much or little from a part.
        """
        absent = _Days.of(self.stretches).within(span).groupby(days.KEYS)["missing"].sum()
        rows = parts.merge(absent.rename("absent").reset_index(), on=days.KEYS, how="left")
        there = 1 - rows.pop("absent").fillna(0.0).clip(0.0, 1 - _LEAST_THERE)
        return rows.assign(row_count=rows["row_count"] / there)


def _span_of_parts(last: dt.date) -> Period:
    return Period("", last - dt.timedelta(weeks=_PARTS_WEEKS, days=-1), last)


def parts_of_customers(query: Query, last: dt.date) -> pd.DataFrame:
    """Rows of ``sources/feed_customers``: what customers had from each part up to a day."""
    span = _span_of_parts(last)
    return query("sources/feed_customers", [span.first, span.last])


def _without_any(
    customers: pd.DataFrame, parts: pd.DataFrame, periods: Sequence[Period]
) -> pd.DataFrame:
    """Customers of whom no usage figure is on record while others have some: no zero is known.

    Of the other feeds a customer may have nothing: who sends no message has none.
    """
    of_feed = parts[parts["feed"] == USAGE]
    ids = customers["customer_id"]
    if of_feed.empty:
        return pd.DataFrame(columns=GAPS)
    never = ids[~ids.isin(of_feed["customer_id"])]
    rows = [
        (customer, USAGE, declared.WHOLE, "", period.name, "before", 1.0, none_of_customer(USAGE))
        for customer in never
        for period in periods
    ]
    return pd.DataFrame(rows, columns=GAPS)


@dataclass(frozen=True)
class _Days:
    """Stretches made ready to be laid against many periods."""

    rows: pd.DataFrame
    first: np.ndarray
    last: np.ndarray
    weights: np.ndarray
    """Stretches x the weekdays of a usual week."""

    @classmethod
    def of(cls, stretches: pd.DataFrame) -> "_Days":
        days = {name: as_times(stretches[name]) for name in ("first_day", "last_day")}
        rows = stretches.assign(**days, is_open=stretches["expected"].eq(0))
        shares = np.array([[float(one) for one in usual.split()] for usual in rows["usual"]])
        ends = [rows[name].to_numpy(dtype="datetime64[ns]") for name in days]
        return cls(rows, ends[0], ends[1], shares.reshape(len(rows), 7))

    def within(self, period: Period) -> pd.DataFrame:
        """Those that reach into it: ``from_day`` to ``to_day``, and the share ``missing``."""
        calendar = pd.date_range(period.first, period.last)
        days = calendar.to_numpy(dtype="datetime64[ns]")
        begin, end = np.maximum(self.first, days[0]), np.minimum(self.last, days[-1])
        hit = begin <= end
        begin, end, weights = begin[hit], end[hit], self.weights[hit][:, calendar.weekday]
        inside = (days[None, :] >= begin[:, None]) & (days[None, :] <= end[:, None])
        whole = weights.sum(axis=1)
        rows: pd.DataFrame = self.rows[hit].reset_index(drop=True)
        rows["from_day"], rows["to_day"] = begin, end
        rows["missing"] = (weights * inside).sum(axis=1) / np.where(whole > 0, whole, 1.0)
        told = zip(*(rows[name] for name in _TOLD), strict=True)
        rows["why"] = pd.Series([_why(*one) for one in told], rows.index, dtype=object)
        return rows


#: What is read to tell why a stretch is not there.
_TOLD = ["feed", "part", "name", "state", "last_day", "from_day", "to_day", "is_open"]


def _why(
    feed: str, part: str, name: str, state: str, last_day: pd.Timestamp, from_day: pd.Timestamp,
    to_day: pd.Timestamp, is_open: bool,
) -> str:  # fmt: skip
    if state == "before" and last_day == to_day and is_open:
        return none_yet(feed, part, name)
    if state == "before":
        return begins(feed, part, name, last_day + pd.Timedelta(days=1))
    return not_there(feed, part, name, from_day, to_day, state)


def _of_customers(
    found: pd.DataFrame, customers: pd.DataFrame, parts: pd.DataFrame
) -> pd.DataFrame:
    """Shares of parts times what is missing of them, summed to the customer."""
    shares = parts.rename(columns={"row_count": "share"})[[*days.KEYS, "customer_id", "share"]]
    whole = shares.groupby(["feed", "part", "customer_id"])["share"].transform("sum")
    shares = shares.assign(share=shares["share"] / whole)
    shares = shares[~shares["part"].isin([declared.WHOLE, declared.HOME])]
    named = found[found["name"] != ""]
    everybody = customers[["customer_id"]].assign(share=1.0)
    hit = [
        found[found["part"] == declared.WHOLE].merge(everybody, how="cross"),
        found[found["part"] == declared.HOME].merge(
            customers.rename(columns={"region": "name"})[["customer_id", "name"]].assign(share=1.0),
            on="name",
        ),
        named[named["part"] != declared.HOME].merge(shares, on=days.KEYS),
    ]
    rows = pd.concat(hit, ignore_index=True)
    rows["part_missing"], rows["missing"] = rows["missing"], rows["missing"] * rows["share"]
    return pd.concat([_totals(rows), _parts(rows)], ignore_index=True)[GAPS]


def _totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Customers as a whole: the worst of the ways in which parts are cut, if it is too much.

    A part that is away counts where the customer has more than next to nothing from it.
    """
    keys = ["customer_id", "feed", "span"]
    of_parts = ~rows["part"].isin([declared.WHOLE, declared.HOME])
    gone = rows["part_missing"] > TOLERATED
    rows = rows.assign(is_cut=gone & (~of_parts | (rows["share"] > _OF_PART)))
    cut = rows.groupby([*keys, "part"])["missing"].sum().groupby(keys).max().rename("total")
    is_cut = rows.groupby(keys)["is_cut"].max().rename("any_cut")
    worst = rows.sort_values(["missing", "name"], ascending=[False, True]).drop_duplicates(keys)
    found = worst.merge(cut, left_on=keys, right_index=True)
    found = found.merge(is_cut, left_on=keys, right_index=True)
    found = found[(found["total"] > TOLERATED) | found["any_cut"]]
    return found.assign(part=declared.WHOLE, name="", missing=found["total"].clip(upper=1))


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    """A customer's channels, regions and modules that are not known themselves."""
    parts = rows[~rows["part"].isin([declared.WHOLE, declared.HOME])]
    parts = parts[parts["part_missing"] > TOLERATED]
    parts = parts.assign(missing=parts["part_missing"]).sort_values("missing", ascending=False)
    # Two holes of one part in one span are one gap.
    return parts.drop_duplicates(["customer_id", "feed", "part", "name", "span"])

"""Which feeds leave a customer's health and segment as they were: what has not come moves nobody.

A feed that is late or has a hole holds until it is there. What lies before a feed's beginning
holds only when it was known the week before (a source that has lost its past), not where it never
was: a company without calls is judged by the rest.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.feeds.coverage import CALLS, CONVERSIONS, MESSAGES, USAGE
from cs_assets.feeds.gaps import Gaps

CONTRACTS = "contracts"
_NO_CONTRACT = "no contract is on record"
_APART = ", "

_OF_USE = (
    "key_actions_4w", "seat_utilisation_4w", "users_4w", "usage_change", "clear_usage_change",
    "usage_direction", "breadth", "adopted_modules", "dropped_modules", "declining_modules",
    "collapsed_modules", "not_started_modules",
)  # fmt: skip

#: Metrics that rules read, by the feed whose absence hides them.
HIDDEN: dict[str, tuple[str, ...]] = {
    USAGE: _OF_USE,
    CONTRACTS: ("active_modules", *_OF_USE),
    CONVERSIONS: (
        "conversions_4w", "conversion_value_change", "clear_conversion_count_change",
        "clear_conversion_change",
    ),
    CALLS: (
        "negative_calls_4w", "days_since_contact", "churn_calls_13w", "competitor_calls_13w",
        "expansion_calls_13w", "churn_signals_13w", "expansion_signals_13w",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _MadeOf:
    """Columns that need a feed over some spans to be all there."""

    feed: str
    spans: tuple[str, ...]
    columns: tuple[str, ...]
    is_count: bool = False
    """A count of what was seen: less of the span tells only that nothing more was seen."""

    def was_told(self, before: pd.DataFrame) -> "pd.Series[Any]":
        """Whether any of the columns has told something, by place."""
        rows = before.reindex(columns=list(self.columns)).reset_index(drop=True)
        numbers = rows.apply(pd.to_numeric)
        told = numbers.gt(0) if self.is_count else numbers.notna()
        found: pd.Series[Any] = told.any(axis=1)
        return found


def held(rows: pd.DataFrame, before: pd.DataFrame | None, gaps: Gaps) -> pd.DataFrame:
    """By customer ``not_known``, the feeds that hold (empty for none), and ``why`` of the first.

    ``rows``: metrics of the week, ``before`` those of the week before (``analytics.
    customer_metrics``).
    """
    ids = rows["customer_id"].reset_index(drop=True)
    week = pd.Timestamp(rows["week_start"].iloc[0] if len(rows) else 0)
    feeds, contracts = _made_of(week), _MadeOf(CONTRACTS, (), ("active_modules",))
    read = list(dict.fromkeys(name for made in (*feeds, contracts) for name in made.columns))
    earlier = as_before(ids, before, ["not_known", *read])
    was_held = earlier["not_known"].astype(object).where(earlier["not_known"].notna(), "")
    names, why = pd.Series("", index=ids.index), pd.Series(None, index=ids.index, dtype=object)
    for made in feeds:
        reason = gaps.why(ids, made.feed, *made.spans)
        if reason.isna().all():
            continue
        begins = reason.notna() & gaps.late(ids, made.feed, *made.spans).isna()
        held_before = holds(was_held, made.feed)
        if made.is_count:
            lost = made.was_told(earlier) & ~made.was_told(rows)
            is_held = reason.notna() & (lost | held_before)
        else:
            is_held = reason.notna() & (~begins | made.was_told(earlier) | held_before)
        names, why = _with(names, why, made.feed, is_held, reason)
    held_before = holds(was_held, CONTRACTS)
    gone = ~contracts.was_told(rows) & (contracts.was_told(earlier) | held_before)
    names, why = _with(names, why, CONTRACTS, gone, pd.Series(_NO_CONTRACT, index=ids.index))
    found = pd.DataFrame({"not_known": names.where(names != "", None), "why": why})
    found.index = rows.index
    return found


def as_before(
    ids: "pd.Series[Any]", before: pd.DataFrame | None, columns: list[str]
) -> pd.DataFrame:
    """Columns of the metrics of the week before, customer by customer; empty without any."""
    if before is None or before.empty:
        return pd.DataFrame(index=ids.index, columns=columns)
    found = before.reindex(columns=["customer_id", *columns]).set_index("customer_id").reindex(ids)
    found.index = ids.index
    return found


def holds(not_known: "pd.Series[Any]", feed: str) -> "pd.Series[bool]":
    """Whether the feed is among those of each row's ``not_known``."""
    lists = [one for one in not_known.unique() if isinstance(one, str)]
    found: pd.Series[bool] = not_known.isin([one for one in lists if feed in one.split(_APART)])
    return found


def _made_of(week: pd.Timestamp) -> list[_MadeOf]:
    def weeks(number: int) -> tuple[str, ...]:
        return tuple((week - dt.timedelta(weeks=back)).date().isoformat() for back in range(number))

    spoken = ("churn_calls_13w", "competitor_calls_13w", "expansion_calls_13w")
    return [
        _MadeOf(USAGE, ("week", "current"), ("key_actions_4w",)),
        _MadeOf(USAGE, ("prior",), ("key_actions_prior_4w",)),
        _MadeOf(CONVERSIONS, ("current",), ("conversions_4w",)),
        _MadeOf(CONVERSIONS, ("prior",), ("conversions_prior_4w",)),
        _MadeOf(MESSAGES, ("current",), ("messages_sent_4w",)),
        _MadeOf(CALLS, ("current",), ("calls_4w",)),
        _MadeOf(USAGE, weeks(26), ("collapsed_modules",), is_count=True),
        *(_MadeOf(CALLS, weeks(13), (column,), is_count=True) for column in spoken),
    ]


def _with(
    names: pd.Series, why: pd.Series, feed: str, is_held: pd.Series, reason: pd.Series
) -> tuple[pd.Series, pd.Series]:
    if not is_held.any():
        return names, why
    told = holds(names, feed)
    longer = (names + _APART).where(names != "", "") + feed
    return names.where(~is_held | told, longer), why.where(why.notna() | ~is_held, reason)

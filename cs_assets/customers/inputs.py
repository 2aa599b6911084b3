"""What is known of each customer, input by input, and how old it is."""

import datetime as dt

import pandas as pd

from cs_assets.feeds.coverage import CALLS, CONVERSIONS, MESSAGES, USAGE
from cs_assets.feeds.gaps import Gaps
from sql import catalog

INPUTS = (
    USAGE, CONVERSIONS, MESSAGES, CALLS, "modules", "contract terms", "people", "tickets",
    "survey answers",
)  # fmt: skip
_FEEDS = (USAGE, CONVERSIONS, MESSAGES, CALLS)
#: Days after which what is known is too old to be looked at, with the words for it.
_TOO_OLD = {
    "survey answers": (182, "older than the 26 weeks that health looks at"),
    CALLS: (91, "older than the 13 weeks that signals are counted in"),
}


def input_rows(
    newest: pd.DataFrame, customers: pd.DataFrame, gaps: Gaps, week: dt.date
) -> pd.DataFrame:
    """Rows of ``analytics.customer_inputs`` of a week.

    ``newest``: rows of ``customers/inputs_as_of``. ``known`` has data that are all there, ``none``
    is a true nothing of a source that has data of others, ``not connected`` a source without any.
    """
    every = customers[["customer_id"]].merge(pd.DataFrame({"input_name": INPUTS}), how="cross")
    rows = every.merge(newest, on=["customer_id", "input_name"], how="left")
    end = pd.Timestamp(week) + pd.Timedelta(days=6)
    rows["last_day"] = pd.to_datetime(rows["last_day"])
    rows["age_days"] = (end - rows["last_day"]).dt.days
    connected = set(newest["input_name"])
    has = rows["last_day"].notna()
    rows["state"] = "none"
    rows["state"] = rows["state"].mask(has, "known")
    rows["state"] = rows["state"].mask(~rows["input_name"].isin(connected), "not connected")
    rows["why"] = pd.Series(None, index=rows.index, dtype=object)
    for feed in _FEEDS:
        mine = rows["input_name"] == feed
        ids = rows.loc[mine, "customer_id"]
        late, why = gaps.late(ids, feed, "current"), gaps.why(ids, feed, "current")
        rows.loc[mine, "why"] = why
        state = rows.loc[mine, "state"]
        state = state.mask(why.notna() & state.ne("not connected"), "before")
        rows.loc[mine, "state"] = state.mask(late.notna() & state.ne("not connected"), "late")
    for name, (days, because) in _TOO_OLD.items():
        old = (rows["input_name"] == name) & rows["age_days"].gt(days) & rows["state"].eq("known")
        rows["why"] = rows["why"].mask(old, because)
    rows["last_day"] = rows["last_day"].dt.date.where(has, None)
    rows = rows.assign(week_start=week)
    return rows[catalog.table("analytics.customer_inputs").column_names]

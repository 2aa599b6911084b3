"""The scored calls that may be put together: one rubric, one scorer, one row per score."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from cs_assets.coaching.policy import DIMENSIONS
from cs_assets.coaching.windows import Days
from cs_assets.names import compared

#: Columns of the frames that ``by_dimension`` gives.
SCORE_COLUMNS = [
    "rep_user_id", "call_id", "call_date", "call_type", "account_key", "dimension", "score",
]  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """What scores were given by; scores of different scales are never put together."""

    rubric_version: str
    model: str


def dated(calls: pd.DataFrame) -> pd.DataFrame:
    """A copy with ``call_date`` as dates, as they arrive as timestamps.

    An account that is known by its name only is one account however the name is written.
    """
    accounts = calls["account_key"]
    one_form = {key: compared(str(key)) for key in accounts.dropna().unique()}
    return calls.assign(
        call_date=pd.to_datetime(calls["call_date"]).dt.date,
        account_key=accounts.map(one_form),
    )


def within(calls: pd.DataFrame, days: Days) -> pd.DataFrame:
    """The calls on these days (``call_date`` as dates)."""
    return calls[(calls["call_date"] >= days.first) & (calls["call_date"] <= days.last)]


def scale_of(calls: pd.DataFrame) -> Scale | None:
    """The scale of the latest call, which the whole run is told in; ``None`` without calls."""
    if calls.empty:
        return None
    latest = calls.sort_values(["call_date", "call_id"]).iloc[-1]
    return Scale(str(latest["rubric_version"]), str(latest["model"]))


def on_scale(calls: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """The calls scored on this scale."""
    return calls[
        (calls["rubric_version"] == scale.rubric_version) & (calls["model"] == scale.model)
    ]


def by_dimension(calls: pd.DataFrame) -> pd.DataFrame:
    """One row per call and dimension that it gave a chance to show (``SCORE_COLUMNS``)."""
    long = calls.melt(
        id_vars=["rep_user_id", "call_id", "call_date", "call_type", "account_key"],
        value_vars=list(DIMENSIONS),
        var_name="dimension",
        value_name="score",
    )
    scores = long.dropna(subset=["score"])[SCORE_COLUMNS]
    return scores.astype({"score": float}).sort_values(
        ["rep_user_id", "dimension", "call_date", "call_id"], ignore_index=True
    )


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())

"""Rep scores of a week and its window: the rows of ``analytics.rep_week_scores``."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.scored_calls import by_dimension, on_scale, scale_of, within
from cs_assets.statistics.intervals import mean_interval

_Scored = tuple[dt.date, float]

COLUMNS = [
    "rep_user_id",
    "week_start",
    "dimension",
    "calls_week",
    "mean_week",
    "min_week",
    "max_week",
    "calls_window",
    "mean_window",
    "min_window",
    "max_window",
    "low_window",
    "high_window",
    "rubric_version",
    "model",
]


def week_scores(calls: pd.DataFrame, monday: dt.date, policy: CoachingPolicy) -> pd.DataFrame:
    """Rows for every rep with a scored call in the window, all dimensions.

    ``calls``: columns of ``sql/coaching/scores_of_calls``, dates as dates. A
    dimension that no call gave a chance to show has counts of zero and no means.
    """
    in_window = within(calls, windows.recent(monday, policy.window_weeks))
    scale = scale_of(in_window)
    if scale is None:
        return pd.DataFrame(columns=COLUMNS)
    told = on_scale(in_window, scale)
    week = windows.week(monday)
    own = _by_rep_and_dimension(by_dimension(told))
    rows: list[dict[str, Any]] = []
    for rep in sorted(told["rep_user_id"].unique()):
        for dimension in DIMENSIONS:
            of_window = own.get((rep, dimension), [])
            values = [score for _, score in of_window]
            rows.append(
                {
                    "rep_user_id": rep,
                    "week_start": monday,
                    "dimension": dimension,
                    **_summary([score for day, score in of_window if day in week], "week"),
                    **_summary(values, "window"),
                    **_interval(values, policy.spread_floor),
                    "rubric_version": scale.rubric_version,
                    "model": scale.model,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_rep_and_dimension(scores: pd.DataFrame) -> dict[tuple[str, str], list[_Scored]]:
    """Days and scores in the order of ``scores``, by who and what they are of: one pass."""
    found: dict[tuple[str, str], list[_Scored]] = {}
    columns = (scores[name] for name in ("rep_user_id", "dimension", "call_date", "score"))
    for rep, dimension, day, score in zip(*columns, strict=True):
        found.setdefault((rep, dimension), []).append((day, score))
    return found


def _summary(values: list[float], period: str) -> dict[str, Any]:
    return {
        f"calls_{period}": len(values),
        f"mean_{period}": sum(values) / len(values) if values else None,
        f"min_{period}": min(values) if values else None,
        f"max_{period}": max(values) if values else None,
    }


def _interval(values: list[float], floor: float) -> dict[str, float | None]:
    interval = mean_interval(values, spread_floor=floor)
    return {
        "low_window": interval.low if interval else None,
        "high_window": interval.high if interval else None,
    }

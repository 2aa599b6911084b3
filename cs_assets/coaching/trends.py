"""Whether a rep's recent calls differ from those before: ``analytics.rep_week_trends``."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.comparison import Comparison, compare, without_call_mix
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.scored_calls import by_dimension, monday_of, on_scale, scale_of, within
from cs_assets.statistics import shrinkage
from cs_assets.statistics.control_chart import chart
from cs_assets.statistics.false_discovery import adjusted

COLUMNS = [
    "rep_user_id",
    "week_start",
    "dimension",
    "calls_recent",
    "mean_recent",
    "calls_before",
    "mean_before",
    "change",
    "change_low",
    "change_high",
    "change_shrunk",
    "p_value",
    "q_value",
    "comparisons",
    "chart_points",
    "chart_signal",
    "is_provisional",
    "verdict",
    "reason",
]

_Windows = dict[tuple[str, str], tuple[list[float], list[float]]]


def week_trends(calls: pd.DataFrame, monday: dt.date, policy: CoachingPolicy) -> pd.DataFrame:
    """Rows for every rep with a scored call in the recent window, all dimensions.

    ``calls``: columns of ``sql/coaching/scores_of_calls`` over the history, dates as
    dates. Two windows are compared, never two weeks: scores without the effect of the
    mix of call types, a t test (``comparison``), false discoveries controlled
    over all reps and dimensions of the week (``false_discovery``).
    """
    recent = windows.recent(monday, policy.window_weeks)
    past = windows.before(monday, policy.window_weeks, policy.before_weeks)
    scale = scale_of(within(calls, recent))
    if scale is None:
        return pd.DataFrame(columns=COLUMNS)
    told = on_scale(calls, scale)
    told = told[told["call_date"] <= recent.last]
    scores = by_dimension(told)
    reps = sorted(within(told, recent)["rep_user_id"].unique())
    pairs = _windows(scores, recent, past, policy)
    tested = _tested(pairs, reps, policy)
    q_values = _q_values(tested)
    shrunk = _shrunk(tested)
    charts = _weekly_means(scores, monday, policy)
    rows = [
        _row(
            (rep, dimension),
            monday,
            pairs.get((rep, dimension), ([], [])),
            tested,
            q_values,
            shrunk,
            charts.get((rep, dimension), []),
            policy,
        )
        for rep in reps
        for dimension in DIMENSIONS
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _windows(
    scores: pd.DataFrame, recent: windows.Days, past: windows.Days, policy: CoachingPolicy
) -> _Windows:
    """By rep and dimension: scores before and recent, the mix of call types taken out."""
    pairs: _Windows = {}
    for dimension, own in scores.groupby("dimension", sort=True):
        both = own[(own["call_date"] >= past.first) & (own["call_date"] <= recent.last)]
        is_recent = [day in recent for day in both["call_date"]]
        cells = list(zip(both["rep_user_id"], is_recent, strict=True))
        adjusted = without_call_mix(
            both["score"].tolist(), both["call_type"].tolist(), cells, policy.least_type_calls
        )
        for (rep, late), score in zip(cells, adjusted, strict=True):
            pairs.setdefault((str(rep), str(dimension)), ([], []))[int(late)].append(score)
    return pairs


def _tested(
    pairs: _Windows, reps: list[str], policy: CoachingPolicy
) -> dict[tuple[str, str], Comparison]:
    """The comparisons with calls enough on both sides."""
    found: dict[tuple[str, str], Comparison] = {}
    for dimension in DIMENSIONS:
        for rep in reps:
            before, recent = pairs.get((rep, dimension), ([], []))
            if min(len(before), len(recent)) >= policy.least_calls:
                found[rep, dimension] = compare(before, recent, policy.spread_floor)
    return found


def _q_values(tested: dict[tuple[str, str], Comparison]) -> dict[tuple[str, str], float]:
    q_values = adjusted(np.array([comparison.p_value for comparison in tested.values()]))
    return dict(zip(tested, map(float, q_values), strict=True))


def _shrunk(tested: dict[tuple[str, str], Comparison]) -> dict[tuple[str, str], float]:
    """Changes drawn towards none by how much reps truly differ in the dimension."""
    result: dict[tuple[str, str], float] = {}
    for dimension in DIMENSIONS:
        own = {key: c for key, c in tested.items() if key[1] == dimension}
        variances = [c.standard_error**2 for c in own.values()]
        truth = shrinkage.between_variance([c.change for c in own.values()], variances)
        for (key, comparison), variance in zip(own.items(), variances, strict=True):
            result[key] = shrinkage.shrunk(comparison.change, variance, truth)
    return result


def _weekly_means(
    scores: pd.DataFrame, monday: dt.date, policy: CoachingPolicy
) -> dict[tuple[str, str], list[float]]:
    """By rep and dimension: means of the weeks with calls, in order, this week last.

    Empty when this week has no call: the chart judges the latest week or nothing.
    """
    since = windows.recent(monday, policy.history_weeks).first
    history = scores[scores["call_date"] >= since]
    weeks = history.assign(week=[monday_of(day) for day in history["call_date"]])
    means = weeks.groupby(["rep_user_id", "dimension", "week"], as_index=False).agg(
        {"score": "mean"}
    )
    series: dict[tuple[str, str], list[tuple[dt.date, float]]] = {}
    for row in means.sort_values("week").to_dict("records"):
        key = (str(row["rep_user_id"]), str(row["dimension"]))
        series.setdefault(key, []).append((row["week"], float(row["score"])))
    return {
        key: [mean for _, mean in points]
        for key, points in series.items()
        if points[-1][0] == monday
    }


def _row(
    key: tuple[str, str],
    monday: dt.date,
    pair: tuple[list[float], list[float]],
    tested: dict[tuple[str, str], Comparison],
    q_values: dict[tuple[str, str], float],
    shrunk: dict[tuple[str, str], float],
    weekly: list[float],
    policy: CoachingPolicy,
) -> dict[str, Any]:
    before, recent = pair
    comparison = tested.get(key)
    process = chart(weekly)
    verdict, reason = _verdict(comparison, q_values.get(key), len(before), len(recent), policy)
    return {
        "rep_user_id": key[0],
        "week_start": monday,
        "dimension": key[1],
        "calls_recent": len(recent),
        "mean_recent": sum(recent) / len(recent) if recent else None,
        "calls_before": len(before),
        "mean_before": sum(before) / len(before) if before else None,
        "change": comparison.change if comparison else None,
        "change_low": comparison.low if comparison else None,
        "change_high": comparison.high if comparison else None,
        "change_shrunk": shrunk.get(key),
        "p_value": comparison.p_value if comparison else None,
        "q_value": q_values.get(key),
        "comparisons": len(tested),
        "chart_points": process.points,
        "chart_signal": process.signal,
        "is_provisional": process.is_provisional,
        "verdict": verdict,
        "reason": reason,
    }


def _verdict(
    comparison: Comparison | None,
    q_value: float | None,
    n_before: int,
    n_recent: int,
    policy: CoachingPolicy,
) -> tuple[str, str]:
    if comparison is None or q_value is None:
        return (
            "too_few_calls",
            f"{n_recent} calls now and {n_before} before; {policy.least_calls} each are needed",
        )
    if q_value > policy.false_discovery_rate:
        return "no_clear_change", "the difference is within what luck alone gives"
    verdict = "improving" if comparison.change > 0 else "declining"
    return verdict, "more than luck, over all comparisons of the week"

"""Whether a rep's recent calls differ from those before: ``analytics.rep_week_trends``."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.scored_calls import by_dimension, monday_of, on_scale, scale_of, within
from cs_assets.frames import records
from cs_assets.statistics import clusters, dispersion
from cs_assets.statistics.clusters import Cases
from cs_assets.statistics.control_chart import chart
from cs_assets.statistics.false_discovery import adjusted

COLUMNS = [
    "rep_user_id",
    "week_start",
    "dimension",
    "calls_recent",
    "mean_recent",
    "calls_before",
    "weeks_before",
    "mean_before",
    "change",
    "change_low",
    "change_high",
    "change_shrunk",
    "alike",
    "p_value",
    "q_value",
    "comparisons",
    "chart_points",
    "chart_signal",
    "is_provisional",
    "verdict",
    "reason",
]

_UNIT = ["rep_user_id", "dimension"]


def week_trends(calls: pd.DataFrame, monday: dt.date, policy: CoachingPolicy) -> pd.DataFrame:
    """Rows for every rep with a scored call in the recent window, all dimensions.

    ``calls``: columns of ``sql/coaching/scores_of_calls`` over the history, dates as
    dates. Two windows are compared, never two weeks: scores without the effect of the
    mix of call types, a test that knows how alike calls of a week or an account are
    (``clusters``), false discoveries controlled over all reps and dimensions of the week.
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
    changed = _changed(scores, recent, past, policy)
    charts = _weekly_means(scores, monday, policy)
    rows = [
        _row((rep, dimension), monday, changed, charts.get((rep, dimension), []), policy)
        for rep in reps
        for dimension in DIMENSIONS
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _changed(
    scores: pd.DataFrame, recent: windows.Days, past: windows.Days, policy: CoachingPolicy
) -> dict[tuple[str, str], dict[str, Any]]:
    """By rep and dimension with a call in either window: what ``analytics.rep_week_trends`` says.

    Only reps with a call in the recent window count among the comparisons.
    """
    both = scores[(scores["call_date"] >= past.first) & (scores["call_date"] <= recent.last)]
    both = both.assign(is_late=[int(day in recent) for day in both["call_date"]])
    lately = set(both.loc[both["is_late"] == 1, "rep_user_id"])
    both = both[both["rep_user_id"].isin(lately)].reset_index(drop=True)
    if both.empty:
        return {}
    both["score"] = _without_mix(both, policy)
    unit = both.groupby(_UNIT, sort=True).ngroup().to_numpy()
    units = both.assign(unit=unit).drop_duplicates("unit").sort_values("unit")[_UNIT]
    pool = units["dimension"].map(list(DIMENSIONS).index).to_numpy()
    cases = Cases(both["score"].to_numpy(), unit, both["is_late"].to_numpy(), _clusters(both, unit))
    alike = clusters.correlations(cases, pool)
    change = clusters.changes(cases, alike, pool, policy.spread_floor, policy.least_calls)
    rows = units.reset_index(drop=True)
    cells = both.groupby([unit, "is_late"])["score"].agg(["count", "mean"]).unstack("is_late")
    for late, name in ((0, "before"), (1, "recent")):
        known = late in cells["count"].columns
        rows[f"calls_{name}"] = cells["count"][late].fillna(0).to_numpy() if known else 0
        rows[f"mean_{name}"] = cells["mean"][late].to_numpy() if known else np.nan
    early = both[both["is_late"] == 0]
    weeks = early["call_date"].map(monday_of).groupby(unit[early.index]).nunique()
    rows["weeks_before"] = weeks.reindex(cells.index).fillna(0).astype(int).to_numpy()
    rows["change"], rows["p_value"] = change.size, change.p_value
    rows["change_low"], rows["change_high"] = change.low, change.high
    rows["q_value"] = adjusted(change.p_value)
    rows["alike"] = [sum(alike[one].correlations) for one in pool]
    rows["change_shrunk"] = np.nan
    for dimension in DIMENSIONS:
        own = (rows["dimension"] == dimension) & rows["p_value"].notna()
        variances = np.asarray(change.error)[own.to_numpy()] ** 2
        truth = dispersion.between_variance(list(rows.loc[own, "change"]), list(variances))
        rows.loc[own, "change_shrunk"] = [
            dispersion.shrunk(size, variance, truth)
            for size, variance in zip(rows.loc[own, "change"], variances, strict=True)
        ]
    rows["comparisons"] = int(rows["p_value"].notna().sum())
    return {(row["rep_user_id"], row["dimension"]): row for row in records(rows)}


def _without_mix(both: pd.DataFrame, policy: CoachingPolicy) -> pd.Series:
    """Scores as if every call were of the usual mix of types, within each dimension."""
    found = pd.Series(index=both.index, dtype=float)
    for _, own in both.groupby("dimension", sort=True):
        cells = list(zip(own["rep_user_id"], own["is_late"], strict=True))
        found[own.index] = without_call_mix(
            own["score"].tolist(), own["call_type"].tolist(), cells, policy.least_type_calls
        )
    return found


def _clusters(both: pd.DataFrame, unit: np.ndarray) -> list[np.ndarray]:
    """Calls of a week, and of an account in a week, by unit; an unknown account is its own."""
    week = pd.Series([monday_of(day) for day in both["call_date"]], index=both.index)
    account = both["account_key"].where(both["account_key"].notna(), both["call_id"]).astype(str)
    keys = pd.DataFrame({"unit": unit, "week": week, "account": account})
    return [
        keys.groupby(names).ngroup().to_numpy()
        for names in (keys.columns[:2].tolist(), keys.columns.tolist())
    ]


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
    changed: dict[tuple[str, str], dict[str, Any]],
    weekly: list[float],
    policy: CoachingPolicy,
) -> dict[str, Any]:
    found = changed.get(key, {})
    process = chart(weekly)
    names = ("calls_recent", "calls_before", "weeks_before")
    counts = {name: int(found.get(name, 0)) for name in names}
    verdict, reason = _verdict(found, counts, policy)
    return {
        **{name: _known(found.get(name)) for name in COLUMNS},
        **counts,
        "rep_user_id": key[0],
        "week_start": monday,
        "dimension": key[1],
        "comparisons": next((int(row["comparisons"]) for row in changed.values()), 0),
        "chart_points": process.points,
        "chart_signal": process.signal,
        "is_provisional": process.is_provisional,
        "verdict": verdict,
        "reason": reason,
    }


def _known(value: Any) -> Any:
    return None if value is None or value != value else value


def _verdict(
    found: dict[str, Any], counts: dict[str, int], policy: CoachingPolicy
) -> tuple[str, str]:
    q_value = _known(found.get("q_value"))
    if q_value is None:
        return (
            "too_few_calls",
            f"{counts['calls_recent']} calls now and {counts['calls_before']} before; "
            f"{policy.least_calls} each are needed",
        )
    if q_value > policy.false_discovery_rate:
        return "no_clear_change", "the difference is within what luck alone gives"
    verdict = "improving" if found["change"] > 0 else "declining"
    return verdict, "more than luck, over all comparisons of the week"


def without_call_mix(
    scores: Sequence[float], call_types: Sequence[str], cells: Sequence[Hashable], least: int
) -> list[float]:
    """Scores as if every call were of the usual mix of types.

    Least squares of score on cell (a rep in a window) and call type, by deviations from
    each cell's mean (Frisch and Waugh 1933): what a type adds is learnt inside cells, so
    that a rep's level is not mistaken for it. Types with fewer than ``least`` calls stay
    as they are. Effects are centred on the calls at hand, so the overall mean does not move.
    """
    values = np.asarray(scores, dtype=float)
    usual = sorted(kind for kind, count in Counter(call_types).items() if count >= least)
    if len(usual) < 2:
        return [float(value) for value in values]
    kinds = np.array([[float(kind == name) for name in usual[1:]] for kind in call_types])
    codes, names = pd.factorize(pd.Series(list(cells), dtype=object))
    counts = np.bincount(codes, minlength=len(names))
    both = np.column_stack([values, kinds])
    means = np.column_stack([np.bincount(codes, weights=column) / counts for column in both.T])
    inside = both - means[codes]
    effects = np.linalg.lstsq(inside[:, 1:], inside[:, 0], rcond=None)[0]
    added = kinds @ effects
    return [float(value) for value in values - added + added.mean()]

"""A rep's plan over thirty days: what to work on, on what evidence, and how to practise it.

A focus is a behaviour that cost points in more than one call. Its weight is
the points of the overall score that it cost a call, on average over the calls
that gave a chance to show it, times how often there was that chance (gap x
chance x business weight; confidence by the number of calls). One call is an
anecdote and is said to be one.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from cs_assets.calls.plan_changes import clear_changes
from cs_assets.calls.scoring.rubric import DIMENSIONS, Dimension, Rubric
from cs_assets.frames import number_or_none, text_or_none
from cs_assets.statistics.clusters import Alike

#: Calls in which a behaviour must have been missing to be a focus and no anecdote.
MINIMUM_CALLS = 2
MOST_FOCUS_AREAS = 3
_MOMENTS = 3
#: A behaviour shown in full in this share of its chances is a strength.
_STRENGTH = 0.9
_PRESSING = ("Critical", "High", "Medium", "Low")


@dataclass(frozen=True, slots=True)
class Moment:
    """Where to listen: call, sentence and milliseconds."""

    call_id: str
    call_date: dt.date
    sentence_index: int
    start_ms: int


@dataclass(frozen=True, slots=True)
class Focus:
    """One behaviour to work on. ``missing_in`` of ``chances`` calls; ``cost`` in points a call."""

    dimension: Dimension
    criterion: str
    label: str
    action: str
    missing_in: int
    chances: int
    cost: float
    is_anecdote: bool
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class DimensionLevel:
    """A dimension over the window: mean, lowest, highest and the calls behind them."""

    dimension: Dimension
    mean: float | None
    lowest: float | None
    highest: float | None
    calls: int
    change: float | None
    """Later half minus earlier half, only with enough calls in both."""
    change_low: float | None
    change_high: float | None
    """Its 95 % interval, calls of a week and of an account taken as alike as they are."""
    is_clear: bool
    """Whether it is more than chance, over all dimensions of the plan together."""


@dataclass(frozen=True)
class Plan:
    """What thirty days of calls say, and what to do in the next four weeks."""

    first_day: dt.date
    last_day: dt.date
    scored: int
    not_scored: Mapping[str, int]
    levels: tuple[DimensionLevel, ...]
    focus: tuple[Focus, ...]
    strengths: tuple[str, ...]
    objections: tuple[tuple[str, int, int, int], ...]
    """Kind, calls, accounts, calls in which it was resolved; most accounts first."""
    look_first: tuple[str, ...]
    """Calls for coach and rep to hear together."""


def worth_an_hour(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls with something to work on, the most pressing first, then the newest.

    ``rows``: of ``calls/list_calls``, scored ones.
    """
    found = [
        {
            "call_id": str(row["call_id"]),
            "call_date": row["call_date"].date(),
            "account": text_or_none(row["account_name"]),
            "rep": text_or_none(row["rep_name"]),
            "priority": row["priority"],
            "overall_score": number_or_none(row["overall_score"]),
            "insights": insights,
        }
        for row in rows
        if (insights := json.loads(row["coaching_insights"]))
    ]
    newest = sorted(found, key=lambda one: (one["call_date"], one["call_id"]), reverse=True)
    return sorted(newest, key=lambda one: _PRESSING.index(one["priority"]))


def build(
    rows: Sequence[Mapping[str, Any]],
    first: dt.date,
    last: dt.date,
    rubric: Rubric,
    alike: Mapping[Dimension, Alike],
) -> Plan:
    """The plan from a rep's rows of ``calls/list_calls`` between two days.

    ``alike``: how alike calls of a week or an account are over all reps (``plan_changes``).
    """
    scored = sorted(
        (row for row in rows if row["status"] == "scored"),
        key=lambda row: (row["started"], row["call_id"]),
    )
    others = Counter(str(row["status"]) for row in rows if row["status"] != "scored")
    shares = _shares(scored)
    return Plan(
        first_day=first,
        last_day=last,
        scored=len(scored),
        not_scored=dict(sorted(others.items())),
        levels=_levels(scored, alike),
        focus=_focus_areas(shares, scored, rubric),
        strengths=_strengths(shares, rubric),
        objections=_objections(scored),
        look_first=_look_first(scored, last),
    )


Shares = dict[tuple[Dimension, str], list[tuple[Mapping[str, Any], float]]]


def _shares(scored: Sequence[Mapping[str, Any]]) -> Shares:
    """For each criterion the calls that gave a chance to show it, with the share earned."""
    shares: Shares = {}
    for row in scored:
        evidence = json.loads(row["evidence"])
        for dimension in DIMENSIONS:
            for key, share in evidence.get(dimension, {}).get("criteria", {}).items():
                if share is not None:
                    shares.setdefault((dimension, key), []).append((row, float(share)))
    return shares


def _levels(
    scored: Sequence[Mapping[str, Any]], alike: Mapping[Dimension, Alike]
) -> tuple[DimensionLevel, ...]:
    by_dimension = {dimension: _scores(dimension, scored) for dimension in DIMENSIONS}
    changes, clear = clear_changes(by_dimension, alike)
    levels = []
    for place, (dimension, calls) in enumerate(by_dimension.items()):
        values = [value for value, _, _ in calls]
        size, low, high = (
            None if np.isnan(part[place]) else float(part[place])
            for part in (changes.size, changes.low, changes.high)
        )
        levels.append(
            DimensionLevel(
                dimension=dimension,
                mean=fmean(values) if values else None,
                lowest=min(values, default=None),
                highest=max(values, default=None),
                calls=len(values),
                change=size,
                change_low=low,
                change_high=high,
                is_clear=bool(clear[place]),
            )
        )
    return tuple(levels)


def _scores(
    dimension: Dimension, scored: Sequence[Mapping[str, Any]]
) -> list[tuple[float, dt.date, str]]:
    return [
        (value, row["call_date"].date(), str(row["account_name"] or row["call_id"]).lower())
        for row in scored
        if (value := number_or_none(row[f"{dimension}_score"])) is not None
    ]


def _focus_areas(
    shares: Shares, scored: Sequence[Mapping[str, Any]], rubric: Rubric
) -> tuple[Focus, ...]:
    found = []
    for (dimension, key), seen in shares.items():
        rules = rubric.dimensions[dimension].criteria.get(key)
        missing = [row for row, share in seen if share < 1]
        if rules is None or not missing:
            continue
        lost = sum(rules.points * (1 - share) for _, share in seen) * rubric.weights[dimension]
        found.append(
            Focus(
                dimension=dimension,
                criterion=key,
                label=rules.label,
                action=rules.action,
                missing_in=len(missing),
                chances=len(seen),
                cost=lost / len(scored),
                is_anecdote=len(missing) < MINIMUM_CALLS,
                moments=_moments(dimension, key, missing),
            )
        )
    ranked = sorted(found, key=lambda f: (f.is_anecdote, -f.cost, f.dimension, f.criterion))
    chosen: list[Focus] = []
    for focus in ranked:  # at most one behaviour of a dimension: three things to practise, not one
        if all(focus.dimension != other.dimension for other in chosen):
            chosen.append(focus)
    return tuple(chosen[:MOST_FOCUS_AREAS])


def _moments(
    dimension: Dimension, key: str, missing: Sequence[Mapping[str, Any]]
) -> tuple[Moment, ...]:
    """The latest moments at which the behaviour was missing, as the analysis marked them."""
    found = [
        Moment(
            str(row["call_id"]),
            row["call_date"].date(),
            insight["sentence_index"],
            insight["start_ms"],
        )
        for row in reversed(missing)
        for insight in json.loads(row["coaching_insights"])
        if insight["dimension"] == dimension and insight["criterion"] == key
    ]
    return tuple(found[:_MOMENTS])


def _strengths(shares: Shares, rubric: Rubric) -> tuple[str, ...]:
    """Behaviours shown in nearly every call that gave the chance, costliest first."""
    strong = []
    for (dimension, key), seen in shares.items():
        rules = rubric.dimensions[dimension].criteria.get(key)
        shown = sum(share >= 1 for _, share in seen)
        if rules and len(seen) >= MINIMUM_CALLS and shown / len(seen) >= _STRENGTH:
            weight = rubric.weights[dimension] * rules.points
            strong.append((-weight, f"{rules.label} (in {shown} of {len(seen)} calls)"))
    return tuple(text for _, text in sorted(strong)[:MOST_FOCUS_AREAS])


def _objections(scored: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int, int, int], ...]:
    """Kinds by distinct accounts and calls, not by mentions."""
    calls: dict[str, set[str]] = {}
    accounts: dict[str, set[str]] = {}
    resolved: dict[str, set[str]] = {}
    for row in scored:
        for objection in json.loads(row["objections"]):
            if objection["is_brush_off"]:
                continue
            kind, call = objection["type"], str(row["call_id"])
            calls.setdefault(kind, set()).add(call)
            accounts.setdefault(kind, set()).add(str(row["account_name"] or call))
            if objection["outcome"] == "resolved":
                resolved.setdefault(kind, set()).add(call)
    rows = [(k, len(calls[k]), len(accounts[k]), len(resolved.get(k, ()))) for k in calls]
    return tuple(sorted(rows, key=lambda row: (-row[2], -row[1], row[0])))


_RANK = {"Critical": 3, "High": 2, "Medium": 1, "Low": 0}
_FRESH_DAYS = 14


def _look_first(scored: Sequence[Mapping[str, Any]], last: dt.date) -> tuple[str, ...]:
    """The most urgent calls; a fresh call comes before an older one of the same priority."""

    def urgency(row: Mapping[str, Any]) -> tuple[float, Any, str]:
        age = (last - row["call_date"].date()).days
        recency = max(0.0, 1 - age / (2 * _FRESH_DAYS))
        return (_RANK[row["priority"]] + recency, row["started"], str(row["call_id"]))

    urgent = [row for row in scored if row["priority"] != "Low"]
    return tuple(str(row["call_id"]) for row in sorted(urgent, key=urgency, reverse=True)[:3])

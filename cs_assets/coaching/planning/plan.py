"""A rep's plan over thirty days: what to work on, on what evidence, and how to practise it.

What to work on is the focus of the last digest, as it was told; before the first digest it is what
the next one would choose from these calls (``focus``). There is one engine for both.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from cs_assets.coaching.disputes import Dispute, respected
from cs_assets.coaching.planning.focus import Focus, advance, behaviour_of
from cs_assets.coaching.planning.moments import missed_moments, missed_places
from cs_assets.coaching.planning.plan_changes import clear_changes
from cs_assets.coaching.planning.standings import Chance, Standing, Targets, chances, standings
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy, Dimension
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.scored_calls import monday_of
from cs_assets.coaching.windows import Days
from cs_assets.frames import number_or_none
from cs_assets.statistics.clusters import Alike

_MOMENTS = 3
_STRENGTHS = 3
#: A behaviour shown in this share of its chances is a strength.
_STRENGTH = 0.9

Call = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen: call, sentence and milliseconds."""

    call_id: str
    call_date: dt.date
    sentence_index: int
    start_ms: int


@dataclass(frozen=True, slots=True)
class Practice:
    """One behaviour to work on: ``missing_in`` of ``chances`` calls of the plan's days."""

    focus_id: str
    dimension: str
    criterion: str
    label: str
    title: str
    action: str
    missing_in: int
    chances: int
    is_clear: bool
    """Below its target by more than chance."""
    since_week: dt.date | None
    """The digest that it is in focus since; ``None`` before the first."""
    moments: tuple[Place, ...]


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
    focus: tuple[Practice, ...]
    strengths: tuple[tuple[str, int, int], ...]
    """What is done, in how many of how many calls that gave the chance; the weightiest first."""
    objections: tuple[tuple[str, int, int, int], ...]
    """Kind, calls, accounts, calls in which it was resolved; most accounts first."""
    look_first: tuple[str, ...]
    """Calls for coach and rep to hear together."""


def build(
    calls: Sequence[Call],
    span: Days,
    told: Sequence[Focus] | None,
    reachable: Targets,
    disputed: Iterable[Dispute],
    transcripts: Transcripts,
    policy: CoachingPolicy,
    alike: Mapping[Dimension, Alike],
) -> Plan:
    """The plan from a rep's calls, rows of ``evidence.readable`` with ``priority``.

    ``told``: the focus of the last digest of these days, ``None`` when there was none;
    ``reachable`` are the ``targets`` of the team. ``alike``: how alike calls of a week or an
    account are over all reps (``plan_changes``).
    """
    scored = sorted(
        (call for call in calls if call["status"] == "scored"),
        key=lambda call: (call["started"], call["call_id"]),
    )
    others = Counter(str(call["status"]) for call in calls if call["status"] != "scored")
    seen = respected(chances(scored, policy), disputed)
    found = standings(seen, len(scored), span, reachable, policy)
    return Plan(
        first_day=span.first,
        last_day=span.last,
        scored=len(scored),
        not_scored=dict(sorted(others.items())),
        levels=_levels(scored, alike),
        focus=_practice(told, found, seen, span, transcripts, policy),
        strengths=_strengths(found, policy),
        objections=_objections(scored),
        look_first=_look_first(scored, span.last),
    )


def _practice(
    told: Sequence[Focus] | None,
    found: Sequence[Standing],
    seen: Mapping[str, Sequence[Chance]],
    span: Days,
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> tuple[Practice, ...]:
    chosen = told
    if chosen is None:
        shown = missed_moments(found, (), seen, transcripts, policy)
        chosen = advance((), found, monday_of(span.last), policy, shown)
    by_id = {one.focus_id: one for one in found}
    made = []
    for area in sorted(chosen, key=lambda area: area.place or 0):
        if area.state != "open" or policy.behaviour(area.focus_id) is None:
            continue
        own, behaviour = by_id.get(area.focus_id), behaviour_of(area, policy)
        dimension, _, criterion = area.focus_id.partition(".")
        made.append(
            Practice(
                focus_id=area.focus_id,
                dimension=dimension,
                criterion=criterion,
                label=behaviour.label,
                title=behaviour.title,
                action=behaviour.action,
                missing_in=own.missing if own else 0,
                chances=own.chances if own else 0,
                is_clear=own is not None and own.is_clear,
                since_week=None if told is None else area.since_week,
                moments=_places(seen.get(area.focus_id, ()), transcripts),
            )
        )
    return tuple(made)


def _places(seen: Sequence[Chance], transcripts: Transcripts) -> tuple[Place, ...]:
    """The latest calls that lacked it, at the sentence where."""
    found = []
    for call, index in missed_places(seen):
        words = transcripts.at(str(call["call_id"]), index)
        if words is not None:
            found.append(Place(words.call_id, call["call_date"], index, words.start_ms))
    return tuple(found[:_MOMENTS])


def _levels(scored: Sequence[Call], alike: Mapping[Dimension, Alike]) -> tuple[DimensionLevel, ...]:
    by_dimension = {dimension: _scores(dimension, scored) for dimension in DIMENSIONS[1:]}
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


def _scores(dimension: Dimension, scored: Sequence[Call]) -> list[tuple[float, dt.date, str]]:
    return [
        (value, call["call_date"], str(call["account_key"] or call["call_id"]).lower())
        for call in scored
        if (value := number_or_none(call[dimension])) is not None
    ]


def _strengths(
    found: Sequence[Standing], policy: CoachingPolicy
) -> tuple[tuple[str, int, int], ...]:
    """Behaviours shown in nearly every call that gave the chance, the weightiest first."""
    strong = sorted(
        (one for one in found if one.may_be_strength(_STRENGTH, policy)),
        key=lambda one: (-one.weight, one.focus_id),
    )
    told = []
    for one in strong[:_STRENGTHS]:
        behaviour = policy.behaviour(one.focus_id)
        label = behaviour.label if behaviour else one.focus_id
        told.append((label, one.chances - one.missing, one.chances))
    return tuple(told)


def _objections(scored: Sequence[Call]) -> tuple[tuple[str, int, int, int], ...]:
    """Kinds by distinct accounts and calls, not by mentions."""
    calls: dict[str, set[str]] = {}
    accounts: dict[str, set[str]] = {}
    resolved: dict[str, set[str]] = {}
    for row in scored:
        for objection in row["objections"]:
            if objection.is_brush_off:
                continue
            kind, call = objection.type, str(row["call_id"])
            calls.setdefault(kind, set()).add(call)
            accounts.setdefault(kind, set()).add(str(row["account_key"] or call))
            if objection.outcome == "resolved":
                resolved.setdefault(kind, set()).add(call)
    rows = [(k, len(calls[k]), len(accounts[k]), len(resolved.get(k, ()))) for k in calls]
    return tuple(sorted(rows, key=lambda row: (-row[2], -row[1], row[0])))


_RANK = {"Critical": 3, "High": 2, "Medium": 1, "Low": 0}
_FRESH_DAYS = 14


def _look_first(scored: Sequence[Call], last: dt.date) -> tuple[str, ...]:
    """The most urgent calls; a fresh call comes before an older one of the same priority."""

    def urgency(row: Call) -> tuple[float, Any, str]:
        age = (last - row["call_date"]).days
        recency = max(0.0, 1 - age / (2 * _FRESH_DAYS))
        return (_RANK[row["priority"]] + recency, row["started"], str(row["call_id"]))

    urgent = [row for row in scored if row["priority"] != "Low"]
    return tuple(str(row["call_id"]) for row in sorted(urgent, key=urgency, reverse=True)[:3])

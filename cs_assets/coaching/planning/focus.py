"""The focus of a rep: behaviours chosen by evidence, kept until improved.

Digest and plan both ask here. The rows of ``rep_week_focus``.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.coaching.planning.standings import Standing
from cs_assets.coaching.policy import Behaviour, CoachingPolicy

State = Literal["open", "improved", "dropped"]


@dataclass(frozen=True)
class Focus:
    """One behaviour in one week. ``place`` is 1 for this week's focus, ``None`` when closed.

    ``level``: percent of the ``calls`` with a chance in which it was done, ``None`` unseen.
    """

    focus_id: str
    state: State
    place: int | None
    since_week: dt.date
    weeks_at_target: int
    weeks_unseen: int
    calls: int
    missing: int
    level: float | None
    level_then: float | None
    """The level in the week in which it was opened."""
    target: float
    priority: float
    is_clear: bool


def advance(
    before: Sequence[Focus],
    standings: Sequence[Standing],
    monday: dt.date,
    policy: CoachingPolicy,
    shown: Collection[str],
) -> list[Focus]:
    """The focus of this week from that of the last digest and this week's standings.

    Only what is among ``shown``, the focus ids with a miss that can be shown, comes into focus.

    What is open stays, in its order, until it has been at its target in ``weeks_to_improve`` weeks
    that gave a chance, or unseen for ``weeks_to_drop``; free places go to the behaviours of
    highest priority, one of a dimension: three things to practise, not one. A behaviour that the
    policy no longer has is left out.
    """
    by_id = {standing.focus_id: standing for standing in standings}
    carried = [
        _carried(focus, by_id.get(focus.focus_id), policy)
        for focus in sorted(before, key=lambda focus: focus.place or 0)
        if focus.state == "open" and policy.behaviour(focus.focus_id) is not None
    ]
    kept = [focus for focus in carried if focus.state == "open"]
    closed = [focus for focus in carried if focus.state != "open"]
    provable = [one for one in standings if one.focus_id in shown]
    chosen = _chosen(provable, carried, kept, policy)
    opened = [_opened(standing, monday, policy) for standing in chosen]
    places = [replace(focus, place=place) for place, focus in enumerate([*kept, *opened], start=1)]
    return [*places, *(replace(focus, place=None) for focus in closed)]


def _chosen(
    standings: Sequence[Standing],
    carried: Sequence[Focus],
    kept: Sequence[Focus],
    policy: CoachingPolicy,
) -> list[Standing]:
    """The behaviours that take the free places, best first."""
    best_first = sorted(
        (one for one in standings if one.may_open(policy) and one.priority(policy) > 0),
        key=lambda one: (-one.priority(policy), one.focus_id),
    )
    known = {focus.focus_id for focus in carried}
    dimensions = {_dimension(focus.focus_id) for focus in kept}
    chosen: list[Standing] = []
    for one in best_first:
        if len(kept) + len(chosen) == policy.focus_areas:
            break
        if one.focus_id not in known and _dimension(one.focus_id) not in dimensions:
            dimensions.add(_dimension(one.focus_id))
            chosen.append(one)
    return chosen


def _dimension(focus_id: str) -> str:
    return focus_id.partition(".")[0]


def _carried(focus: Focus, standing: Standing | None, policy: CoachingPolicy) -> Focus:
    if standing is None:
        unseen = focus.weeks_unseen + 1
        return replace(
            focus,
            state="dropped" if unseen >= policy.weeks_to_drop else "open",
            weeks_unseen=unseen,
            weeks_at_target=0,
            calls=0,
            missing=0,
            level=None,
            priority=0.0,
            is_clear=False,
        )
    at_target = focus.weeks_at_target
    if standing.level < focus.target or standing.chances < policy.least_chances:
        at_target = 0
    elif standing.chances_week:  # a week without a chance proves nothing new
        at_target += 1
    return replace(
        _opened(standing, focus.since_week, policy),
        state="improved" if at_target >= policy.weeks_to_improve else "open",
        weeks_at_target=at_target,
        level_then=focus.level_then,
        target=focus.target,
    )


def _opened(standing: Standing, since: dt.date, policy: CoachingPolicy) -> Focus:
    return Focus(
        focus_id=standing.focus_id,
        state="open",
        place=None,
        since_week=since,
        weeks_at_target=0,
        weeks_unseen=0,
        calls=standing.chances,
        missing=standing.missing,
        level=standing.level,
        level_then=standing.level,
        target=standing.target,
        priority=standing.priority(policy),
        is_clear=standing.is_clear,
    )


def behaviour_of(focus: Focus, policy: CoachingPolicy) -> Behaviour:
    """What a focus advises; raises ``KeyError`` for one that ``advance`` would leave out."""
    behaviour = policy.behaviour(focus.focus_id)
    if behaviour is None:
        raise KeyError(focus.focus_id)
    return behaviour

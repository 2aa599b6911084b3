"""Focus areas: chosen by evidence, kept until improved. The rows of ``rep_week_focus``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.coaching.policy import Behaviour, CoachingPolicy, DimensionPolicy

State = Literal["open", "improved", "dropped"]


@dataclass(frozen=True)
class Level:
    """Where a rep stands in one area this week, by the calls of the window.

    ``level`` and ``target`` in points or percent; ``scored_calls`` all scored calls;
    ``may_open`` whether the evidence is enough to start working on it.
    """

    focus_id: str
    level: float
    target: float
    calls: int
    scored_calls: int
    weight: float
    may_open: bool

    def priority(self, confidence_calls: float) -> float:
        """gap to target x chance to act x weight x confidence, 0 to 1.

        The gap is a share of the scale, the chance to act the share of calls in which the
        situation came up, confidence n / (n + ``confidence_calls``).
        """
        gap = max(0.0, self.target - self.level) / 100
        chance = self.calls / self.scored_calls if self.scored_calls else 0.0
        return gap * chance * self.weight * self.calls / (self.calls + confidence_calls)


@dataclass(frozen=True)
class Focus:
    """One area in one week. ``place`` is 1 for this week's focus, ``None`` when closed."""

    focus_id: str
    state: State
    place: int | None
    since_week: dt.date
    weeks_at_target: int
    weeks_unseen: int
    behaviour: str
    calls: int
    level: float | None
    target: float
    priority: float


def advance(
    before: Sequence[Focus],
    levels: Sequence[Level],
    behaviours: dict[str, str],
    monday: dt.date,
    policy: CoachingPolicy,
) -> list[Focus]:
    """The areas of this week from those of the last digest and this week's levels.

    What is open stays, in its order, until it has been at its target for
    ``weeks_to_improve`` weeks or unseen for ``weeks_to_drop``; free places go to the
    areas of highest priority. ``behaviours`` names what would help, by focus id.
    """
    by_id = {level.focus_id: level for level in levels}
    carried = [
        _carried(focus, by_id.get(focus.focus_id), policy)
        for focus in sorted(before, key=lambda focus: focus.place or 0)
        if focus.state == "open"
    ]
    kept = [focus for focus in carried if focus.state == "open"]
    closed = [focus for focus in carried if focus.state != "open"]
    taken = {focus.focus_id for focus in carried}
    free = policy.focus_areas - len(kept)
    opened = [
        _opened(level, behaviours[level.focus_id], monday, policy)
        for level in _candidates(levels, taken, policy)[: max(0, free)]
    ]
    places = [replace(focus, place=place) for place, focus in enumerate([*kept, *opened], start=1)]
    return [*places, *(replace(focus, place=None) for focus in closed)]


def _candidates(levels: Sequence[Level], taken: set[str], policy: CoachingPolicy) -> list[Level]:
    wanted = [
        level
        for level in levels
        if level.may_open
        and level.focus_id not in taken
        and level.priority(policy.confidence_calls) > 0
    ]
    best_first = sorted(
        wanted, key=lambda level: (-level.priority(policy.confidence_calls), level.focus_id)
    )
    # One advice at a time on objections: the skill as a whole or the type that hurts most.
    allowed = 0 if any(map(_on_objections, taken)) else 1
    others = [level for level in best_first if _on_objections(level.focus_id)][allowed:]
    return [level for level in best_first if level not in others]


def _on_objections(focus_id: str) -> bool:
    return focus_id.startswith("objection.") or focus_id == "dimension.objection_handling"


def _carried(focus: Focus, level: Level | None, policy: CoachingPolicy) -> Focus:
    if level is None or level.calls == 0:
        unseen = focus.weeks_unseen + 1
        return replace(
            focus,
            state="dropped" if unseen >= policy.weeks_to_drop else "open",
            weeks_unseen=unseen,
            weeks_at_target=0,
            calls=0,
            level=None,
            priority=0.0,
        )
    at_target = focus.weeks_at_target + 1 if level.level >= level.target else 0
    return replace(
        focus,
        state="improved" if at_target >= policy.weeks_to_improve else "open",
        weeks_at_target=at_target,
        weeks_unseen=0,
        calls=level.calls,
        level=level.level,
        target=level.target,
        priority=level.priority(policy.confidence_calls),
    )


def _opened(level: Level, behaviour: str, monday: dt.date, policy: CoachingPolicy) -> Focus:
    return Focus(
        focus_id=level.focus_id,
        state="open",
        place=None,
        since_week=monday,
        weeks_at_target=0,
        weeks_unseen=0,
        behaviour=behaviour,
        calls=level.calls,
        level=level.level,
        target=level.target,
        priority=level.priority(policy.confidence_calls),
    )


def fitting_behaviour(dimension: DimensionPolicy, lost: Mapping[str, float]) -> str:
    """The key of the behaviour whose criteria cost the rep most; at a tie the first.

    ``lost``: points lost by criterion of the rubric, over the calls of the window.
    """
    return max(
        dimension.behaviours,
        key=lambda key: sum(lost.get(name, 0.0) for name in dimension.behaviours[key].criteria),
    )


def behaviour_of(focus_id: str, key: str, policy: CoachingPolicy) -> Behaviour:
    """What a stored focus advises; a behaviour that left the file gives way to the first."""
    area, _, name = focus_id.partition(".")
    if area == "objection":
        return policy.objection(name).behaviour
    behaviours = policy.dimension(name).behaviours
    return behaviours.get(key) or next(iter(behaviours.values()))


def label_of(focus_id: str, policy: CoachingPolicy) -> str:
    """The area's name for readers."""
    area, _, name = focus_id.partition(".")
    if area == "objection":
        return f"objections of {policy.objection(name).label}"
    return policy.dimension(name).label.lower()

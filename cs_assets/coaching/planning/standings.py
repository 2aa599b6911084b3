"""Where a rep stands in each behaviour: in how many of the calls with a chance it was missing.

A behaviour is one criterion of the rubric whose misses are right often enough to be said to a
person. A call lacked it when it was missed at a place that can be shown and less than half of its
points were earned: one question of five left open is no habit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles
from typing import Any

import numpy as np
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.windows import Days
from cs_assets.statistics.false_discovery import of_several

Call = Mapping[str, Any]
#: Percent of the calls with a chance, by focus id.
Targets = Mapping[str, float]

#: Below this share of a criterion's points a call with a miss lacked it.
_DONE_SHARE = 0.5


@dataclass(frozen=True)
class Chance:
    """A call that gave a chance to show a behaviour; ``places``: sentences that show which."""

    call: Call
    missing: bool
    places: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """One behaviour of one rep over a window.

    ``level`` is the percent of the ``chances`` in which it was done, ``target`` what it could be;
    ``is_clear`` whether it is below that by more than chance, over all behaviours of the rep
    together.
    """

    focus_id: str
    chances: int
    missing: int
    chances_week: int
    scored_calls: int
    weight: float
    target: float
    is_clear: bool = False

    @property
    def level(self) -> float:
        return 100 * (1 - self.missing / self.chances)

    def priority(self, policy: CoachingPolicy) -> float:
        """gap to target x chance to act x weight x confidence, 0 to 1.

        The gap is a share of the calls with a chance, the chance to act the share of scored calls
        that gave one, confidence n / (n + ``confidence_calls``).
        """
        gap = max(0.0, self.target - self.level) / 100
        chance = self.chances / self.scored_calls
        return gap * chance * self.weight * self.chances / (self.chances + policy.confidence_calls)

    def may_open(self, policy: CoachingPolicy) -> bool:
        """Whether there is enough behind it to be more than an anecdote: it would be below the
        target with one call more in which it was done, too.
        """
        enough = self.chances >= policy.least_chances and self.missing >= policy.least_missing
        return enough and 100 * (self.chances - self.missing + 1) < self.target * self.chances

    def may_be_strength(self, share: float, policy: CoachingPolicy) -> bool:
        """Whether it was done in that share of enough calls."""
        done = self.chances - self.missing
        return self.chances >= policy.least_chances and done >= share * self.chances


def chances(calls: Iterable[Call], policy: CoachingPolicy) -> dict[str, list[Chance]]:
    """By focus id ``dimension.criterion``: the calls that gave a chance, in their order.

    ``calls``: scored rows of ``evidence.readable``. Criteria for statistics only, and those that
    the policy has no behaviour for, are left out.
    """
    found: dict[str, list[Chance]] = {}
    for call in calls:
        for dimension in DIMENSIONS[1:]:
            evidence = call["evidence"].get(dimension)
            if evidence is None:
                continue
            for key, share in evidence.criteria.items():
                focus_id = f"{dimension}.{key}"
                if share is None or key in evidence.statistics_only:
                    continue
                if policy.behaviour(focus_id) is None:
                    continue
                missing = share < _DONE_SHARE and (key in evidence.missed or share == 0)
                places = (evidence.missed if missing else evidence.shown).get(key, ())
                found.setdefault(focus_id, []).append(Chance(call, missing, places))
    return found


def targets(team: Iterable[Mapping[str, Sequence[Chance]]], policy: CoachingPolicy) -> Targets:
    """What can be reached by behaviour, in percent of the calls with a chance.

    What the best quarter of the team does, at most ``done_target``: what hardly anybody does is
    no one rep's gap, it is for the team. Of fewer than ``least_team`` reps with enough calls
    nothing is known, and ``done_target`` holds. ``team``: the chances of each rep.
    """
    levels: dict[str, list[float]] = {}
    for seen in team:
        for focus_id, own in seen.items():
            if len(own) >= policy.least_chances:
                done = sum(not one.missing for one in own)
                levels.setdefault(focus_id, []).append(100 * done / len(own))
    return {
        focus_id: min(policy.done_target, quantiles(known, n=4, method="inclusive")[2])
        for focus_id, known in levels.items()
        if len(known) >= policy.least_team
    }


def standings(
    seen: Mapping[str, Sequence[Chance]],
    scored_calls: int,
    week: Days,
    reachable: Targets,
    policy: CoachingPolicy,
) -> list[Standing]:
    """Where a rep of so many scored calls stands, by ``chances`` and ``targets``.

    Clear is what a binomial tail says of so few done at the target, over all behaviours of the
    rep with enough calls together (Holm).
    """
    found = [
        Standing(
            focus_id=focus_id,
            chances=len(own),
            missing=sum(chance.missing for chance in own),
            chances_week=sum(chance.call["call_date"] in week for chance in own),
            scored_calls=scored_calls,
            weight=policy.weight(focus_id),
            target=reachable.get(focus_id, policy.done_target),
        )
        for focus_id, own in sorted(seen.items())
    ]
    clear = _clear(found, policy)
    return [
        replace(one, is_clear=bool(is_clear)) for one, is_clear in zip(found, clear, strict=True)
    ]


def _clear(found: Sequence[Standing], policy: CoachingPolicy) -> np.ndarray:
    """Whether so few were done that the target is not kept, of all behaviours together."""
    tails = np.array(
        [
            scipy.special.bdtr(one.chances - one.missing, one.chances, one.target / 100)
            if one.chances >= policy.least_chances
            else np.nan
            for one in found
        ],
        dtype=float,
    )
    clear: np.ndarray = of_several(tails) <= policy.clear_level
    return clear

"""Whether the focus is what a rep truly lacks, and digest and plan agree: simulated reps."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from cs_assets.coaching import policy
from cs_assets.coaching.planning import plan
from cs_assets.coaching.planning.evidence import DimensionEvidence
from cs_assets.coaching.planning.focus import Focus, advance
from cs_assets.coaching.planning.moments import missed_moments
from cs_assets.coaching.planning.standings import Targets, chances, standings, targets
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import Row
from cs_assets.coaching.windows import Days
from tests.figures import Figure
from tests.judge.coaching import MONDAY

_SPAN = Days(MONDAY - dt.timedelta(weeks=3), MONDAY + dt.timedelta(days=6))
_WEEK = Days(MONDAY, MONDAY + dt.timedelta(days=6))
_DIMENSIONS = policy.DIMENSIONS[1:]


@cache
def eight_behaviours() -> tuple[CoachingPolicy, tuple[str, ...]]:
    """The policy with two behaviours of equal weight in each of the four dimensions."""
    rules = policy.load()
    kept = {
        name: own.model_copy(
            update={
                "weight": 1.0,
                "behaviours": dict(list(own.behaviours.items())[:2]),
            }
        )
        for name, own in rules.dimensions.items()
    }
    ids = tuple(f"{name}.{key}" for name in _DIMENSIONS for key in kept[name].behaviours)
    return rules.model_copy(update={"dimensions": kept}), ids


def month(
    rng: np.random.Generator, done: Mapping[str, float], calls: int = 12, chance: float = 0.8
) -> list[Row]:
    """A rep's scored calls of four weeks; ``done``: how often each behaviour is shown."""
    made: list[Row] = []
    for number in range(calls):
        evidence: dict[str, DimensionEvidence] = {}
        for name in _DIMENSIONS:
            shares: dict[str, float | None] = {}
            for focus_id, often in done.items():
                dimension, _, key = focus_id.partition(".")
                if dimension == name:
                    given = rng.random() < chance
                    shares[key] = float(rng.random() < often) if given else None
            evidence[name] = DimensionEvidence(
                criteria=shares, missed={key: (0,) for key, share in shares.items() if share == 0}
            )
        day = _SPAN.first + dt.timedelta(days=int(number * 28 / calls))
        made.append(
            {
                "call_id": f"c{number:02}",
                "call_date": day,
                "started": dt.datetime.combine(day, dt.time(9)),
                "status": "scored",
                "account_key": None,
                "title": None,
                "url": None,
                "rep_user_id": None,
                "priority": "Low",
                "objections": (),
                "evidence": evidence,
                **dict.fromkeys(_DIMENSIONS, None),
            }
        )
    return made


def _said(calls: list[Row]) -> Transcripts:
    """The customer asks, our side explains, the customer answers: every miss can be shown."""
    said = (
        "How would we do that in our office?",
        "Here you see the whole of it at work, from the first screen to the last, with each of its "
        "colours and all of its buttons.",
        "I see it.",
    )
    return Transcripts(
        pd.DataFrame(
            {
                "call_id": call["call_id"], "sentence_index": index - 1, "start_ms": index * 9_000,
                "affiliation": "Internal" if index == 1 else "External", "user_id": None,
                "sentence": sentence,
            }
            for call in calls
            for index, sentence in enumerate(said)
        )
    )  # fmt: skip


def focus_of_digest(calls: list[Row], reachable: Targets, rules: CoachingPolicy) -> list[Focus]:
    """As ``rep_week`` chooses it."""
    seen = chances(calls, rules)
    found = standings(seen, len(calls), _WEEK, reachable, rules)
    shown = missed_moments(found, (), seen, _said(calls), rules)
    return advance((), found, MONDAY, rules, shown)


def focus_of_plan(
    calls: list[Row], reachable: Targets, rules: CoachingPolicy, told: list[Focus] | None
) -> list[str]:
    """The plan's behaviours in their order, over the digest's days."""
    made = plan.build(calls, _SPAN, told, reachable, (), _said(calls), rules, {})
    return [one.focus_id for one in made.focus]


def _team(count: int, planted: bool, seed: int) -> tuple[list[tuple[str, list[Row]]], Targets]:
    """Each rep's planted behaviour and calls, and what the team can reach."""
    rules, ids = eight_behaviours()
    reps = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        lacks = str(rng.choice(ids))
        often = {one: 0.2 if planted and one == lacks else 0.7 for one in ids}
        reps.append((lacks, month(rng, often)))
    return reps, targets([chances(calls, rules) for _, calls in reps], rules)


def the_focus_is_what_is_lacking(count: int = 200) -> Iterable[Figure]:
    """J-coaching-01 in its three parts."""
    rules, _ = eight_behaviours()
    right = clear = agree = asked = 0
    reps, reachable = _team(count, True, 5)
    for lacks, calls in reps:
        digest = focus_of_digest(calls, reachable, rules)
        right += bool(digest) and digest[0].focus_id == lacks
        ids = [area.focus_id for area in digest]
        for told in (None, digest):
            asked += 1
            agree += focus_of_plan(calls, reachable, rules, told) == ids
    reps, reachable = _team(count, False, 6)
    for _, calls in reps:
        digest = focus_of_digest(calls, reachable, rules)
        clear += any(area.is_clear for area in digest)
        asked += 1
        agree += focus_of_plan(calls, reachable, rules, None) == [area.focus_id for area in digest]
    yield Figure(
        "J-coaching-01",
        f"focus is what was planted, {count} reps, 12 calls, 8 behaviours",
        f"{100 * right / count:.1f} %",
        ">= 80 %",
        right >= 0.8 * count,
    )
    yield Figure(
        "J-coaching-01a",
        f"nobody planted: a focus is called clear, {count} reps",
        f"{100 * clear / count:.1f} %",
        "<= 10 %",
        clear <= 0.1 * count,
    )
    yield Figure(
        "J-coaching-01b",
        f"plan and digest agree, {asked} comparisons",
        f"{100 * agree / asked:.1f} %",
        "100 %",
        agree == asked,
    )


BY_ID = {
    "J-coaching-01": the_focus_is_what_is_lacking,
    "J-coaching-01a": the_focus_is_what_is_lacking,
    "J-coaching-01b": the_focus_is_what_is_lacking,
}

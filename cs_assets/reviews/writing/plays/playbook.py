"""The plays of a report: which facts call for what, weighed, one a topic.

A play is chosen by rule, so that the advice can be traced; its weight is the urgency that the
facts give it. Texts carry slots, the case study is added by ``recommendation_text``.
"""

from collections.abc import Sequence
from dataclasses import replace

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.writing.plays import contract, reach, results, review, use
from cs_assets.reviews.writing.plays.play import Play, Rule
from cs_assets.reviews.writing.plays.review import goal_topics, unserved_goal

#: What serving the goal agreed adds to a play's weight.
_GOAL_WEIGHT = 0.15


def plays(sheet: FactSheet, minimum: int, maximum: int) -> list[Play]:
    """The weightiest plays, at most ``maximum``; standing advice fills up to ``minimum``.

    One play a topic. What serves the goal agreed weighs more and says so; where nothing does, the
    goal itself gets a play.
    """
    found = [_for_goal(play, sheet) for rule in _TRIGGERED if (play := rule(sheet)) is not None]
    chosen = _urgent_first(_one_a_topic(found), maximum)
    if (goal := unserved_goal(sheet, chosen)) is not None:
        chosen = _one_a_topic([*_urgent_first(chosen, maximum - 1), goal])
    for rule in _STANDING:
        if len(chosen) >= minimum:
            break
        if (play := rule(sheet)) is not None and play.topic not in {c.topic for c in chosen}:
            chosen.append(play)
    return chosen


def _urgent_first(found: Sequence[Play], most: int) -> list[Play]:
    """The weightiest ones; what page one warns of is always among them."""
    needed = [play for play in found if play.must]
    rest = [play for play in found if not play.must]
    kept = [*needed, *rest[: most - len(needed)]]
    return [play for play in found if play in kept]


def _one_a_topic(found: Sequence[Play]) -> list[Play]:
    """The plays by weight, the weightiest of each topic only."""
    best: dict[str, Play] = {}
    for play in sorted(found, key=lambda play: (-play.weight, play.code)):
        best.setdefault(play.topic, play)
    return list(best.values())


def _for_goal(play: Play, sheet: FactSheet) -> Play:
    if play.topic not in goal_topics(sheet):
        return play
    why = f'{play.why} It serves the goal agreed, "{{customer.goal}}".'
    return replace(play, why=why, weight=play.weight + _GOAL_WEIGHT)


_TRIGGERED: tuple[Rule, ...] = (
    contract.renewal,
    results.falling_value,
    reach.open_rate,
    reach.click_rate,
    results.one_channel,
    use.lagging_module,
    use.idle_seats,
    results.scale_winner,
    results.assisting_channel,
    review.no_goal,
    reach.negative_calls,
    review.missing_data,
)
_STANDING: tuple[Rule, ...] = (
    results.keep_testing,
    reach.reach_more,
    review.review_data,
    review.prepare_next,
)

"""Plays: what can be recommended, and which facts call for it.

A play is chosen by rule, so that the advice can be traced; its weight is the urgency that the
facts give it. Texts carry slots, the case study is added by ``recommendation_text``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.benchmark_facts import LOWEST, MIDDLE
from cs_assets.reviews.ranked import groups, largest, number, text
from cs_assets.reviews.trend_statement import BEFORE, LARGE, clear_comparisons


@dataclass(frozen=True)
class Play:
    """One recommendation: what was seen, why it matters, what to do, what it may bring."""

    code: str
    title: str
    observation: str
    why: str
    action: str
    effect: str
    weight: float
    about: str
    """Words to look for a case study with."""
    topic: str
    """What it is about, e.g. ``channel Email``: one report has one play on a topic."""


Rule = Callable[[FactSheet], Play | None]

#: The share of messages that closing a gap must win to be worth a recommendation.
_WORTHWHILE = 0.01
#: What serving the goal agreed adds to a play's weight.
_GOAL_WEIGHT = 0.15


def plays(sheet: FactSheet, minimum: int, maximum: int) -> list[Play]:
    """The weightiest plays, at most ``maximum``; standing advice fills up to ``minimum``.

    One play a topic. What serves the goal agreed weighs more and says so; where nothing does, the
    goal itself gets a play.
    """
    found = [_for_goal(play, sheet) for rule in _TRIGGERED if (play := rule(sheet)) is not None]
    chosen = _one_a_topic(found)[:maximum]
    if (goal := _unserved_goal(sheet, chosen)) is not None:
        chosen = _one_a_topic([*chosen[: maximum - 1], goal])
    for rule in _STANDING:
        if len(chosen) >= minimum:
            break
        if (play := rule(sheet)) is not None and play.topic not in {c.topic for c in chosen}:
            chosen.append(play)
    return chosen


def _one_a_topic(found: Sequence[Play]) -> list[Play]:
    """The plays by weight, the weightiest of each topic only."""
    best: dict[str, Play] = {}
    for play in sorted(found, key=lambda play: (-play.weight, play.code)):
        best.setdefault(play.topic, play)
    return list(best.values())


def _goal_topics(sheet: FactSheet) -> set[str]:
    kinds = {"module": "goal.module", "channel": "goal.channel"}
    return {f"{kind} {name}" for kind, f in kinds.items() if (name := text(sheet, f))}


def _for_goal(play: Play, sheet: FactSheet) -> Play:
    if play.topic not in _goal_topics(sheet):
        return play
    why = f'{play.why} It serves the goal agreed, "{{customer.goal}}".'
    return replace(play, why=why, weight=play.weight + _GOAL_WEIGHT)


def _unserved_goal(sheet: FactSheet, chosen: Sequence[Play]) -> Play | None:
    """A play for a goal that is agreed and that no chosen play serves."""
    if not sheet.has("customer.goal") or _goal_topics(sheet) & {play.topic for play in chosen}:
        return None
    carrier = " Start from the reports of {goal.module}, which carries it."
    return Play(
        code="measure_goal",
        title="Put a figure on the goal agreed",
        observation='The goal agreed is "{customer.goal}"; no figure in this review measures it.',
        why="A goal without a figure can be neither reached nor missed.",
        action=(
            "Agree with the sponsor which figure shows it, what it is today and who reads it each "
            "month." + (carrier if text(sheet, "goal.module") else "")
        ),
        effect="The next review opens with target, actual and verdict.",
        weight=0.58,
        about=f"{text(sheet, 'customer.goal')} success plan goals",
        topic="goal",
    )


def _falling_value(sheet: FactSheet) -> Play | None:
    clear = [compared for compared, way in clear_comparisons(sheet) if way == "down"]
    compared = clear[0] if clear else BEFORE
    move = compared.move(sheet)
    if not clear and (move is None or move > -LARGE):
        return None
    span = compared.span
    losses = {
        g: (number(sheet, f"{g}.value_{span}") or 0) - (number(sheet, f"{g}.value") or 0)
        for g in groups(sheet, "conversions.channel")
    }
    group = max(losses, key=lambda g: (losses[g], g), default="")
    if not group or losses[group] <= 0:
        return None
    part = (
        f"the largest part of the lost value is {{{group}.name}}, from "
        f"{{{group}.value_{span}}} to {{{group}.value}}."
    )
    seen = (
        f"Conversions clearly fell on {compared.words}, from {{conversions.count_{span}}} to "
        f"{{conversions.count}}; {part}"
    )
    unsure = (
        f"Conversion value is down {{conversions.value_{compared.key}:abs}} on {compared.words}, "
        f"on so few conversions that it may be chance; {part}"
    )
    return Play(
        code="recover_channel",
        title=f"Recover what {{{group}.name}} lost"
        if clear
        else f"Check whether the fall in {{{group}.name}} is real",
        observation=seen if clear else unsure,
        why=(
            "The fall shows in the number of conversions, so it is more than the luck of a few "
            "large ones."
            if clear
            else "A look now costs less than a surprise in the next review."
        ),
        action=(
            f"Go through the {{{group}.name}} campaigns of {{period.window}} together: what was "
            "stopped, what audience changed, what broke. Agree one repair and its date."
        ),
        effect=(
            f"Back at its earlier level, {{{group}.name}} alone would bring "
            f"{{{group}.value_{span}}} in the same span."
        ),
        weight=0.95 if clear else 0.5,
        about=f"recover falling conversions {text(sheet, f'{group}.name')} channel",
        topic=_channel(sheet, group),
    )


def _channel(sheet: FactSheet, group: str) -> str:
    return f"channel {text(sheet, f'{group}.name')}"


def _below_peers(metric: str, own: str, play: Play) -> Rule:
    def rule(sheet: FactSheet) -> Play | None:
        place = text(sheet, f"benchmark.{metric}.position")
        if place not in (LOWEST, MIDDLE):
            return None
        more = number(sheet, f"benchmark.{metric}.messages_to_median")
        sent = number(sheet, "engagement.sent") or 0.0
        if not sheet.has(own) or more is None or more < _WORTHWHILE * sent:
            return None
        weight = play.weight + (0.15 if place == LOWEST else 0.0)
        return replace(play, weight=weight)

    return rule


_open_rate = _below_peers(
    "open_rate",
    "engagement.open_rate",
    Play(
        code="raise_open_rate",
        title="Win back attention with tested subject lines",
        observation=(
            "The open rate is {engagement.open_rate}, {benchmark.open_rate.position} of "
            "{benchmark.open_rate.peers} peers whose median is {benchmark.open_rate.median}."
        ),
        why="A message that stays closed cannot be clicked: every later step starts here.",
        action=(
            "Run two subject lines against each other on the next two campaigns, keep the winner, "
            "and move one send to the hour in which this audience opens most."
        ),
        effect=(
            "At the peers' median {benchmark.open_rate.messages_to_median} more of the "
            "{engagement.sent} messages would be opened."
        ),
        weight=0.65,
        about="email open rate subject line tests send time engagement",
        topic="open rate",
    ),
)

_click_rate = _below_peers(
    "click_rate",
    "engagement.click_rate",
    Play(
        code="raise_click_rate",
        title="Give each message one thing to do",
        observation=(
            "The click rate is {engagement.click_rate}, {benchmark.click_rate.position} of "
            "{benchmark.click_rate.peers} peers whose median is {benchmark.click_rate.median}."
        ),
        why="Readers open and leave again, so interest is there and the next step is missing.",
        action=(
            "Cut each template to one call to action above the fold and segment the audience by "
            "what it last bought or used."
        ),
        effect=(
            "At the peers' median {benchmark.click_rate.messages_to_median} more of the "
            "{engagement.sent} messages would be clicked."
        ),
        weight=0.6,
        about="click rate call to action segmentation personalisation campaigns",
        topic="click rate",
    ),
)


def _one_channel(sheet: FactSheet) -> Play | None:
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked or (number(sheet, f"{ranked[0]}.share") or 0) < 55:
        return None
    if (number(sheet, "conversions.count") or 0) < 5:
        return None
    top = ranked[0]
    second = f"{{{ranked[1]}.name}}" if len(ranked) > 1 else "a second channel"
    return Play(
        code="second_channel",
        title=f"Build a second leg beside {{{top}.name}}",
        observation=(
            f"{{{top}.share}} of the conversion value comes through {{{top}.name}}, from "
            f"{{{top}.count}} conversions."
        ),
        why="A result that rests on one channel falls with it: one filter, one price, one outage.",
        action=(
            f"Take the best {{{top}.name}} campaign of {{period.window}} and repeat its offer in "
            f"{second} for one month with a budget of its own."
        ),
        effect=(
            "Less of the value hangs on one channel; success is a smaller share at the same or a "
            "higher total, now {conversions.value}."
        ),
        weight=0.5,
        about="multi channel campaigns diversify channels",
        topic=_channel(sheet, top),
    )


#: By stage: title, and why it matters.
_LAGGING = {
    "in decline": (
        "Bring {it.name} back into daily work",
        "A module that its people leave a little each week is given up without a decision.",
    ),
    "no longer used": (
        "Find out why {it.name} was put aside",
        "A module that nobody uses is the first to be questioned when the contract is read.",
    ),
    "not started": (
        "Start {it.name}, which is paid for already",
        "A module that was bought and not started brings nothing for its price.",
    ),
}


def _lagging_module(sheet: FactSheet) -> Play | None:
    lagging = [g for g in groups(sheet, "adoption.module") if text(sheet, f"{g}.stage") in _LAGGING]
    if not lagging:
        return None
    # First what the goal rests on, then where most seats are paid for and not used.
    unused = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0) for g in lagging
    }
    goal = text(sheet, "goal.module")
    group = max(lagging, key=lambda g: (text(sheet, f"{g}.name") == goal, unused[g], g))
    stage = text(sheet, f"{group}.stage")
    title, why = _LAGGING[stage]
    others = [g for g in lagging if g != group and text(sheet, f"{g}.stage") == stage]
    so_are = "; so is " + " and ".join(f"{{{g}.name}}" for g in others) if others else ""
    return Play(
        code="module_adoption",
        title=title.replace("{it.", f"{{{group}."),
        observation=(
            f"{{{group}.name}} is {{{group}.stage}}: {{{group}.users}} of {{{group}.seats}} seats "
            f"are in use{so_are}."
        ),
        why=why,
        action=(
            f"Find the one process that {{{group}.name}} should carry, train the people who own it "
            "in a session of an hour, and look at the usage again in four weeks."
        ),
        effect=f"Success is more than {{{group}.users}} seats in use in the next review.",
        weight=0.8 if stage != "not started" else 0.55,
        about=f"adoption of module {text(sheet, f'{group}.name')} training users enablement",
        topic=f"module {text(sheet, f'{group}.name')}",
    )


def _idle_seats(sheet: FactSheet) -> Play | None:
    used = number(sheet, "adoption.utilisation")
    if not used or used >= 50:  # where nobody has started, that is the advice
        return None
    return Play(
        code="idle_seats",
        title="Put idle seats to work",
        observation=(
            "{adoption.users} of {adoption.seats} seats are in use: {adoption.utilisation}."
        ),
        why="Value grows with the people who work in the product, not with the seats bought.",
        action=(
            "List the teams without an active user, name one owner in each, and invite them to the "
            "next onboarding session."
        ),
        effect="Success is more than half of {adoption.seats} seats in use.",
        weight=0.6,
        about="user onboarding seats adoption training",
        topic="seats",
    )


def _scale_winner(sheet: FactSheet) -> Play | None:
    """A channel that clearly grew while the whole did: growth that may be chance is not praised."""
    for compared, way in clear_comparisons(sheet):
        if way == "down":
            continue
        grown = [
            g
            for g in groups(sheet, "conversions.channel")
            if text(sheet, f"{g}.verdict_{compared.key}") == "a clear rise"
        ]
        if grown:
            break
    else:
        return None
    group, span = grown[0], compared.span
    return Play(
        code="scale_winner",
        title=f"Scale what works in {{{group}.name}}",
        observation=(
            f"{{{group}.name}} clearly grew on {compared.words}: from {{{group}.count_{span}}} "
            f"conversions worth {{{group}.value_{span}}} to {{{group}.count}} worth "
            f"{{{group}.value}}."
        ),
        why="Growth that is understood can be repeated; growth that is only enjoyed cannot.",
        action=(
            f"Write down what changed in {{{group}.name}} (offer, audience, timing) and repeat it "
            "with the next audience as a test with a control group."
        ),
        effect=f"Success is that {{{group}.name}} keeps {{{group}.value}} in the next window.",
        weight=0.62,
        about=f"growth {text(sheet, f'{group}.name')} campaigns conversions",
        topic=_channel(sheet, group),
    )


def _assisting_channel(sheet: FactSheet) -> Play | None:
    credited = largest(sheet, "attribution.channel", "revenue")
    closing = largest(sheet, "conversions.channel", "value")
    if not credited or not closing or (number(sheet, "attribution.touchpoints") or 0) < 5:
        return None
    top, name = credited[0], text(sheet, f"{credited[0]}.name")
    if name == text(sheet, f"{closing[0]}.name"):
        return None
    return Play(
        code="credit_assists",
        title=f"Judge {{{top}.name}} by what it prepares",
        observation=(
            f"{{{top}.name}} is credited with {{{top}.revenue}} from {{{top}.touchpoints}} "
            f"touchpoints, while most value closes in {{{closing[0]}.name}}."
        ),
        why="A budget set by last clicks would cut the channel that prepares the decision.",
        action=(
            f"Keep the {{{top}.name}} budget for the next window and measure both channels "
            "together, by attributed revenue."
        ),
        effect=(
            f"Keeps the channel behind {{{top}.revenue}} of credited revenue from a cut by last "
            "clicks."
        ),
        weight=0.4,
        about=f"attribution {name} channel budget",
        topic=f"channel {name}",
    )


def _no_goal(sheet: FactSheet) -> Play | None:
    if sheet.has("customer.goal"):
        return None
    return Play(
        code="agree_goal",
        title="Agree one goal with a number and a date",
        observation="No goal is on record for {customer.name}.",
        why="Without a goal a review can show movement, but nobody can say whether it is enough.",
        action=(
            "Propose one: conversion value of {period.window}, now {conversions.value}, with a "
            "target and a date that the sponsor confirms."
            if sheet.has("conversions.value")
            else "Ask the sponsor what must be different in six months and write it as a number."
        ),
        effect="The next review opens with target, actual and verdict.",
        weight=0.5,
        about="success plan goals",
        topic="goal",
    )


def _negative_calls(sheet: FactSheet) -> Play | None:
    if not number(sheet, "calls.negative") or not number(sheet, "calls.judged"):
        return None
    return Play(
        code="answer_calls",
        title="Answer the calls that went badly",
        observation="{calls.negative} of {calls.judged} calls judged had a negative tone.",
        why="What is said in calls comes before what is seen in usage.",
        action=(
            "Listen to the marked passages, call the person who spoke within the week, and write "
            "back what will be done by when."
        ),
        effect="Success is a next call without the same complaint.",
        weight=0.75,
        about="customer support complaints satisfaction",
        topic="calls",
    )


def _keep_testing(sheet: FactSheet) -> Play | None:
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return None
    top = ranked[0]
    return Play(
        code="keep_testing",
        title=f"Keep {{{top}.name}} fresh with one test a month",
        observation=f"{{{top}.name}} leads with {{{top}.value}} in {{period.window}}.",
        why="The channel that carries most is the one in which a small gain is worth most.",
        action=(
            f"Plan one test in {{{top}.name}} for the next month: offer, audience or timing, one "
            "at a time, with a control group."
        ),
        effect=f"Measured against {{{top}.value}} in the same span.",
        weight=0.2,
        about=f"{text(sheet, f'{top}.name')} tests campaigns",
        topic=_channel(sheet, top),
    )


def _reach_more(sheet: FactSheet) -> Play | None:
    if not sheet.has("engagement.sent", "engagement.open_rate"):
        return None
    return Play(
        code="reach_more",
        title="Reach the readers who went quiet",
        observation=(
            "{engagement.sent} messages were sent and {engagement.opened} of them opened."
        ),
        why="Mail to people who stopped reading costs the sender's reputation and brings nothing.",
        action=(
            "Write to those who opened nothing in {period.window} once, with a choice of topics; "
            "pause those who do not answer."
        ),
        effect="Success is a higher open rate, now {engagement.open_rate}, from fewer messages.",
        weight=0.15,
        about="re-engagement campaign inactive readers",
        topic="open rate",
    )


def _review_data(sheet: FactSheet) -> Play | None:
    none_yet = not sheet.has("conversions.count")
    return Play(
        code="check_data",
        title="Send conversions, so that results can be shown"
        if none_yet
        else "Check that all results reach the review",
        observation="No conversion has been recorded up to {period.end}: {conversions.count}."
        if none_yet
        else "Conversions in {period.window}, up to {period.end}: {conversions.count}.",
        why="A review is only as complete as the events behind it.",
        action="Name who can say which events are sent, and mend the source that is missing."
        if none_yet
        else "Compare the count with your own records and name the source that is missing.",
        effect="Both sides trust the next figures.",
        weight=0.7 if none_yet else 0.1,
        about="data quality tracking",
        topic="data",
    )


def _missing_data(sheet: FactSheet) -> Play | None:
    return None if sheet.has("conversions.count") else _review_data(sheet)


def _prepare_next(sheet: FactSheet) -> Play | None:
    return Play(
        code="prepare_next",
        title="Prepare the next review together",
        observation="This review covers {period.window} up to {period.end}.",
        why="A review that both sides prepare ends in decisions instead of questions.",
        action="Name one question each for the next review and who brings the answer.",
        effect="Every question is answered or has an owner.",
        weight=0.05,
        about="business review planning",
        topic="review",
    )


_TRIGGERED: tuple[Rule, ...] = (
    _falling_value,
    _open_rate,
    _click_rate,
    _one_channel,
    _lagging_module,
    _idle_seats,
    _scale_winner,
    _assisting_channel,
    _no_goal,
    _negative_calls,
    _missing_data,
)
_STANDING: tuple[Rule, ...] = (_keep_testing, _reach_more, _review_data, _prepare_next)

"""Plays: what can be recommended, and which facts call for it.

A play is chosen by rule, so that the advice can be traced; its weight is the urgency that the
facts give it. Texts carry slots, the case study is added by ``recommendation_text``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.ranked import groups, largest, number, text


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


Rule = Callable[[FactSheet], Play | None]

#: The share of messages that closing a gap must win to be worth a recommendation.
_WORTHWHILE = 0.01


def plays(sheet: FactSheet, minimum: int, maximum: int) -> list[Play]:
    """The weightiest plays, at most ``maximum``; standing advice fills up to ``minimum``."""
    found = [play for rule in _TRIGGERED if (play := rule(sheet)) is not None]
    found.sort(key=lambda play: (-play.weight, play.code))
    chosen = found[:maximum]
    for rule in _STANDING:
        if len(chosen) >= minimum:
            break
        if (play := rule(sheet)) is not None:
            chosen.append(play)
    return chosen


def _falling_value(sheet: FactSheet) -> Play | None:
    change = number(sheet, "conversions.value_change")
    if change is None or change > -15:
        return None
    losers = [
        ((number(sheet, f"{g}.value_prior") or 0) - (number(sheet, f"{g}.value") or 0), g)
        for g in groups(sheet, "conversions.channel")
    ]
    loss, group = max(losers, default=(0.0, ""))
    if loss <= 0:
        return None
    clear = text(sheet, "conversions.verdict_change") == "a clear fall"
    return Play(
        code="recover_channel",
        title=f"Recover what {{{group}.name}} lost",
        observation=(
            "Conversion value fell by {conversions.value_change:abs}; the largest part of it is "
            f"{{{group}.name}}, from {{{group}.value_prior}} to {{{group}.value}}."
        ),
        why=(
            "The fall shows in the number of conversions too, so it is more than the luck of a "
            "few large ones."
            if clear
            else "The number of conversions gives no clear verdict yet, so this is the moment to "
            "look, before it becomes one."
        ),
        action=(
            f"Go through the {{{group}.name}} campaigns of {{period.window}} together: what was "
            "stopped, what audience changed, what broke. Agree one repair and its date."
        ),
        effect=(
            f"Back at its earlier level, {{{group}.name}} alone would bring "
            f"{{{group}.value_prior}} in the same span."
        ),
        weight=0.95 if clear else 0.7,
        about=f"recover falling conversions {text(sheet, f'{group}.name')} channel",
    )


def _below_peers(metric: str, own: str, play: Play) -> Rule:
    def rule(sheet: FactSheet) -> Play | None:
        place = text(sheet, f"benchmark.{metric}.position")
        if place not in ("in the lowest quarter", "in the middle half"):
            return None
        more = number(sheet, f"benchmark.{metric}.messages_to_median")
        sent = number(sheet, "engagement.sent") or 0.0
        if not sheet.has(own) or more is None or more < _WORTHWHILE * sent:
            return None
        weight = play.weight + (0.15 if place == "in the lowest quarter" else 0.0)
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
    )


def _lagging_module(sheet: FactSheet) -> Play | None:
    lagging = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") in ("in decline", "no longer used", "not started")
    ]
    if not lagging:
        return None
    # The module with most unused seats is where most is paid for nothing.
    unused = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0) for g in lagging
    }
    group = max(lagging, key=lambda g: (unused[g], g))
    stage = text(sheet, f"{group}.stage")
    return Play(
        code="module_adoption",
        title=f"Bring {{{group}.name}} back into daily work"
        if stage != "not started"
        else f"Start {{{group}.name}}, which is paid for already",
        observation=(
            f"{{{group}.name}} is {{{group}.stage}}: {{{group}.users}} active users on "
            f"{{{group}.seats}} seats."
        ),
        why="Modules that nobody uses are the first to be questioned when the contract is read.",
        action=(
            f"Find the one process that {{{group}.name}} should carry, train the people who own it "
            "in a session of an hour, and look at the usage again in four weeks."
        ),
        effect=(f"Success is more active users than {{{group}.users}} in the next review."),
        weight=0.8 if stage != "not started" else 0.55,
        about=f"adoption of module {text(sheet, f'{group}.name')} training users enablement",
    )


def _idle_seats(sheet: FactSheet) -> Play | None:
    used = number(sheet, "adoption.utilisation")
    if used is None or used >= 50:
        return None
    return Play(
        code="idle_seats",
        title="Put idle seats to work",
        observation=(
            "{adoption.users} people use {adoption.seats} seats: {adoption.utilisation} of them."
        ),
        why="Value grows with the people who work in the product, not with the seats bought.",
        action=(
            "List the teams without an active user, name one owner in each, and invite them to the "
            "next onboarding session."
        ),
        effect="Success is more than half of {adoption.seats} seats in use.",
        weight=0.6,
        about="user onboarding seats adoption training",
    )


def _scale_winner(sheet: FactSheet) -> Play | None:
    best: tuple[float, str] | None = None
    for group in groups(sheet, "conversions.channel"):
        now, then = number(sheet, f"{group}.value"), number(sheet, f"{group}.value_prior")
        count = number(sheet, f"{group}.count") or 0
        if now is not None and then is not None and count >= 5 and now > 1.2 * then:
            best = max(best or (0.0, ""), (now - then, group))
    if best is None:
        return None
    group = best[1]
    return Play(
        code="scale_winner",
        title=f"Scale what works in {{{group}.name}}",
        observation=(
            f"{{{group}.name}} grew from {{{group}.value_prior}} to {{{group}.value}} with "
            f"{{{group}.count}} conversions."
        ),
        why="Growth that is understood can be repeated; growth that is only enjoyed cannot.",
        action=(
            f"Write down what changed in {{{group}.name}} (offer, audience, timing) and repeat it "
            "with the next audience as a test with a control group."
        ),
        effect=f"Success is that {{{group}.name}} keeps {{{group}.value}} in the next window.",
        weight=0.45,
        about=f"growth {text(sheet, f'{group}.name')} campaigns conversions",
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
        effect=f"Protects {{{top}.share}} of the attributed revenue from a sensible-looking cut.",
        weight=0.4,
        about=f"attribution {name} channel budget",
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
    )


def _negative_calls(sheet: FactSheet) -> Play | None:
    if not number(sheet, "calls.negative"):
        return None
    return Play(
        code="answer_calls",
        title="Answer the calls that went badly",
        observation="{calls.negative} of {calls.held} calls had a negative tone.",
        why="What is said in calls comes before what is seen in usage.",
        action=(
            "Listen to the marked passages, call the person who spoke within the week, and write "
            "back what will be done by when."
        ),
        effect="Success is a next call without the same complaint.",
        weight=0.75,
        about="customer support complaints satisfaction",
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
    )


def _review_data(sheet: FactSheet) -> Play | None:
    return Play(
        code="check_data",
        title="Check that all results reach the review",
        observation="Conversions up to {period.end} are in this review: {conversions.count}.",
        why="A review is only as complete as the events behind it.",
        action="Compare the count with your own records and name the source that is missing.",
        effect="Both sides trust the next figures.",
        weight=0.1,
        about="data quality tracking",
    )


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
)
_STANDING: tuple[Rule, ...] = (_keep_testing, _reach_more, _review_data, _prepare_next)

"""Plays about those who are reached: readers of messages, and customers in calls."""

from dataclasses import replace

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import LOWEST, MIDDLE, TOP
from cs_assets.reviews.facts.groups import number, text
from cs_assets.reviews.writing.plays.play import Play, Rule

#: The share of messages that closing a gap must win to be worth a recommendation.
_WORTHWHILE = 0.01


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


open_rate = _below_peers(
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


click_rate = _below_peers(
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


def negative_calls(sheet: FactSheet) -> Play | None:
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


def reach_more(sheet: FactSheet) -> Play | None:
    """Standing advice, but none for a customer whose readers open more than those of its peers."""
    if not sheet.has("engagement.sent", "engagement.open_rate"):
        return None
    if text(sheet, "benchmark.open_rate.position") == TOP:
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

"""Plays about the review itself: the goal it is held against, its data, the next one."""

from collections.abc import Sequence

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import text
from cs_assets.reviews.writing.plays.play import Play


def goal_topics(sheet: FactSheet) -> set[str]:
    kinds = {"module": "goal.module", "channel": "goal.channel"}
    return {f"{kind} {name}" for kind, f in kinds.items() if (name := text(sheet, f))}


def unserved_goal(sheet: FactSheet, chosen: Sequence[Play]) -> Play | None:
    """A play for a goal that is agreed and that no chosen play serves."""
    if not sheet.has("customer.goal") or goal_topics(sheet) & {play.topic for play in chosen}:
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


def no_goal(sheet: FactSheet) -> Play | None:
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


def review_data(sheet: FactSheet) -> Play | None:
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


def missing_data(sheet: FactSheet) -> Play | None:
    return None if sheet.has("conversions.count") else review_data(sheet)


def prepare_next(sheet: FactSheet) -> Play | None:
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

"""Plays about what is in use: modules and seats."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.plays.play import Play

#: By stage: title, and why it matters.
_LAGGING = {
    "in decline": (
        "Bring {it.name} back into daily work",
        "A module that its people leave is given up without a decision.",
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


def lagging_module(sheet: FactSheet) -> Play | None:
    lost = set(text(sheet, "adoption.lost").split(", ")) - {""}
    lagging = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") in _LAGGING or text(sheet, f"{g}.name") in lost
    ]
    if not lagging:
        return None
    # First what was lost, then what the goal rests on, then where most seats are paid for unused.
    unused = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0) for g in lagging
    }
    goal = text(sheet, "goal.module")
    name = {g: text(sheet, f"{g}.name") for g in lagging}
    group = max(lagging, key=lambda g: (name[g] in lost, name[g] == goal, unused[g], g))
    stage, is_lost = text(sheet, f"{group}.stage"), name[group] in lost
    title, why = _LAGGING.get(stage, _LAGGING["in decline"])
    others = [g for g in lagging if g != group and text(sheet, f"{g}.stage") == stage]
    alike = "".join(f" {{{g}.name}} is {{{g}.stage}} as well." for g in others)
    return Play(
        code="lost_module" if is_lost else "module_adoption",
        title=title.replace("{it.", f"{{{group}."),
        observation=(
            f"{{{group}.name}} is {{{group}.stage}}: {{{group}.users}} of {{{group}.seats}} seats "
            f"are in use.{alike}"
        ),
        why=why,
        action=(
            f"Find the one process that {{{group}.name}} should carry, train the people who own it "
            "in a session of an hour, and look at the usage again in four weeks."
        ),
        effect=f"In the next review clearly more seats are in use than the {{{group}.users}} now.",
        weight=0.9 if is_lost else 0.8 if stage != "not started" else 0.55,
        must=is_lost,
        about=f"adoption of module {text(sheet, f'{group}.name')} training users enablement",
        topic=f"module {text(sheet, f'{group}.name')}",
    )


def idle_seats(sheet: FactSheet) -> Play | None:
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

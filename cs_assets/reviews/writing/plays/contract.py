"""Plays about the contract: a renewal that is near. Internal facts, never in a customer's copy."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import largest, number, text
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.standing import is_renewal_near

#: Days before the date from which it is about signatures, no longer about arguments.
_CONFIRM = 30


def renewal(sheet: FactSheet) -> Play | None:
    """The renewal within 120 days: what to do depends on how near it is and on the health."""
    if not is_renewal_near(sheet):
        return None
    days = number(sheet, "account.days_to_renewal") or 0
    worth = " worth {account.arr} a year" if sheet.has("account.arr") else ""
    troubled = text(sheet, "health.segment") in ("Red", "Yellow")
    health = "; health is {health.segment}" if sheet.has("health.segment") else ""
    if days < 0:
        return _passed(worth)
    near = days <= _CONFIRM
    return Play(
        code="save_renewal" if troubled else "confirm_renewal" if near else "prepare_renewal",
        title="Save the renewal of {account.renewal}"
        if troubled
        else "Get the renewal of {account.renewal} confirmed"
        if near
        else "Prepare the renewal of {account.renewal}",
        observation=(
            f"The contract{worth} renews on {{account.renewal}}, in {{account.days_to_renewal}}"
            f"{health}."
        ),
        why=_why(sheet, troubled, near),
        action=_action(sheet, troubled, near),
        effect="A written yes, or a named obstacle with its owner, before {account.renewal}.",
        weight=0.99 if troubled or near else 0.8,
        about="contract renewal retention value shown to the sponsor",
        topic="renewal",
        must=True,
    )


def _why(sheet: FactSheet, troubled: bool, near: bool) -> str:
    if troubled and sheet.has("health.why"):
        return "The decision is near while this stands against it: {health.why}."
    if near:
        return "What is not agreed by now is decided by whoever reads the invoice first."
    return "Who shows results before the price is talked about need not talk about the price alone."


def _action(sheet: FactSheet, troubled: bool, near: bool) -> str:
    if troubled:
        return (
            "Call the sponsor this week with a plan for what stands against it, one owner and one "
            "date a point, and bring your manager in before the price is asked for."
        )
    if near:
        return (
            "Ask the sponsor this week who signs, by when, and whether anything stands in the way; "
            "put the answer in writing."
        )
    top = largest(sheet, "conversions.channel", "value")
    shown = f", most of it through {{{top[0]}.name}}" if top else ""
    results = (
        f"the {{conversions.value}} of {{period.window}}{shown}"
        if sheet.has("conversions.value") and number(sheet, "conversions.value")
        else "what is used and by how many"
    )
    return (
        f"Set the date of the talk with the sponsor and open it with {results}; agree what next "
        "year shall be measured by."
    )


def _passed(worth: str) -> Play:
    return Play(
        code="renewal_passed",
        title="Find out what became of the renewal",
        observation=f"The contract{worth} was to renew on {{account.renewal}}.",
        why="Nothing here says that it did; until it does, the account is neither kept nor lost.",
        action="Ask finance and the sponsor today, and have the new date put on record.",
        effect="The date on record is right by the next review.",
        weight=0.99,
        about="contract renewal retention",
        topic="renewal",
        must=True,
    )

"""Rules on the contract and the goal; facts on the contract are in no customer's copy."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import largest, number
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_troubled
from cs_assets.reviews.writing.standing import is_renewal_near

#: Days before a renewal from which it is about signatures, no longer about arguments.
_CONFIRM = 30


def renewal_near(sheet: FactSheet) -> Seen | None:
    """The contract renews within 120 days; what to do depends on how near, and on the health."""
    if not is_renewal_near(sheet):
        return None
    days = number(sheet, "account.days_to_renewal") or 0
    due = days <= _CONFIRM
    if is_troubled(sheet):
        case = "troubled_and_due" if due else "troubled"
    else:
        case = "due" if due else ""
    roles = {"it": tuple(largest(sheet, "conversions.channel", "value")[:1])}
    if number(sheet, "conversions.value"):
        roles["won"] = ("conversions",)
    return Seen("passed" if days < 0 else case, roles)


def no_goal(sheet: FactSheet) -> Seen | None:
    """No goal is agreed."""
    return None if sheet.has("customer.goal") else Seen()


def always(sheet: FactSheet) -> Seen | None:
    """In each review."""
    return Seen()

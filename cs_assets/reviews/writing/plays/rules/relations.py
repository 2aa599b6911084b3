"""Rules on contract and calls: renewal, goal, whether there were calls, what was spoken of."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import largest, number
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_troubled
from cs_assets.reviews.writing.standing import is_dormant, is_renewal_near, notice
from cs_assets.reviews.writing.trend_statement import clear_comparisons

#: Calls judged from which their tone is told.
_SEVERAL = 2


def calls_went_badly(sheet: FactSheet) -> Seen | None:
    """Some of the calls judged had a negative tone: one of several, the only one, all, or some."""
    bad, judged = number(sheet, "calls.negative"), number(sheet, "calls.judged")
    if not bad or not judged:
        return None
    if bad == judged:
        return Seen("only" if judged == 1 else "all")
    return Seen("one" if bad == 1 else "")


def calls_went_well(sheet: FactSheet) -> Seen | None:
    """Several calls were judged and none had a negative tone, of a customer not in trouble."""
    judged, bad = number(sheet, "calls.judged") or 0, number(sheet, "calls.negative")
    said = number(sheet, "calls.churn") or number(sheet, "calls.competitor")
    if judged < _SEVERAL or bad != 0 or said or is_troubled(sheet):
        return None
    return Seen()


def nobody_called(sheet: FactSheet) -> Seen | None:
    """No call took place in four weeks; the case is whether there is a cause to call."""
    if number(sheet, "calls.held") != 0:
        return None
    cause = is_troubled(sheet) or is_renewal_near(sheet) or sheet.has("adoption.lost")
    return Seen("" if cause or clear_comparisons(sheet) else "calm")


def leaving_was_spoken_of(sheet: FactSheet) -> Seen | None:
    """In a call of the quarter; the case is what of: leaving, what goes back, doubt; or written."""
    if not number(sheet, "calls.churn"):
        return Seen("written") if number(sheet, "calls.said.written.calls") else None
    said = {about for about in _DOUBTS if number(sheet, f"calls.said.{about}.calls")}
    if not said or "leaving" in said:
        return Seen()
    return Seen("giving_back" if "giving_back" in said else "doubt")


#: What is said of leaving, the gravest first.
_DOUBTS = ("leaving", "giving_back", "stopping", "trust", "person", "answer")


def champion_is_gone(sheet: FactSheet) -> Seen | None:
    """The champion left and nobody on record has followed."""
    return Seen() if sheet.has("account.champion_left") else None


def nobody_is_there(sheet: FactSheet) -> Seen | None:
    """Nothing is used and nothing is brought in: known to be zero."""
    return Seen() if is_dormant(sheet) else None


def vendor_was_spoken_of(sheet: FactSheet) -> Seen | None:
    """Another vendor, in a call of the quarter."""
    return Seen() if number(sheet, "calls.competitor") else None


def more_was_asked_for(sheet: FactSheet) -> Seen | None:
    """In a call of the quarter, by a customer who is not in trouble."""
    return Seen() if number(sheet, "calls.expansion") and not is_troubled(sheet) else None


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
    said, left = notice(sheet), number(sheet, "account.days_to_notice")
    can_give = left is not None and left >= 0 and bool(said)
    date = "{account.notice}, the last day of notice" if can_give else "{account.renewal}"
    words = {
        "notice": f"; {said}" if said else "",
        "the_date": date,
        "in_time": f" before {date}," if can_give else "",
    }
    return Seen("passed" if days < 0 else case, roles, words)


def no_goal(sheet: FactSheet) -> Seen | None:
    """No goal is agreed."""
    return None if sheet.has("customer.goal") else Seen()


def always(sheet: FactSheet) -> Seen | None:
    """In each review."""
    return Seen()

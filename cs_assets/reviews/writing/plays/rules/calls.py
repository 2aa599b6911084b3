"""Rules on calls: whether there were any, their tone, and what was spoken of."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import number
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_troubled
from cs_assets.reviews.writing.standing import is_renewal_near
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
    """In a call of the quarter."""
    return Seen() if number(sheet, "calls.churn") else None


def vendor_was_spoken_of(sheet: FactSheet) -> Seen | None:
    """Another vendor, in a call of the quarter."""
    return Seen() if number(sheet, "calls.competitor") else None


def more_was_asked_for(sheet: FactSheet) -> Seen | None:
    """In a call of the quarter, by a customer who is not in trouble."""
    return Seen() if number(sheet, "calls.expansion") and not is_troubled(sheet) else None

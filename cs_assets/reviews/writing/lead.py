"""What a headline begins with where results are not the first thing to know about a customer.

Internal: rests on health, contract and calls, which a customer's copy does not have.
"""

from cs_assets.facts.model import FactSheet
from cs_assets.facts.wording import listed
from cs_assets.reviews.facts.groups import number, text
from cs_assets.reviews.writing.standing import RENEWAL_AFTER, open_signals

#: Days before a renewal, or its last day of notice, from which that date is the first to know.
_DUE_WITHIN = 30
#: Days before a renewal from which it is told beside a health in danger.
_SOON = 60
#: Of what is spoken of, what comes first whatever the health is.
_GRAVEST = ("leaving", "giving modules or seats back")
#: Reasons in one headline.
_MOST = 2


def lead(sheet: FactSheet, *, is_calm: bool) -> str:
    """The first words, with slots; empty where results come first.

    ``is_calm``: nothing clear is told of results, so a health in danger is the news.
    """
    health = text(sheet, "health.segment")
    grave = [signal.of for signal in open_signals(sheet) if signal.of in _GRAVEST]
    said = [f"{listed(grave)} {'were' if len(grave) > 1 else 'was'} spoken of"] if grave else []
    if not (said or health == "Red" or (health == "Yellow" and is_calm)):
        return _begun(_date(sheet, _DUE_WITHIN))
    why = ", ".join(_reasons(sheet, said)[:_MOST])
    told = "Health is {health.segment}" + (f" ({why})" if why else "") if health else _begun(why)
    return "; ".join(part for part in (told, _date(sheet, _SOON)) if part)


def _reasons(sheet: FactSheet, said: list[str]) -> list[str]:
    """What makes the health so, the gravest first."""
    why = ["{health.why}"] if sheet.has("health.why") else []
    if not text(sheet, "health.held_by"):
        return said + why  # its points make it
    lost = ["{adoption.lost} is lost"] if sheet.has("adoption.lost") else []
    champion = ["the champion left"] if sheet.has("account.champion_left") else []
    return said + lost + champion or why


def _date(sheet: FactSheet, within: int) -> str:
    """The next date of the contract: its last day of notice, its renewal, or one gone by."""
    days, left = (number(sheet, f"account.days_to_{of}") for of in ("renewal", "notice"))
    if days is None or not sheet.has("account.renewal"):
        return ""
    if -RENEWAL_AFTER <= days < 0:
        return "the renewal of {account.renewal} has passed, and nothing says what became of it"
    if left is not None and 0 <= left <= _DUE_WITHIN:
        return "the last day of notice is {account.notice}, in {account.days_to_notice}"
    return "the contract renews in {account.days_to_renewal}" if 0 <= days <= within else ""


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]

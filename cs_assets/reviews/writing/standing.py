"""What page one says before any evidence: how the customer stands, what is at stake, the watch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cs_assets.facts.model import FactSheet
from cs_assets.facts.wording import written
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.statistics.verdict import WORDS

#: Days before a renewal from which page one and the advice are about it.
RENEWAL_WITHIN = 120
#: Days after the date in which it may still be open.
RENEWAL_AFTER = 30

Tone = Literal["good", "bad", "none"]

#: Verdicts of the sheet and what each is on; the window before first, then the year.
_VERDICTS = (
    ("conversions.verdict_change", "conversions", ""),
    ("conversions.value_verdict_change", "conversion value", ""),
    ("engagement.open_rate_verdict", "open rate", ""),
    ("engagement.click_rate_verdict", "click rate", ""),
    ("conversions.verdict_year_change", "conversions", " on the year"),
    ("conversions.value_verdict_year_change", "conversion value", " on the year"),
    ("engagement.open_rate_year_verdict", "open rate", " on the year"),
    ("engagement.click_rate_year_verdict", "click rate", " on the year"),
)


#: Facts on what was heard, and what page one says of each.
SIGNALS = {
    "calls.churn": "Leaving was spoken of",
    "calls.competitor": "Another vendor was spoken of",
}


@dataclass(frozen=True)
class Standing:
    """One answer of page one: a label, a value to be read at a glance, and what is behind it."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "none"


def standing(sheet: FactSheet) -> list[Standing]:
    """How the customer stands; health and contract only where the sheet has them."""
    made = [_health(sheet), _revenue(sheet), _renewal(sheet), _changes(sheet)]
    found = [one for one in made if one is not None]
    return found if len(found) > 1 else [*_use(sheet), *found]


def is_renewal_near(sheet: FactSheet) -> bool:
    """Whether the contract renews within 120 days, or its date has just passed."""
    days = number(sheet, "account.days_to_renewal")
    near = days is not None and -RENEWAL_AFTER <= days <= RENEWAL_WITHIN
    return near and sheet.has("account.renewal")


def watch(sheet: FactSheet) -> str:
    """What must not be overlooked, a line each, with slots; empty where there is nothing."""
    return "\n".join(f"- {line}" for line in _watched(sheet))


def _watched(sheet: FactSheet) -> Iterator[str]:
    if is_renewal_near(sheet):
        worth = " worth {account.arr} a year" if sheet.has("account.arr") else ""
        if (number(sheet, "account.days_to_renewal") or 0) < 0:
            yield f"The contract{worth} was to renew on {{account.renewal}}: did it?"
        else:
            yield (
                f"The contract{worth} renews on {{account.renewal}}, in "
                "{account.days_to_renewal}."
            )
    yield from open_signals(sheet)
    for group in groups(sheet, "hand.note"):
        yield f"Note: {{{group}.words}}"
    if sheet.has("adoption.lost"):
        yield "Paid for, used before, and hardly used any more: {adoption.lost}."


def open_signals(sheet: FactSheet) -> Iterator[str]:
    """What customers said in calls of a quarter that bears on the contract, with slots."""
    for fact_id, words in SIGNALS.items():
        if count := number(sheet, fact_id):
            calls = "one call" if count == 1 else f"{{{fact_id}}} calls"
            yield f"{words} in {calls} of the last quarter."


def clear_changes(sheet: FactSheet) -> list[tuple[str, bool]]:
    """What clearly changed, and whether it rose; each measure once, the window before first."""
    found: dict[str, tuple[str, bool]] = {}
    for fact_id, measure, against in _VERDICTS:
        said = text(sheet, fact_id)
        if said in (WORDS["rise"], WORDS["fall"]):
            found.setdefault(measure, (measure + against, said == WORDS["rise"]))
    return list(found.values())


def _health(sheet: FactSheet) -> Standing | None:
    if not sheet.has("health.segment"):
        return None
    colour = text(sheet, "health.segment")
    score = f"score {written(sheet['health.score'])}" if sheet.has("health.score") else ""
    why = text(sheet, "health.why")
    tones: dict[str, Tone] = {"Red": "bad", "Yellow": "bad", "Green": "good"}
    note = "; ".join(part for part in (score, why) if part)
    return Standing("Health", colour, note, tones.get(colour, "none"))


def _revenue(sheet: FactSheet) -> Standing | None:
    if not sheet.has("account.arr"):
        return None
    segment = text(sheet, "customer.segment")
    return Standing("Yearly revenue", written(sheet["account.arr"]), segment)


def _renewal(sheet: FactSheet) -> Standing | None:
    if not sheet.has("account.renewal", "account.days_to_renewal"):
        return None
    days = number(sheet, "account.days_to_renewal") or 0
    told = written(sheet["account.days_to_renewal"], "abs")
    note = f"in {told}" if days >= 0 else f"{told} ago"
    tone: Tone = "bad" if is_renewal_near(sheet) else "none"
    day, month, year = written(sheet["account.renewal"]).split(" ")
    return Standing("Renewal", f"{day} {month[:3]} {year}", note, tone)


def _changes(sheet: FactSheet) -> Standing | None:
    clear = clear_changes(sheet)
    if not clear:
        return Standing("Clear changes", "None", "all else may be chance")
    falls, rises = any(not rose for _, rose in clear), any(rose for _, rose in clear)
    value = "▲▼ Mixed" if falls and rises else "▼ Down" if falls else "▲ Up"
    note = ", ".join(f"{'▲' if rose else '▼'} {words}" for words, rose in clear)
    return Standing("Clear changes", value, note, "bad" if falls else "good")


def _use(sheet: FactSheet) -> Iterator[Standing]:
    if sheet.has("adoption.modules", "adoption.adopted"):
        told = f"{written(sheet['adoption.adopted'])} of {written(sheet['adoption.modules'])}"
        yield Standing("Modules adopted", told)
    if sheet.has("adoption.utilisation"):
        seats = f"of {written(sheet['adoption.seats'])} seats"
        yield Standing("Seats in use", written(sheet["adoption.utilisation"]), seats)

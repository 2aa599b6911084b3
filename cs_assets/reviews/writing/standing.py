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
VERDICTS = (
    ("conversions.verdict_change", "conversions", ""),
    ("conversions.value_verdict_change", "conversion value", ""),
    ("engagement.open_rate_verdict", "open rate", ""),
    ("engagement.click_rate_verdict", "click rate", ""),
    ("usage.verdict_change", "use of the modules", ""),
    ("conversions.verdict_year_change", "conversions", " on the year"),
    ("conversions.value_verdict_year_change", "conversion value", " on the year"),
    ("engagement.open_rate_year_verdict", "open rate", " on the year"),
    ("engagement.click_rate_year_verdict", "click rate", " on the year"),
)
#: Stages of a module that is lost.
GONE = ("hardly used any more", "no longer used", "in decline")
#: Points of a plan of which every step that is due is done.
_ALL = 100
_COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

#: Days before the last day of notice from which page one and the advice are about it.
NOTICE_WITHIN = 60
#: The fact that counts calls of a kind, and what they are of where no more is known.
SIGNALS = {
    "calls.churn": "leaving or giving something back",
    "calls.competitor": "another vendor",
}
#: By what was said: what goes back is told apart from who leaves.
_SAID = {
    "leaving": ("calls.churn", "leaving"),
    "giving_back": ("calls.churn", "giving modules or seats back"),
    "stopping": ("calls.churn", "people who stopped using it"),
    "trust": ("calls.churn", "trust or hope that is lost"),
    "person": ("calls.churn", "somebody who stood for it and is gone"),
    "answer": ("calls.churn", "a low mark that they gave"),
    "vendor": ("calls.competitor", "another vendor"),
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
    """Whether contract or notice is due soon (120 and 60 days), or the date has just passed."""
    days, notice = (number(sheet, f"account.days_to_{of}") for of in ("renewal", "notice"))
    near = days is not None and -RENEWAL_AFTER <= days <= RENEWAL_WITHIN
    near = near or (notice is not None and 0 <= notice <= NOTICE_WITHIN)
    return near and sheet.has("account.renewal")


def notice(sheet: FactSheet) -> str:
    """The last day of notice, with slots: passed, or ahead; empty where it is not known."""
    days = number(sheet, "account.days_to_notice")
    if days is None or not sheet.has("account.notice"):
        return ""
    if days < 0:
        return "the last day of notice passed {account.days_to_notice:abs} ago"
    return "the last day of notice is {account.notice}, in {account.days_to_notice}"


def is_dormant(sheet: FactSheet) -> bool:
    """Whether nothing has been used and nothing was brought in: known to be zero, not missing."""
    used, brought = number(sheet, "usage.actions"), number(sheet, "conversions.count")
    return used == 0 and not brought and number(sheet, "usage.silent_days") is not None


def watch(sheet: FactSheet) -> str:
    """What must not be overlooked, a line each, with slots; empty where there is nothing."""
    return "\n".join(f"- {line}" for line in _watched(sheet))


def _watched(sheet: FactSheet) -> Iterator[str]:
    if is_renewal_near(sheet):
        yield _renewing(sheet)
    yield from (signal.sentence for signal in open_signals(sheet))
    if sheet.has("calls.said.written.words"):
        yield "They wrote: {calls.said.written.words}."
    if is_dormant(sheet):
        sent = number(sheet, "engagement.sent")
        silent = ", and no message was sent in {period.window}" if sent == 0 else ""
        yield f"Nobody has used a module for {{usage.silent_days}}{silent}."
    if sheet.has("account.champion_left"):
        yield "The champion left on {account.champion_left}, and nobody on record has followed."
    if sheet.has("account.given_back"):
        worth = (
            " ({account.given_back_value} a year)" if sheet.has("account.given_back_value") else ""
        )
        yield f"Given back within a year: {{account.given_back}}{worth}."
    for group in groups(sheet, "hand.note"):
        yield f"Note: {{{group}.words}}"
    if sheet.has("adoption.lost"):
        yield f"Paid for and used before: {lost_modules(sheet)}."


def lost_modules(sheet: FactSheet) -> str:
    """Modules that were used and hardly are, or not at all, each with how it is, with slots."""
    lost = set(text(sheet, "adoption.lost").split(", "))
    told = [
        f"{{{g}.name}} ({{{g}.stage}})"
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.name") in lost and text(sheet, f"{g}.stage") in GONE
    ]
    return ", ".join(told) if len(told) == len(lost) else "{adoption.lost} (hardly used any more)"


def _renewing(sheet: FactSheet) -> str:
    worth = " worth {account.arr} a year" if sheet.has("account.arr") else ""
    if (number(sheet, "account.days_to_renewal") or 0) < 0:
        return f"The contract{worth} was to renew on {{account.renewal}}: did it?"
    said = notice(sheet)
    return (
        f"The contract{worth} renews on {{account.renewal}}, in {{account.days_to_renewal}}"
        f"{f'; {said}' if said else ''}."
    )


@dataclass(frozen=True)
class Signal:
    """What customers said in calls of a quarter that bears on the contract, with slots."""

    of: str
    """What was spoken of, to go on with."""
    calls: str
    """How many calls say it."""
    words: str = ""
    """The newest of the words, where they are on record."""

    @property
    def sentence(self) -> str:
        verb = "were" if self.of.startswith("people") else "was"
        said = f": {self.words}" if self.words else ""
        of = self.of[:1].upper() + self.of[1:]
        return f"{of} {verb} spoken of in {self.calls} of the last quarter{said}."


def open_signals(sheet: FactSheet) -> Iterator[Signal]:
    """Each thing spoken of with its calls; of a kind of which no more is known, all its calls."""
    told = set()
    for about, (kind, of) in _SAID.items():
        fact_id, quote = (f"calls.said.{about}.{part}" for part in ("calls", "words"))
        if number(sheet, kind) and (count := number(sheet, fact_id)):
            told.add(kind)
            yield Signal(of, _calls(fact_id, count), f"{{{quote}}}" if sheet.has(quote) else "")
    for fact_id, of in SIGNALS.items():
        if fact_id not in told and (count := number(sheet, fact_id)):
            yield Signal(of, _calls(fact_id, count))


def _calls(fact_id: str, count: float) -> str:
    return "one call" if count == 1 else f"{{{fact_id}}} calls"


def clear_changes(sheet: FactSheet) -> list[tuple[str, bool]]:
    """What clearly changed, and whether it rose; each measure once, the window before first."""
    found: dict[str, tuple[str, bool]] = {}
    for fact_id, measure, against in VERDICTS:
        said = text(sheet, fact_id)
        if said in (WORDS["rise"], WORDS["fall"]):
            found.setdefault(measure, (measure + against, said == WORDS["rise"]))
    return list(found.values())


def _health(sheet: FactSheet) -> Standing | None:
    if not sheet.has("health.segment"):
        known = sheet.get("health.segment") is not None and sheet.has("account.renewal")
        return Standing("Health", "Not known", "too little is on record") if known else None
    colour = text(sheet, "health.segment")
    tones: dict[str, Tone] = {"Red": "bad", "Yellow": "bad", "Green": "good"}
    return Standing("Health", colour, _health_note(sheet), tones.get(colour, "none"))


def _health_note(sheet: FactSheet) -> str:
    """Why it is so; where a rule or a plan decides, the points do not stand for it."""
    why, held_by = text(sheet, "health.why"), text(sheet, "health.held_by")
    score = f"score {written(sheet['health.score'])}" if sheet.has("health.score") else ""
    if held_by == "the onboarding plan":
        is_kept = number(sheet, "health.score") == _ALL
        plan = "the onboarding plan is kept"
        if not why:
            return plan if is_kept else ""
        return f"{why}; {plan}" if is_kept else f"onboarding plan: {why}"
    if held_by and why and score:
        return f"{why}; this decides, not the {score}"
    return "; ".join(part for part in (score, why) if part)


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
    if days >= 0 and sheet.has("account.days_to_notice"):
        left = written(sheet["account.days_to_notice"], "abs")
        is_over = (number(sheet, "account.days_to_notice") or 0) < 0
        note += f"; last day of notice {f'passed {left} ago' if is_over else f'in {left}'}"
    tone: Tone = "bad" if is_renewal_near(sheet) else "none"
    day, month, year = written(sheet["account.renewal"]).split(" ")
    return Standing("Renewal", f"{day} {month[:3]} {year}", note, tone)


def _changes(sheet: FactSheet) -> Standing | None:
    clear = clear_changes(sheet)
    if not clear:
        return _none_clear(sheet)
    falls, rises = any(not rose for _, rose in clear), any(rose for _, rose in clear)
    value = "▲▼ Mixed" if falls and rises else "▼ Down" if falls else "▲ Up"
    note = ", ".join(f"{'▲' if rose else '▼'} {words}" for words, rose in clear)
    return Standing("Clear changes", value, note, "bad" if falls else "good")


def _none_clear(sheet: FactSheet) -> Standing:
    """None of so many that were compared, or why nothing could be."""
    found = [fact for fact_id, _, _ in VERDICTS if (fact := sheet.get(fact_id)) is not None]
    tested = [fact for fact in found if fact.value in (WORDS["none"], WORDS["too_few"])]
    if tested:
        few = sum(fact.value == WORDS["too_few"] for fact in tested)
        noun = "comparison" if len(tested) == 1 else "comparisons"
        also = f"; too few cases in {_COUNTED[few] if few < len(tested) else 'each'}" if few else ""
        return Standing("Clear changes", "None clear", f"of {_COUNTED[len(tested)]} {noun}{also}")
    why = next((fact.reason for fact in found if fact.reason), "nothing is on record")
    if any(letter.isdigit() for letter in why):  # no figure without its fact
        why = "the data do not reach back far enough"
    return Standing("Clear changes", "Not compared", f"nothing could be compared yet: {why}")


def _use(sheet: FactSheet) -> Iterator[Standing]:
    if sheet.has("adoption.modules", "adoption.adopted"):
        told = f"{written(sheet['adoption.adopted'])} of {written(sheet['adoption.modules'])}"
        yield Standing("Modules adopted", told)
    if sheet.has("adoption.utilisation"):
        seats = f"of {written(sheet['adoption.seats'])} seats"
        yield Standing("Seats in use", written(sheet["adoption.utilisation"]), seats)

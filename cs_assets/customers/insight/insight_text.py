"""The rule-based account summary: what is worth saying of this customer, in slots."""

from cs_assets.facts.model import FactSheet
from cs_assets.statistics.verdict import WORDS


def summary(sheet: FactSheet) -> str:
    """Three to five sentences with slots; only what the sheet has, and what it lacks."""
    parts = [
        _who(sheet),
        _usage(sheet),
        _outcomes(sheet),
        _calls(sheet),
        _leaving(sheet),
        _people(sheet),
        _last_action(sheet),
        _unknown(sheet),
    ]
    return " ".join(part for part in parts if part)


def _who(sheet: FactSheet) -> str:
    worth = "has no known yearly revenue"
    if sheet.has("value.arr"):
        worth = "is worth {value.arr:short} a year"
    elif sheet.has("value.arr_own"):
        worth = "is worth {value.arr_own} a year, for which no exchange rate is known,"
    colour = sheet.get("health.colour")
    health = ""
    if colour is not None and colour.value in ("Red", "Yellow", "Green"):
        health = " and its health is {health.colour} at {health.score} points"
        health += " ({health.override})" if sheet.has("health.override") else ""
    moved = ""
    if (
        sheet.has("segment.previous")
        and sheet["segment.previous"].value != sheet["segment.name"].value
    ):
        moved = " It was {segment.previous} a week before and is {segment.name} now."
    return "{customer.name} " + worth + health + "." + moved


def _usage(sheet: FactSheet) -> str:
    if sheet.has("data.contracts"):
        return "Which modules it has under contract is not on record."
    if sheet.has("data.usage"):
        return "How the product is used cannot be said: {data.usage}."
    if not sheet["adoption.active"].is_number:
        return ""
    if sheet["adoption.active"].number == 0:
        return "No module is under contract."
    if not sheet["adoption.actions"].is_number:
        return ""
    change = sheet["adoption.change"]
    if sheet["adoption.actions"].number == 0 and change.status == "not_applicable":
        return "No use of its modules is on record in the last eight weeks."
    said = _adopted(sheet)
    match _verdict(sheet, "adoption.verdict"):
        case "fall":
            said += ", and key actions clearly fell"
        case "rise":
            said += ", and key actions clearly rose"
        case "none":
            said += ", with no clear change of key actions over four weeks"
    if _verdict(sheet, "adoption.verdict") in ("fall", "rise"):
        by = ", by {adoption.change:abs}," if sheet.has("adoption.change") else ""
        said += by + " against the four weeks before"
    worst = ""
    if sheet.has("adoption.dropped_list"):
        worst = " {adoption.dropped_list} is no longer used."
    elif sheet.has("adoption.collapsed_list"):
        worst = " {adoption.collapsed_list} lost nearly all of its users."
    elif sheet.has("adoption.declining_list"):
        worst = " Use of {adoption.declining_list} is falling."
    elif sheet.has("adoption.not_started_list"):
        worst = " {adoption.not_started_list} has not been started."
    return f"{said}.{worst}"


def _adopted(sheet: FactSheet) -> str:
    active = sheet["adoption.active"].number
    if not sheet["adoption.adopted"].is_number:  # one that was not used lately may have been before
        return "It has " + ("one module" if active == 1 else "{adoption.active} modules")
    adopted = sheet["adoption.adopted"].number
    if active == 1:
        return "Its only module is " + ("adopted" if adopted else "not adopted yet")
    if adopted == 0:
        return "None of its {adoption.active} modules is adopted"
    if adopted == active:
        return (
            "Both modules are adopted"
            if active == 2
            else "All {adoption.active} modules are adopted"
        )
    verb = "is" if adopted == 1 else "are"
    return "{adoption.adopted} of {adoption.active} modules " + verb + " adopted"


def _outcomes(sheet: FactSheet) -> str:
    if sheet.has("data.conversions"):
        return "Results of the four weeks cannot be said: {data.conversions}."
    if not sheet["outcomes.count"].is_number:
        return ""
    if sheet["outcomes.count"].number == 0:
        if _verdict(sheet, "outcomes.count_verdict") is None:  # none in the two years looked at
            return "No conversion is on record."
        return "There were no conversions in four weeks."
    were = (
        "conversion in four weeks was"
        if sheet["outcomes.count"].number == 1
        else ("conversions in four weeks were")
    )
    said = f"{{outcomes.count}} {were} worth {{outcomes.value:short}}"
    value, number = _verdict(sheet, "outcomes.verdict"), _verdict(sheet, "outcomes.count_verdict")
    if value in ("rise", "fall"):
        more = "more" if value == "rise" else "less"
        by = ", by {outcomes.change:abs}," if sheet.has("outcomes.change") else ""
        return f"{said}, clearly {more}{by} than in the four weeks before."
    if number in ("rise", "fall"):
        more = "more" if number == "rise" else "fewer"
        return f"{said}, clearly {more} conversions than in the four weeks before."
    if value == "none" or number == "none":
        return said + ", no clear change on the four weeks before."
    if "too_few" in (value, number):
        return said + ", too few to call a change."
    return said + "."


def _verdict(sheet: FactSheet, fact_id: str) -> str | None:
    """The stored verdict, by its name."""
    fact = sheet.get(fact_id)
    return None if fact is None else next((k for k, v in WORDS.items() if v == fact.value), None)


def _leaving(sheet: FactSheet) -> str:
    if not sheet.has("calls.churn") or not sheet["calls.churn"].number:
        return "They wrote: {said.churn}." if sheet.has("said.churn") else ""
    calls = "call" if sheet["calls.churn"].number == 1 else "calls"
    when = "of the last three months they spoke of leaving or giving back."
    quote = " The newest: {said.churn}." if sheet.has("said.churn") else ""
    return "In {calls.churn} " + f"{calls} {when}{quote}"


def _calls(sheet: FactSheet) -> str:
    if sheet.has("data.calls"):
        return "Calls of the four weeks are not complete: {data.calls}."
    calls = sheet["calls.count"].number
    if not calls:
        return "No call was recorded in four weeks."
    if not sheet.has("calls.negative"):
        one = "the one recorded call" if calls == 1 else "the {calls.count} recorded calls"
        return f"The tone of {one} has not been judged."
    if sheet["calls.judged"].number < calls:
        some = "Of the calls that could be judged, {calls.judged} of {calls.count}, "
        none = not sheet["calls.negative"].number
        return some + ("none" if none else "{calls.negative}") + " turned negative."
    if not sheet["calls.negative"].number:
        if calls == 1:
            return "The one recorded call was not negative."
        return "None of the {calls.count} recorded calls was negative."
    if calls == 1:
        return "The one recorded call turned negative."
    return "Of {calls.count} recorded calls {calls.negative} turned negative."


def _people(sheet: FactSheet) -> str:
    """Low use of seats and a champion who is gone: what no other sentence says."""
    said = []
    if sheet.has("adoption.seats_used") and 0 < sheet["adoption.seats_used"].number <= _LOW_USE:
        said.append("In four weeks a mean of {adoption.seats_used} of its seats was in use.")
    if sheet.has("people.champion_left"):
        said.append("Its champion left on {people.champion_left} and nobody has followed.")
    return " ".join(said)


#: Share of seats, in percent, up to which it is told.
_LOW_USE = 25


def _last_action(sheet: FactSheet) -> str:
    return "Of the advice before: {action.last}." if sheet.has("action.last") else ""


def _unknown(sheet: FactSheet) -> str:
    if sheet["health.colour"].value == "Unknown":
        return "Too little is known for a health score: {health.coverage} of its weight has data."
    return ""

"""Headline and summary by rule: what happened, what changed, what to do. Read alone."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import LOWEST, TOP
from cs_assets.reviews.facts.groups import number, text
from cs_assets.reviews.writing.lead import lead
from cs_assets.reviews.writing.performance import standing_out
from cs_assets.reviews.writing.standing import is_dormant, lost_modules
from cs_assets.reviews.writing.trend_statement import (
    YEAR,
    clear_statement,
    large_unproven_move,
    open_rate_statement,
    usage_statement,
)
from cs_assets.reviews.writing.value import modules_in_use

#: Percent of seats in use below which that is news, and from which it is.
_FEW_SEATS, _MANY_SEATS = 50.0, 80.0
_MOST_LINES = 4


def headline(sheet: FactSheet) -> str:
    """One sentence that is the message of the report: the strongest that the facts carry.

    It begins with health or contract where those are in danger (``lead``), and then is short on
    results, of which the summary tells the rest.
    """
    said, short = results(sheet), _briefly(sheet)
    is_calm = not short or not sheet.has("conversions.count")
    if first := lead(sheet, is_calm=is_calm):
        return f"{first}; {_within(short or _counted_briefly(sheet))}"
    return said


def results(sheet: FactSheet) -> str:
    """The strongest statement on results and use."""
    if sheet.has("data.conversions"):
        return "Conversions of {period.window} are not all there: {data.conversions}"
    if not sheet.has("conversions.count"):
        if sheet.has("data.conversions_begin"):
            return "No conversion is on record: {data.conversions_begin}"
        return "No conversion has been recorded yet"
    if not number(sheet, "conversions.count"):
        return _without_conversions(sheet)
    if clear := clear_statement(sheet):
        return clear
    if rate := open_rate_statement(sheet):
        return f"{rate}; conversions show no clear change"
    if moved := usage_statement(sheet):
        return moved + _falling_module(sheet)
    return _without_evidence(sheet) + _falling_use(sheet)


def _briefly(sheet: FactSheet) -> str:
    """What is clear about results or use, without its figures beside; empty where nothing is."""
    if sheet.has("data.conversions") or not number(sheet, "conversions.count"):
        return results(sheet)
    if clear := clear_statement(sheet):
        return clear.partition(";")[0]
    if rate := open_rate_statement(sheet):
        return rate.partition(":")[0].partition(" in each of")[0]
    return usage_statement(sheet).partition(",")[0]


def _counted_briefly(sheet: FactSheet) -> str:
    if moved := large_unproven_move(sheet):
        return moved
    known = sheet.has("conversions.value_change")
    end = "with no clear change" if known else "too few to call a trend"
    return f"{{conversions.count}} conversions worth {{conversions.value}}, {end}"


def _within(sentence: str) -> str:
    """A sentence as it goes on after other words."""
    return sentence[:1].lower() + sentence[1:]


def _without_evidence(sheet: FactSheet) -> str:
    if not sheet.has("conversions.value_change"):
        return "{conversions.count} conversions worth {conversions.value}: too few to call a trend"
    if moved := large_unproven_move(sheet):
        return moved
    year = f" or on {YEAR.words}" if sheet.has("conversions.value_year_change") else ""
    said = "{conversions.count} conversions worth {conversions.value}"
    if place := _place_in_value(sheet):
        return f"{said}; no clear change on {{period.window_before}}{year}; {place}"
    return f"{said}; no clear change on {{period.window_before}}{year}"


def _place_in_value(sheet: FactSheet) -> str:
    """Where the value stands among peers, over as long as they were observed; if it stands out."""
    metric = "benchmark.conversion_value_per_week"
    if text(sheet, f"{metric}.position") not in (LOWEST, TOP):
        return ""
    return f"over {{{metric}.length}} {{{metric}.position}} of the peers"


def _falling_module(sheet: FactSheet) -> str:
    if sheet.has("adoption.lost"):
        return f"; lost: {lost_modules(sheet)}"
    return ""


def _falling_use(sheet: FactSheet) -> str:
    """Where nothing is clear about results, use that falls, or hardly is, is the news."""
    if lost := _falling_module(sheet):
        return lost
    if number(sheet, "adoption.declining"):
        return "; {adoption.declining} of {adoption.modules} modules in decline"
    used = number(sheet, "adoption.utilisation")
    if used is not None and used < _FEW_SEATS and sheet.has("adoption.seats"):
        few = "{adoption.utilisation}" if used else "none"
        return f"; {few} of {{adoption.seats}} seats in use"
    return ""


def _without_conversions(sheet: FactSheet) -> str:
    if text(sheet, "conversions.verdict_change") == "a clear fall":
        return (
            "No conversion in {period.window}, a clear fall from {conversions.count_prior} in "
            "{period.window_before}"
        )
    if YEAR.verdict(sheet) == "down":
        return (
            "No conversions in {period.window}, a clear fall from {conversions.count_year_ago} "
            "worth {conversions.value_year_ago} a year earlier"
        )
    said = "No conversions in {period.window}"
    if is_dormant(sheet):
        return f"{said}, and no module used for {{usage.silent_days}}"
    return said + _falling_use(sheet)


def summary(sheet: FactSheet) -> str:
    """Up to four lines: outcome, peers, use; what the headline or the table says is not repeated.

    What to do stands beside, from the advice itself.
    """
    told = (_shortened(sheet), _outcome(sheet), _peers(sheet), _use(sheet))
    lines = [line for line in told if line][:_MOST_LINES]
    return "\n".join(f"- {line}" for line in lines or [_seats(sheet) or _counted(sheet)] if line)


def _shortened(sheet: FactSheet) -> str:
    """What the headline had no room for."""
    said = results(sheet)
    is_told = said == headline(sheet) or not _briefly(sheet) or said == _briefly(sheet)
    return "" if is_told else f"{said}."


def _outcome(sheet: FactSheet) -> str:
    if sheet.has("data.conversions"):
        return "Results of {period.window} cannot be told: {data.conversions}."
    if not sheet.has("conversions.count"):
        return ""  # the headline says that nothing is on record
    if not number(sheet, "conversions.count"):
        return _none_and_before(sheet)
    if not number(sheet, "conversions.value"):
        return "{conversions.count} conversions without a value in {period.window}."
    said = headline(sheet) + _shortened(sheet)
    known = "{conversions.value}" in said or "{conversions.count}" in said
    return "" if known else _counted(sheet)


def _none_and_before(sheet: FactSheet) -> str:
    """Of no conversion, what there was before; the headline says that there is none."""
    if not number(sheet, "conversions.count_year_ago") or YEAR.verdict(sheet) == "down":
        return ""
    return (
        "A year earlier there were {conversions.count_year_ago} conversions worth "
        "{conversions.value_year_ago}."
    )


def _counted(sheet: FactSheet) -> str:
    if not sheet.has("conversions.count", "conversions.value"):
        return ""
    noun = "conversion" if number(sheet, "conversions.count") == 1 else "conversions"
    return f"{{conversions.count}} {noun} worth {{conversions.value}} in {{period.window}}."


def _peers(sheet: FactSheet) -> str:
    """A channel that stands out beside those who use it; a pooled rate would tell the mix."""
    if clear_statement(sheet) and (opens := open_rate_statement(sheet)):
        return f"{opens}."  # the headline is another one
    if group := standing_out(sheet):
        return (
            f"In {{{group}.name}} {{{group}.open_rate}} of the messages are opened, "
            f"{{{group}.open_rate_position}} of {{{group}.peers}} customers who use it (median "
            f"{{{group}.open_rate_median}})."
        )
    prefix = "benchmark.conversion_value_per_week"
    stands_out = text(sheet, f"{prefix}.position") in (LOWEST, TOP)
    if not sheet.has(f"{prefix}.own") or not stands_out:
        return ""
    return (
        f"Conversion value a week over {{{prefix}.length}} of {{{prefix}.own}} is "
        f"{{{prefix}.position}} of {{{prefix}.peers}} peers (in the group "
        f'"{{{prefix}.group}}", median {{{prefix}.median}}).'
    )


def _use(sheet: FactSheet) -> str:
    if sheet.has("data.usage"):
        return "How the modules are used cannot be told: {data.usage}."
    if not number(sheet, "adoption.modules") or not sheet.has(
        "adoption.utilisation", "adoption.adopted"
    ):
        return _no_use_on_record(sheet)
    used = number(sheet, "adoption.utilisation") or 0.0
    fell = _clear_use(sheet)
    all_in_use = number(sheet, "adoption.adopted") == number(sheet, "adoption.modules")
    if all_in_use and _FEW_SEATS <= used < _MANY_SEATS:
        return fell
    if all_in_use:
        few = "All modules are adopted, and yet only " if 0 < used < _FEW_SEATS else ""
        return f"{fell} {few}{_seats(sheet)}".strip()
    if "adoption.utilisation" in headline(sheet):
        return f"{fell} {modules_in_use(sheet)}.".strip()
    return f"{fell} {modules_in_use(sheet)}; {_within(_seats(sheet))}".strip()


def _seats(sheet: FactSheet) -> str:
    if not sheet.has("adoption.utilisation", "adoption.seats"):
        return ""
    if not number(sheet, "adoption.utilisation"):
        return "None of {adoption.seats} seats was in use."
    return "{adoption.utilisation} of {adoption.seats} seats were in use."


def _clear_use(sheet: FactSheet) -> str:
    """A clear change of use; not where the headline says it."""
    said = usage_statement(sheet)
    return "" if not said or results(sheet).startswith(said) else f"{said}."


def _no_use_on_record(sheet: FactSheet) -> str:
    fact = sheet.get("usage.actions")
    if fact is None or fact.status != "no_data" or not number(sheet, "adoption.modules"):
        return ""
    return "No use of the modules is on record."

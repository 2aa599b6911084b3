"""Headline and summary by rule: what happened, what changed, what to do. Read alone."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, largest, number, text
from cs_assets.reviews.writing.trend_statement import (
    YEAR,
    clear_statement,
    large_unproven_move,
    open_rate_statement,
)
from cs_assets.reviews.writing.value import modules_in_use


def headline(sheet: FactSheet) -> str:
    """One sentence that is the message of the report: the strongest that the facts carry."""
    if sheet.has("data.conversions"):
        return "Conversions of {period.window} are not all there: {data.conversions}"
    if not sheet.has("conversions.count"):
        return "No conversion has been recorded yet"
    if not number(sheet, "conversions.count"):
        return _without_conversions(sheet)
    if clear := clear_statement(sheet):
        return clear
    if rate := open_rate_statement(sheet):
        return f"{rate}; conversions show no clear change"
    return _without_evidence(sheet) + _falling_use(sheet)


def _without_evidence(sheet: FactSheet) -> str:
    if not sheet.has("conversions.value_change"):
        return "{conversions.count} conversions worth {conversions.value}: too few to call a trend"
    if moved := large_unproven_move(sheet):
        return moved
    year = f" or on {YEAR.words}" if sheet.has("conversions.value_year_change") else ""
    return (
        "Conversion value of {conversions.value}; no clear change on {period.window_before}" + year
    )


def _falling_use(sheet: FactSheet) -> str:
    """Where nothing is clear about results, use that falls is the news."""
    if sheet.has("adoption.lost"):
        return "; {adoption.lost}: hardly used any more"
    if not number(sheet, "adoption.declining"):
        return ""
    return "; {adoption.declining} of {adoption.modules} modules in decline"


def _without_conversions(sheet: FactSheet) -> str:
    if text(sheet, "conversions.verdict_change") == "a clear fall":
        return (
            "No conversion in {period.window}, a clear fall from {conversions.count_prior} in "
            "{period.window_before}"
        )
    return "No conversions in {period.window}"


def summary(sheet: FactSheet) -> str:
    """Up to three lines: outcome, peers, use. What to do stands beside, from the advice itself."""
    lines = [_outcome(sheet), _peers(sheet), _use(sheet)]
    return "\n".join(f"- {line}" for line in lines if line)


def _outcome(sheet: FactSheet) -> str:
    if sheet.has("data.conversions"):
        return "Results of {period.window} cannot be told: {data.conversions}."
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return "No conversion value was recorded in {period.window}."
    top = ranked[0]
    part = (
        f"{{{top}.name}} brought {{{top}.share}} of the value"
        if sheet.has(f"{top}.share")
        else f"most of the value came through {{{top}.name}}"
    )
    noun = "conversion" if number(sheet, "conversions.count") == 1 else "conversions"
    return f"{{conversions.count}} {noun} worth {{conversions.value}} in {{period.window}}; {part}."


def _peers(sheet: FactSheet) -> str:
    """The channel with most messages beside those who use it; a pooled rate would tell the mix."""
    for group in groups(sheet, "engagement.channel"):
        if sheet.has(f"{group}.open_rate", f"{group}.open_rate_position"):
            return (
                f"In {{{group}.name}} {{{group}.open_rate}} of the messages are opened, "
                f"{{{group}.open_rate_position}} of {{{group}.peers}} customers who use it (median "
                f"{{{group}.open_rate_median}})."
            )
    prefix = "benchmark.conversion_value_per_week"
    if not sheet.has(f"{prefix}.own", f"{prefix}.position"):
        return ""
    return (
        f"Conversion value a week over {{{prefix}.length}} of {{{prefix}.own}} is "
        f"{{{prefix}.position}} of {{{prefix}.peers}} peers in {{{prefix}.group}} "
        f"(median {{{prefix}.median}})."
    )


def _use(sheet: FactSheet) -> str:
    if sheet.has("data.usage"):
        return "How the modules are used cannot be told: {data.usage}."
    if not number(sheet, "adoption.modules") or not sheet.has(
        "adoption.utilisation", "adoption.adopted"
    ):
        return ""
    return (
        f"{modules_in_use(sheet)}; {{adoption.utilisation}} of {{adoption.seats}} seats were in "
        "use."
    )

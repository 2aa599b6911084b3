"""Headline and summary by rule: what happened, what changed, what to do. Read alone."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.playbook import plays
from cs_assets.reviews.ranked import largest, number, text


def headline(sheet: FactSheet) -> str:
    """One sentence that is the message of the report."""
    if not number(sheet, "conversions.count"):
        return "No conversions in {period.window}"
    change = number(sheet, "conversions.value_change")
    verdict = text(sheet, "conversions.verdict_change")
    if change is None:
        return "{conversions.count} conversions worth {conversions.value}: too few to call a trend"
    if verdict == "no clear change":
        return "Conversion value of {conversions.value}; no clear change on {period.window_before}"
    if change >= 0:
        return "Conversion value up {conversions.value_change:abs} to {conversions.value}"
    return "Conversion value down {conversions.value_change:abs} to {conversions.value}"


def summary(sheet: FactSheet, minimum: int, maximum: int) -> str:
    """Three to five lines: outcome, peers, use, ask."""
    lines = [_outcome(sheet), _peers(sheet), _use(sheet), _ask(sheet, minimum, maximum)]
    return "\n".join(f"- {line}" for line in lines if line)


def _outcome(sheet: FactSheet) -> str:
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return "No conversion value was recorded in {period.window}."
    top = ranked[0]
    return (
        "{conversions.count} conversions worth {conversions.value} in {period.window}; "
        f"{{{top}.name}} brought {{{top}.share}} of the value."
    )


def _peers(sheet: FactSheet) -> str:
    for metric in ("open_rate", "conversion_value_per_week", "click_rate"):
        place = text(sheet, f"benchmark.{metric}.position")
        own = {"open_rate": "engagement.open_rate", "click_rate": "engagement.click_rate"}.get(
            metric, "conversions.value_per_week"
        )
        if place and sheet.has(own):
            label = {
                "open_rate": "The open rate",
                "click_rate": "The click rate",
                "conversion_value_per_week": "Conversion value a week",
            }[metric]
            return (
                f"{label} of {{{own}}} is {{benchmark.{metric}.position}} of "
                f"{{benchmark.{metric}.peers}} peers (median {{benchmark.{metric}.median}})."
            )
    return ""


def _use(sheet: FactSheet) -> str:
    if not number(sheet, "adoption.modules") or not sheet.has("adoption.utilisation"):
        return ""
    return (
        "{adoption.adopted} of {adoption.modules} modules are adopted; {adoption.utilisation} of "
        "{adoption.seats} seats were in use."
    )


def _ask(sheet: FactSheet, minimum: int, maximum: int) -> str:
    first = plays(sheet, minimum, maximum)[:1]
    return f"Next step: {first[0].title[0].lower()}{first[0].title[1:]}." if first else ""

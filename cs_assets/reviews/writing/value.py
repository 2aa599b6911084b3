"""The section "Business Value" by rule: where value comes from, what is in use, what is agreed."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import group_named, groups, largest, number, text
from cs_assets.reviews.writing.trend_statement import is_clear_fall
from cs_assets.statistics.verdict import WORDS


def business_value(sheet: FactSheet) -> str:
    """The section as text with slots."""
    parts = (
        _channels(sheet),
        _attribution(sheet),
        _adoption(sheet),
        _goal(sheet),
        _standing(sheet),
    )
    return "\n\n".join(part for part in parts if part)


def _channels(sheet: FactSheet) -> str:
    if sheet.has("data.conversions"):
        return "Where value comes from cannot be told: {data.conversions}."
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return "No channel brought conversion value in {period.window}."
    top = ranked[0]
    if len(ranked) == 1:
        return f"All conversion value came through one channel, {{{top}.name}}: {{{top}.value}}."
    second = ranked[1]
    if sheet.has(f"{top}.share"):
        said = (
            f"{{{top}.name}} brought {{{top}.value}}, {{{top}.share}} of the conversion value, "
            f"ahead of {{{second}.name}} with {{{second}.value}} ({{{second}.share}})."
        )
    else:
        said = (
            f"{{{top}.name}} brought {{{top}.value}}, ahead of {{{second}.name}} with "
            f"{{{second}.value}}; too few conversions for shares."
        )
    sentences = [said]
    sentences += _picked(sheet)
    if sheet.has("conversions.average"):
        sentences.append("A conversion was worth {conversions.average} on average.")
    regions = largest(sheet, "conversions.region", "value")
    if len(regions) > 1:
        sentences.append(
            f"By region {{{regions[0]}.name}} leads with {{{regions[0]}.value}}, then "
            f"{{{regions[1]}.name}} with {{{regions[1]}.value}}."
        )
    return " ".join(sentences)


def _picked(sheet: FactSheet) -> list[str]:
    """The channel whose value moved most, with the verdict on it as the one that was picked."""
    for group in groups(sheet, "conversions.channel"):
        verdict = text(sheet, f"{group}.verdict_picked")
        if not verdict or not sheet.has(f"{group}.value", f"{group}.value_prior"):
            continue
        moved = sheet[f"{group}.value"].number - sheet[f"{group}.value_prior"].number
        if not moved:
            return []
        word, clear = ("gained most", "rise") if moved > 0 else ("lost most", "fall")
        noun = "conversion" if number(sheet, f"{group}.count") == 1 else "conversions"
        said = (
            f"{{{group}.name}} {word} against {{period.window_before}}: {{{group}.value}} from "
            f"{{{group}.count}} {noun} after {{{group}.value_prior}} from {{{group}.count_prior}}"
        )
        if verdict == WORDS[clear]:
            return [said + f", {{{group}.verdict_picked}} even for the channel that moved most."]
        return [said + ", which may be chance."]
    return []


def _attribution(sheet: FactSheet) -> str:
    if sheet.has("data.touchpoints"):
        return "Which touchpoints earn credit cannot be told: {data.touchpoints}."
    ranked = largest(sheet, "attribution.channel", "revenue")
    if not ranked:
        return "No touchpoint was credited with revenue in {period.window}."
    top = ranked[0]
    share = f"the largest share with {{{top}.share}}" if sheet.has(f"{top}.share") else "most of it"
    noun = "touchpoint was" if number(sheet, "attribution.touchpoints") == 1 else "touchpoints were"
    said = (
        f"{{attribution.touchpoints}} {noun} credited with {{attribution.revenue}}; "
        f"{{{top}.name}} holds {share}."
    )
    closing = largest(sheet, "conversions.channel", "value")
    if closing and text(sheet, f"{closing[0]}.name") != text(sheet, f"{top}.name"):
        said += (
            f" The largest share of value closes in {{{closing[0]}.name}} instead: {{{top}.name}} "
            "may prepare decisions that are made elsewhere."
        )
    return said


def _adoption(sheet: FactSheet) -> str:
    if sheet.has("data.usage"):
        return "How the modules are used cannot be told: {data.usage}."
    if not sheet.has("adoption.modules", "adoption.adopted") or not number(
        sheet, "adoption.modules"
    ):
        return ""
    said = modules_in_use(sheet)
    if sheet.has("adoption.utilisation"):
        said += "; {adoption.utilisation} of {adoption.seats} seats were in use in the week"
    lagging = [
        group
        for group in groups(sheet, "adoption.module")
        if text(sheet, f"{group}.stage") not in ("", "adopted")
    ]
    if not lagging:
        return f"{said}. Every module is where it should be."
    named = ", ".join(f"{{{g}.name}} is {{{g}.stage}}" for g in lagging[:3])
    said = f"{said}. Not where it should be: {named}."
    falling = [g for g in lagging if text(sheet, f"{g}.stage") in ("in decline", "no longer used")]
    if falling and is_clear_fall(sheet):
        said += " At the same time conversions clearly fell."
    return said


def modules_in_use(sheet: FactSheet) -> str:
    """How many of the contracted modules are adopted, in decline and no longer used."""
    verb = "is" if number(sheet, "adoption.adopted") == 1 else "are"
    said = f"{{adoption.adopted}} of {{adoption.modules}} contracted modules {verb} adopted"
    for stage, words in (("declining", "in decline"), ("dropped", "no longer used")):
        if number(sheet, f"adoption.{stage}"):
            verb = "is" if number(sheet, f"adoption.{stage}") == 1 else "are"
            said += f", {{adoption.{stage}}} {verb} {words}"
    return said


def _goal(sheet: FactSheet) -> str:
    if sheet.has("customer.goal"):
        return 'The goal agreed is "{customer.goal}".' + _what_serves(sheet)
    return "No goal is on record. Without one this review can show change, but not success."


def _what_serves(sheet: FactSheet) -> str:
    """How the module stands that the goal is about; no figure here measures the goal itself."""
    group = group_named(sheet, "adoption.module", text(sheet, "goal.module"))
    if group is None or not sheet.has(f"{group}.stage", f"{group}.users"):
        return " No figure in this review measures it yet."
    return (
        f" It rests on {{{group}.name}}: {{{group}.stage}}, {{{group}.users}} of "
        f"{{{group}.seats}} seats in use; no figure in this review measures the goal itself yet."
    )


def _standing(sheet: FactSheet) -> str:
    """For internal readers: the facts are not in the customer's sheet at all."""
    sentences = []
    if sheet.has("health.segment"):
        sentences.append(
            "Health is {health.segment}"
            + (" with a score of {health.score}." if sheet.has("health.score") else ".")
        )
    if sheet.has("data.calls"):
        sentences.append("Calls cannot be told of: {data.calls}.")
    elif number(sheet, "calls.held"):
        sentences.append(_calls(sheet))
    days = number(sheet, "account.days_to_renewal")
    if days is not None and days >= 0 and sheet.has("account.renewal"):
        sentences.append("The contract renews on {account.renewal}, in {account.days_to_renewal}.")
    return "Internal: " + " ".join(sentences) if sentences else ""


def _calls(sheet: FactSheet) -> str:
    if not number(sheet, "calls.judged"):
        return "The tone of the calls, {calls.held} in four weeks, has not been judged."
    tone = "Calls with a negative tone on the customer's side: {calls.negative} of {calls.judged}"
    if number(sheet, "calls.held") != number(sheet, "calls.judged"):
        return f"{tone} that could be judged; {{calls.held}} took place."
    return f"{tone}."

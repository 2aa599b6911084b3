"""The section "Business Value" by rule: where value comes from, what is in use, what is agreed."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import group_named, groups, largest, number, text
from cs_assets.reviews.writing.trend_statement import is_clear_fall
from cs_assets.statistics.verdict import WORDS

#: Points of share within which two channels bring nearly the same, and percent from which one
#: carries the value, or two nearly all of it.
_ALIKE, _CARRIES, _NEARLY_ALL = 8.0, 65.0, 90.0
#: Percent of a module's seats in use below which few are, and from which many are.
_FEW_SEATS, _MANY_SEATS = 50.0, 75.0
#: Stages of a module whose use falls or is over.
FALLING = ("in decline", "hardly used any more", "no longer used")
#: Touchpoints from which it is told where credit goes.
LEAST_TOUCHPOINTS = 12
#: Calls of a negative tone from which the tone is told apart from the advice.
_SEVERAL = 2


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
    if not ranked and not sheet.has("conversions.count"):
        return "Where value comes from cannot be told: no conversion is on record."
    if not ranked:
        return "No channel brought conversion value in {period.window}."
    top = ranked[0]
    if len(ranked) == 1:
        return f"All conversion value came through one channel, {{{top}.name}}: {{{top}.value}}."
    return " ".join([_leading(sheet, top, ranked[1], len(ranked)), *_picked(sheet)])


def _leading(sheet: FactSheet, top: str, second: str, channels: int) -> str:
    """How the value is spread: one carries it, two share it, or one leads several."""
    if not sheet.has(f"{top}.share", f"{second}.share"):
        return (
            f"{{{top}.name}} brought {{{top}.value}}, ahead of {{{second}.name}} with "
            f"{{{second}.value}}; too few conversions for shares."
        )
    first, next_ = (number(sheet, f"{g}.share") or 0.0 for g in (top, second))
    if first - next_ <= _ALIKE:
        return (
            f"{{{top}.name}} ({{{top}.value}}) and {{{second}.name}} ({{{second}.value}}) bring "
            "nearly the same"
            + (f", together {_rest(first + next_)} of the value." if channels > 2 else ".")
        )
    if first >= _CARRIES:
        return (
            f"{{{top}.name}} carries {{{top}.share}} of the conversion value, {{{top}.value}}; "
            f"{{{second}.name}} follows with {{{second}.share}}."
        )
    if channels == 2:
        return (
            f"The value is split between {{{top}.name}} with {{{top}.value}} ({{{top}.share}}) and "
            f"{{{second}.name}} with {{{second}.value}}."
        )
    return (
        f"{{{top}.name}} leads with {{{top}.value}}, {{{top}.share}} of the conversion value, "
        f"before {{{second}.name}} with {{{second}.value}} ({{{second}.share}})."
    )


def _rest(percent: float) -> str:
    return "nearly all" if percent >= _NEARLY_ALL else "most"


def _picked(sheet: FactSheet) -> list[str]:
    """The channel whose value moved most, where that is clear even for one that was picked."""
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
    return []


def _attribution(sheet: FactSheet) -> str:
    if sheet.has("data.touchpoints"):
        return "Which touchpoints earn credit cannot be told: {data.touchpoints}."
    ranked = largest(sheet, "attribution.channel", "revenue")
    if not ranked and not sheet.has("attribution.touchpoints"):
        return ""  # none is on record, which is no zero
    if not ranked:
        return "No touchpoint was credited with revenue in {period.window}."
    top, closing = ranked[0], largest(sheet, "conversions.channel", "value")
    if not closing or text(sheet, f"{closing[0]}.name") == text(sheet, f"{top}.name"):
        return ""
    if (number(sheet, "attribution.touchpoints") or 0) < LEAST_TOUCHPOINTS:
        return ""  # a handful tells no preparing from chance
    share = f" {{{top}.share}}" if sheet.has(f"{top}.share") else " most"
    return (
        f"Of {{attribution.revenue}} credited to {{attribution.touchpoints}} touchpoints"
        f"{share} went to {{{top}.name}}, while the largest part of the value closes in "
        f"{{{closing[0]}.name}}: "
        f"{{{top}.name}} may prepare decisions that are made elsewhere."
    )


def _adoption(sheet: FactSheet) -> str:
    if sheet.has("data.usage"):
        return "How the modules are used cannot be told: {data.usage}."
    if not sheet.has("adoption.modules", "adoption.adopted") or not number(
        sheet, "adoption.modules"
    ):
        return ""
    lagging = [
        group
        for group in groups(sheet, "adoption.module")
        if text(sheet, f"{group}.stage") not in ("", "adopted")
    ]
    if not lagging:
        return ""
    named = ", ".join(f"{{{g}.name}} is {{{g}.stage}}" for g in lagging[:3])
    # Page one counts the modules, where the seats in use are known.
    counted = "" if sheet.has("adoption.utilisation") else f"{modules_in_use(sheet)}; "
    is_only = bool(counted) and number(sheet, "adoption.modules") == 1
    said = f"{modules_in_use(sheet)}." if is_only else f"{counted}{named}."
    falling = [g for g in lagging if text(sheet, f"{g}.stage") in FALLING]
    if falling and is_clear_fall(sheet):
        said += " At the same time conversions clearly fell."
    return said


def modules_in_use(sheet: FactSheet) -> str:
    """How many of the contracted modules are adopted, in decline and no longer used."""
    if number(sheet, "adoption.modules") == 1:
        stage = next((g for g in groups(sheet, "adoption.module") if sheet.has(f"{g}.stage")), "")
        return f"Its only module, {{{stage}.name}}, is {{{stage}.stage}}" if stage else ""
    verb = "is" if number(sheet, "adoption.adopted") == 1 else "are"
    adopted = number(sheet, "adoption.adopted")
    how_many, verb = ("{adoption.adopted}", verb) if adopted else ("None", "is")
    said = f"{how_many} of {{adoption.modules}} contracted modules {verb} adopted"
    for stage, words in (("declining", "in decline"), ("dropped", "no longer used")):
        if stage == "declining" and _has_collapsed(sheet):
            words = "in decline or hardly used any more"
        if number(sheet, f"adoption.{stage}"):
            verb = "is" if number(sheet, f"adoption.{stage}") == 1 else "are"
            said += f", {{adoption.{stage}}} {verb} {words}"
    return said


def _has_collapsed(sheet: FactSheet) -> bool:
    modules = groups(sheet, "adoption.module")
    return any(text(sheet, f"{group}.stage") == "hardly used any more" for group in modules)


def _goal(sheet: FactSheet) -> str:
    """The goal, and how the module stands that it is about; no figure here measures it itself."""
    if not sheet.has("customer.goal"):
        return "No goal is on record, so this review can show change, but not success."
    group = group_named(sheet, "adoption.module", text(sheet, "goal.module"))
    if group is None or not sheet.has(f"{group}.stage", f"{group}.users"):
        return 'No figure in this review measures the goal agreed yet, "{customer.goal}".'
    used = number(sheet, f"{group}.utilisation")
    seats = f"{{{group}.users}} of {{{group}.seats}} seats"
    if used is not None and used < _FEW_SEATS:
        few = f"only {seats} are in use" if used else f"none of {{{group}.seats}} seats is in use"
        return (
            f'The goal agreed, "{{customer.goal}}", needs {{{group}.name}} ({{{group}.stage}}), '
            f"where {few}."
        )
    if used is not None and used >= _MANY_SEATS:
        return (
            f'For the goal agreed, "{{customer.goal}}", {{{group}.name}} is in place, with {seats} '
            "in use; what is missing is a figure that measures it."
        )
    return (
        f'The goal agreed, "{{customer.goal}}", rests on {{{group}.name}} ({{{group}.stage}}, '
        f"{seats} in use); no figure measures it itself yet."
    )


def _standing(sheet: FactSheet) -> str:
    """For internal readers, beside the health of page one; not in the customer's sheet at all."""
    sentences = []
    if sheet.has("data.calls"):
        sentences.append("Calls cannot be told of: {data.calls}.")
    elif number(sheet, "calls.held"):
        sentences.append(_calls(sheet))
    told = " ".join(sentence for sentence in sentences if sentence)
    return f"Internal: {told}" if told else ""


def _calls(sheet: FactSheet) -> str:
    if not number(sheet, "calls.judged"):
        return "The tone of the calls, {calls.held} in four weeks, has not been judged."
    bad = number(sheet, "calls.negative") or 0
    if bad < _SEVERAL or bad != number(sheet, "calls.judged"):
        return ""  # the advice is about the others, with their number
    tone = "Calls with a negative tone on the customer's side: {calls.negative} of {calls.judged}"
    if number(sheet, "calls.held") != number(sheet, "calls.judged"):
        return f"{tone} that could be judged; {{calls.held}} took place."
    return f"{tone}."

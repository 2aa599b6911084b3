"""The section "Business Value" by rule: where value comes from, what is in use, what is agreed."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.ranked import groups, largest, number, text


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
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return "No channel brought conversion value in {period.window}."
    top = ranked[0]
    if len(ranked) == 1:
        return f"All conversion value came through one channel, {{{top}.name}}: {{{top}.value}}."
    second = ranked[1]
    sentences = [
        f"{{{top}.name}} brought {{{top}.value}}, {{{top}.share}} of the conversion value, ahead "
        f"of {{{second}.name}} with {{{second}.value}} ({{{second}.share}})."
    ]
    moved = _largest_move(sheet)
    if moved:
        group, gained = moved
        word = "gained most" if gained else "lost most"
        noun = "conversion" if number(sheet, f"{group}.count") == 1 else "conversions"
        sentences.append(
            f"{{{group}.name}} {word} against {{period.window_before}}: {{{group}.value}} after "
            f"{{{group}.value_prior}}, from {{{group}.count}} {noun}."
        )
    if sheet.has("conversions.average"):
        sentences.append("A conversion was worth {conversions.average} on average.")
    return " ".join(sentences)


def _largest_move(sheet: FactSheet) -> tuple[str, bool] | None:
    moves = []
    for group in groups(sheet, "conversions.channel"):
        now, then = number(sheet, f"{group}.value"), number(sheet, f"{group}.value_prior")
        if now is not None and then is not None and now != then:
            moves.append((abs(now - then), group, now > then))
    if not moves:
        return None
    _, group, gained = max(moves, key=lambda move: (move[0], move[1]))
    return group, gained


def _attribution(sheet: FactSheet) -> str:
    ranked = largest(sheet, "attribution.channel", "revenue")
    if not ranked:
        return "No touchpoint was credited with revenue in {period.window}."
    top = ranked[0]
    said = (
        "{attribution.touchpoints} touchpoints were credited with {attribution.revenue}; "
        f"{{{top}.name}} holds the largest share with {{{top}.share}}."
    )
    closing = largest(sheet, "conversions.channel", "value")
    if closing and text(sheet, f"{closing[0]}.name") != text(sheet, f"{top}.name"):
        said += (
            f" Most value closes in {{{closing[0]}.name}} instead: {{{top}.name}} may prepare "
            "decisions that are made elsewhere."
        )
    return said


def _adoption(sheet: FactSheet) -> str:
    if not sheet.has("adoption.modules", "adoption.adopted") or not number(
        sheet, "adoption.modules"
    ):
        return ""
    said = "{adoption.adopted} of {adoption.modules} contracted modules are adopted"
    if sheet.has("adoption.utilisation"):
        said += ", and {adoption.utilisation} of {adoption.seats} seats were in use in the week"
    lagging = [
        group
        for group in groups(sheet, "adoption.module")
        if text(sheet, f"{group}.stage") not in ("", "adopted")
    ]
    if lagging:
        named = "; ".join(f"{{{g}.name}} is {{{g}.stage}}" for g in lagging[:3])
        return f"{said}. Not yet where it should be: {named}."
    return f"{said}. Every module is where it should be."


def _goal(sheet: FactSheet) -> str:
    if sheet.has("customer.goal"):
        return 'The goal agreed is "{customer.goal}".'
    return "No goal is on record. Without one this review can show change, but not success."


def _standing(sheet: FactSheet) -> str:
    """For internal readers: the facts are not in the customer's sheet at all."""
    sentences = []
    if sheet.has("health.segment"):
        sentences.append(
            "Health is {health.segment}"
            + (" with a score of {health.score}." if sheet.has("health.score") else ".")
        )
    if number(sheet, "calls.held"):
        sentences.append(
            "{calls.negative} of {calls.held} calls had a negative tone on the customer's side."
        )
    days = number(sheet, "account.days_to_renewal")
    if days is not None and days >= 0 and sheet.has("account.renewal"):
        sentences.append("The contract renews on {account.renewal}, in {account.days_to_renewal}.")
    return "Internal: " + " ".join(sentences) if sentences else ""

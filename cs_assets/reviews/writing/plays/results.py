"""Plays about conversions: channels that lost, carry all, grew, prepare, or lead."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, largest, number, text
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.trend_statement import BEFORE, LARGE, YEAR, clear_comparisons


def falling_value(sheet: FactSheet) -> Play | None:
    fewer = [compared for compared, way in clear_comparisons(sheet) if way == "down"]
    less = [c for c in (YEAR, BEFORE) if c.is_known(sheet) and c.value_verdict(sheet) == "down"]
    clear = fewer or less
    compared = clear[0] if clear else BEFORE
    move = compared.move(sheet)
    if not clear and (move is None or move > -LARGE):
        return None
    span = compared.span
    losses = {
        g: (number(sheet, f"{g}.value_{span}") or 0) - (number(sheet, f"{g}.value") or 0)
        for g in groups(sheet, "conversions.channel")
    }
    group = max(losses, key=lambda g: (losses[g], g), default="")
    if not group or losses[group] <= 0:
        return None
    part = (
        f"the largest part of the lost value is {{{group}.name}}, from "
        f"{{{group}.value_{span}}} to {{{group}.value}}."
    )
    measure, noun = ("count", "Conversions") if fewer else ("value", "Conversion value")
    seen = (
        f"{noun} clearly fell on {compared.words}, from {{conversions.{measure}_{span}}} to "
        f"{{conversions.{measure}}}; {part}"
    )
    unsure = (
        f"Conversion value is down {{conversions.value_{compared.key}:abs}} on {compared.words}, "
        f"on so few conversions that it may be chance; {part}"
    )
    return Play(
        code="recover_channel",
        title=f"Recover what {{{group}.name}} lost"
        if clear
        else f"Check whether the fall in {{{group}.name}} is real",
        observation=seen if clear else unsure,
        why=(
            "The fall shows in the number of conversions, so it is more than the luck of a few "
            "large ones."
            if fewer
            else "The fall is larger than the usual variation of the weeks explains."
            if clear
            else "A look now costs less than a surprise in the next review."
        ),
        action=(
            f"Go through the {{{group}.name}} campaigns of {{period.window}} together: what was "
            "stopped, what audience changed, what broke. Agree one repair and its date."
        ),
        effect=(
            f"Back at its earlier level, {{{group}.name}} alone would bring "
            f"{{{group}.value_{span}}} in the same span."
        ),
        weight=0.95 if clear else 0.5,
        about=f"recover falling conversions {text(sheet, f'{group}.name')} channel",
        topic=_channel(sheet, group),
    )


def _channel(sheet: FactSheet, group: str) -> str:
    return f"channel {text(sheet, f'{group}.name')}"


def one_channel(sheet: FactSheet) -> Play | None:
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked or (number(sheet, f"{ranked[0]}.share") or 0) < 55:
        return None
    if (number(sheet, "conversions.count") or 0) < 5:
        return None
    top = ranked[0]
    second = f"{{{ranked[1]}.name}}" if len(ranked) > 1 else "a second channel"
    return Play(
        code="second_channel",
        title=f"Build a second leg beside {{{top}.name}}",
        observation=(
            f"{{{top}.share}} of the conversion value comes through {{{top}.name}}, from "
            f"{{{top}.count}} conversions."
        ),
        why="A result that rests on one channel falls with it: one filter, one price, one outage.",
        action=(
            f"Take the best {{{top}.name}} campaign of {{period.window}} and repeat its offer in "
            f"{second} for one month with a budget of its own."
        ),
        effect=(
            "Less of the value hangs on one channel; success is a smaller share at the same or a "
            "higher total, now {conversions.value}."
        ),
        weight=0.5,
        about="multi channel campaigns diversify channels",
        topic=_channel(sheet, top),
    )


def scale_winner(sheet: FactSheet) -> Play | None:
    """A channel that clearly grew while the whole did: growth that may be chance is not praised."""
    for compared, way in clear_comparisons(sheet):
        if way == "down":
            continue
        grown = [
            g
            for g in groups(sheet, "conversions.channel")
            if text(sheet, f"{g}.verdict_{compared.key}") == "a clear rise"
        ]
        if grown:
            break
    else:
        return None
    group, span = grown[0], compared.span
    return Play(
        code="scale_winner",
        title=f"Scale what works in {{{group}.name}}",
        observation=(
            f"{{{group}.name}} clearly grew on {compared.words}: from {{{group}.count_{span}}} "
            f"conversions worth {{{group}.value_{span}}} to {{{group}.count}} worth "
            f"{{{group}.value}}."
        ),
        why="Growth that is understood can be repeated; growth that is only enjoyed cannot.",
        action=(
            f"Write down what changed in {{{group}.name}} (offer, audience, timing) and repeat it "
            "with the next audience as a test with a control group."
        ),
        effect=f"Success is {{{group}.value}} or more from {{{group}.name}} in the next window.",
        weight=0.62,
        about=f"growth {text(sheet, f'{group}.name')} campaigns conversions",
        topic=_channel(sheet, group),
    )


def assisting_channel(sheet: FactSheet) -> Play | None:
    credited = largest(sheet, "attribution.channel", "revenue")
    closing = largest(sheet, "conversions.channel", "value")
    if not credited or not closing or (number(sheet, "attribution.touchpoints") or 0) < 5:
        return None
    top, name = credited[0], text(sheet, f"{credited[0]}.name")
    if name == text(sheet, f"{closing[0]}.name"):
        return None
    return Play(
        code="credit_assists",
        title=f"Judge {{{top}.name}} by what it prepares",
        observation=(
            f"{{{top}.name}} is credited with {{{top}.revenue}} from {{{top}.touchpoints}} "
            f"touchpoints, while the largest share of value closes in {{{closing[0]}.name}}."
        ),
        why="A budget set by last clicks would cut the channel that prepares the decision.",
        action=(
            f"Keep the {{{top}.name}} budget for the next window and measure both channels "
            "together, by attributed revenue."
        ),
        effect=(
            f"Keeps the channel behind {{{top}.revenue}} of credited revenue from a cut by last "
            "clicks."
        ),
        weight=0.4,
        about=f"attribution {name} channel budget",
        topic=f"channel {name}",
    )


def keep_testing(sheet: FactSheet) -> Play | None:
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked:
        return None
    top = ranked[0]
    return Play(
        code="keep_testing",
        title=f"Keep {{{top}.name}} fresh with one test a month",
        observation=f"{{{top}.name}} leads with {{{top}.value}} in {{period.window}}.",
        why="The channel that carries most is the one in which a small gain is worth most.",
        action=(
            f"Plan one test in {{{top}.name}} for the next month: offer, audience or timing, one "
            "at a time, with a control group."
        ),
        effect=f"Measured against {{{top}.value}} in the same span.",
        weight=0.2,
        about=f"{text(sheet, f'{top}.name')} tests campaigns",
        topic=_channel(sheet, top),
    )

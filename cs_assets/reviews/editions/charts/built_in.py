"""The charts of every review: conversion trend, channels, attribution, peers, adoption."""

import datetime as dt

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import listed, written
from cs_assets.reviews.editions.charts.model import Bars, Chart, Lines, Ranges, Trend
from cs_assets.reviews.editions.charts.registry import chart
from cs_assets.reviews.facts.benchmarks import FOLLOW_THE_MIX, LOWEST, METRICS, TOP, Metric
from cs_assets.reviews.facts.groups import groups, largest, number, text
from cs_assets.reviews.writing.standing import GONE
from cs_assets.reviews.writing.trend_statement import (
    BEFORE,
    OPENS,
    YEAR,
    clear_comparisons,
    clear_statement,
    large_unproven_move,
)
from cs_assets.statistics.verdict import WORDS

#: Bars beyond these are left to the text: more than six cannot be read at a glance.
_MOST_BARS = 6
#: Percent of the whole.
_WHOLE = 100.0


def _value(fact: Fact) -> float | None:
    return fact.number if fact.is_number else None


@chart("conversion_trend")
def conversion_trend(sheet: FactSheet) -> Chart | None:
    """Value by week as a line with last year's, counts as bars."""
    values = sheet.under("conversions.trend.value")
    if not any(_value(fact) for fact in values):
        return None
    counts = sheet.under("conversions.trend.count")
    weeks = tuple(_week_label(fact.label) for fact in counts)
    reported = _reported_weeks(sheet, len(values))
    peak = max(values, key=lambda fact: _value(fact) or 0.0)
    data = Trend(
        weeks=weeks,
        values=tuple(_value(fact) for fact in values),
        year_ago=tuple(_value(fact) for fact in sheet.under("conversions.trend.year_ago")),
        counts=tuple(_value(fact) for fact in counts),
        reported=reported,
        value_unit="USD a week",
        count_unit="Conversions a week",
        tone=_trend_tone(sheet),
    )
    return Chart(
        name="conversion_trend",
        message=_trend_message(sheet),
        subject="Conversions by week: value in USD as a line (same weeks a year earlier in grey), "
        "number as bars",
        alternative=(
            f"Line of conversion value by week, from {{{values[0].fact_id}}} to "
            f"{{{values[-1].fact_id}}}, highest {{{peak.fact_id}}}; bars of the number of "
            f"conversions, {{{counts[-1].fact_id}}} in the last week."
        ),
        data=data,
    )


def _trend_tone(sheet: FactSheet) -> str:
    """Where the message goes: that of the first clear comparison, of numbers before values."""
    clear = clear_comparisons(sheet)
    ways = [way for _, way in clear]
    ways = ways or [way for c in (YEAR, BEFORE) if (way := c.value_verdict(sheet))]
    return {"up": "rise", "down": "fall"}[ways[0]] if ways else ""


def _week_label(label: str) -> str:
    day = dt.date.fromisoformat(label.rsplit(" ", 1)[1])
    return f"{day.day} {day:%b}"


def _reported_weeks(sheet: FactSheet, most: int) -> int:
    fact = sheet.get("conversions.value")
    if fact is None or fact.period_start is None or fact.period_end is None:
        return 1
    return min(most, ((fact.period_end - fact.period_start).days + 1) // 7)


def _trend_message(sheet: FactSheet) -> str:
    """The same statement as the report's, as far as it is about conversions."""
    if clear := clear_statement(sheet):
        return clear
    if number(sheet, "conversions.count") == 0:
        return "No conversion in {period.window}"
    if not sheet.has("conversions.value_change"):
        noun = "conversion" if number(sheet, "conversions.count") == 1 else "conversions"
        return f"{{conversions.count}} {noun} in {{period.window}}, worth {{conversions.value}}"
    return large_unproven_move(sheet) or (
        "Conversions show no clear change on {period.window_before}"
    )


@chart("channel_performance")
def channel_performance(sheet: FactSheet) -> Chart | None:
    """Conversion value by channel against the window before, as vertical bars."""
    ranked = largest(sheet, "conversions.channel", "value")[:_MOST_BARS]
    if not ranked:
        return None
    top = ranked[0]
    if len(ranked) == 1:
        message = f"All conversion value comes through {{{top}.name}}"
    elif sheet.has(f"{top}.share"):
        message = f"{{{top}.name}} brings {{{top}.share}} of the conversion value"
    else:
        noun = "conversion" if number(sheet, f"{top}.count") == 1 else "conversions"
        message = f"{{{top}.name}} brings most, {{{top}.value}}, from {{{top}.count}} {noun}"
    known = any(sheet.has(f"{g}.value_prior") for g in ranked)
    return Chart(
        name="channel_performance",
        message=message,
        subject="Conversion value by channel in USD, {period.window}"
        + ("; light: {period.window_before}; ▲ ▼: a clear change" if known else ""),
        alternative="Bars of conversion value by channel, largest first: "
        f"{_listing(ranked, 'value')}.",
        data=Bars(
            names=tuple(text(sheet, f"{g}.name") for g in ranked),
            values=tuple(number(sheet, f"{g}.value") or 0.0 for g in ranked),
            labels=tuple(written(sheet[f"{g}.value"], "short") for g in ranked),
            earlier=tuple(number(sheet, f"{g}.value_prior") or 0.0 for g in ranked)
            if known
            else None,
            unit="USD",
            horizontal=False,
            emphasised=0,
            tones=tuple(_tone(sheet, f"{g}.verdict_change") for g in ranked) if known else None,
        ),
    )


def _tone(sheet: FactSheet, verdict: str) -> str:
    said = text(sheet, verdict)
    return next((tone for tone in ("rise", "fall") if said == WORDS[tone]), "")


def _listing(ranked: list[str], measure: str) -> str:
    return ", ".join(f"{{{g}.name}} {{{g}.{measure}}}" for g in ranked)


@chart("attribution")
def attribution(sheet: FactSheet) -> Chart | None:
    """Attributed revenue by channel, as horizontal bars, longest first."""
    ranked = largest(sheet, "attribution.channel", "revenue")[:_MOST_BARS]
    if not ranked:
        return None
    top = ranked[0]
    return Chart(
        name="attribution",
        message=f"{{{top}.name}} is credited with {{{top}.share}} of the attributed revenue"
        if sheet.has(f"{top}.share")
        else f"{{{top}.name}} is credited with most of the attributed revenue",
        subject="Attributed revenue by channel in USD, {period.window}, "
        "n = {attribution.touchpoints} touchpoints",
        alternative="Horizontal bars of attributed revenue by channel, largest first: "
        f"{_listing(ranked, 'revenue')}.",
        data=Bars(
            names=tuple(text(sheet, f"{g}.name") for g in ranked),
            values=tuple(number(sheet, f"{g}.revenue") or 0.0 for g in ranked),
            labels=tuple(
                written(sheet[f"{g}.revenue"], "short")
                + (f"  ({written(sheet[f'{g}.share'])})" if sheet.has(f"{g}.share") else "")
                for g in ranked
            ),
            earlier=None,
            unit="USD",
            horizontal=True,
            emphasised=0,
        ),
    )


@chart("channel_engagement")
def channel_engagement(sheet: FactSheet) -> Chart | None:
    """Open rate by channel: a year earlier, in the window before, and now."""
    found = [
        g
        for g in largest(sheet, "engagement.channel", "sent")
        if sheet.has(f"{g}.open_rate") and sheet.has(f"{g}.open_rate_prior")
    ][:4]
    if not found:
        return None
    with_year = any(sheet.has(f"{g}.open_rate_year_ago") for g in found)
    spans = (["_year_ago"] if with_year else []) + ["_prior", ""]
    return Chart(
        name="channel_engagement",
        message=_opens_message(sheet),
        subject="Share of messages opened, by channel"
        + (", a year earlier, before and now" if with_year else ", before and now"),
        alternative="Open rate by channel: "
        + "; ".join(
            f"{{{g}.name}} {{{g}.open_rate}} after {{{g}.open_rate_prior}}, "
            f"n = {{{g}.sent}} messages"
            for g in found
        )
        + ".",
        data=Lines(
            moments=(*(("a year earlier",) if with_year else ()), "before", "now"),
            names=tuple(text(sheet, f"{g}.name") for g in found),
            values=tuple(
                tuple(number(sheet, f"{g}.open_rate{span}") for span in spans) for g in found
            ),
            labels=tuple(
                f"{text(sheet, f'{g}.name')} {written(sheet[f'{g}.open_rate'])}" for g in found
            ),
            unit="%",
        ),
    )


def _opens_message(sheet: FactSheet) -> str:
    """The stored verdict on the open rate within channels, as the text has it."""
    for opens in OPENS:
        if way := opens.way(sheet):
            return f"Within channels opens are clearly {way} on {opens.compared.words}"
    return "Within channels opens show no clear change on {period.window_before}"


@chart("funnel")
def funnel(sheet: FactSheet) -> Chart | None:
    """Messages sent, opened and clicked."""
    steps = ("engagement.sent", "engagement.opened", "engagement.clicked")
    if not sheet.has(*steps, "engagement.open_rate", "engagement.click_rate"):
        return None
    if not number(sheet, "engagement.sent"):
        return None
    rates = ("", "engagement.open_rate", "engagement.click_rate")
    return Chart(
        name="funnel",
        message="Of {engagement.sent} messages {engagement.opened} were opened and "
        "{engagement.clicked} clicked",
        subject="Messages of {period.window}: sent, opened, clicked; in brackets the share of all",
        alternative="Funnel of messages: sent {engagement.sent}, opened {engagement.opened} "
        "({engagement.open_rate}), clicked {engagement.clicked} ({engagement.click_rate}).",
        data=Bars(
            names=("Sent", "Opened", "Clicked"),
            values=tuple(number(sheet, step) or 0.0 for step in steps),
            labels=tuple(
                written(sheet[step]) + (f"  ({written(sheet[rate])})" if rate else "")
                for step, rate in zip(steps, rates, strict=True)
            ),
            earlier=None,
            unit="messages",
            horizontal=True,
            emphasised=None,
        ),
    )


@chart("benchmark_position")
def benchmark_position(sheet: FactSheet) -> Chart | None:
    """The customer's value on each metric against the middle half of its peers."""
    compared = [
        m
        for m in METRICS.values()
        if m.name not in FOLLOW_THE_MIX and sheet.has(f"benchmark.{m.name}.position", m.own_fact)
    ]
    if not compared:
        return None
    below = [m for m in compared if text(sheet, f"benchmark.{m.name}.position") == LOWEST]
    above = [m for m in compared if text(sheet, f"benchmark.{m.name}.position") == TOP]
    if below:
        message = f"{below[0].label} {_verb(below[0])} in the lowest quarter of peers"
    elif above:
        message = f"{above[0].label} {_verb(above[0])} in the top quarter of peers"
    else:
        named = listed([m.label if not n else m.label.lower() for n, m in enumerate(compared)])
        verb = "lies" if len(compared) == 1 else "lie"
        message = f"{named} {verb} within the middle half of peers"
    by_group: dict[str, list[Metric]] = {}
    for m in compared:
        fields = ("length", "group", "peers", "period")
        key = "; ".join(text(sheet, f"benchmark.{m.name}.{field}") for field in fields)
        by_group.setdefault(key, []).append(m)
    told = (_of_group(found, is_only=len(by_group) == 1) for found in by_group.values())

    def column(suffix: str) -> tuple[float, ...]:
        return tuple(sheet[f"benchmark.{m.name}.{suffix}"].number for m in compared)

    return Chart(
        name="benchmark_position",
        message=message,
        subject="Own value (dot) against the middle half of peers (band) and their median (line); "
        + "; ".join(told),
        alternative="Position among peers: "
        + "; ".join(
            f"{m.label} {{{m.own_fact}}}, median {{benchmark.{m.name}.median}}" for m in compared
        )
        + ".",
        data=Ranges(
            names=tuple(m.label for m in compared),
            low=column("low"),
            median=column("median"),
            high=column("high"),
            own=tuple(sheet[m.own_fact].number for m in compared),
            own_labels=tuple(written(sheet[m.own_fact], "short") for m in compared),
            median_labels=tuple(
                written(sheet[f"benchmark.{m.name}.median"], "short") for m in compared
            ),
        ),
    )


def _verb(metric: Metric) -> str:
    return "are" if metric.is_plural else "is"


def _of_group(found: list[Metric], *, is_only: bool) -> str:
    """Who the peers of these rows are, with slots; named by row where rows have other peers."""
    first = f"benchmark.{found[0].name}"
    rows = "" if is_only else f"{', '.join(m.label.lower() for m in found)}: "
    return (
        f"{rows}{{{first}.group}}, n = {{{first}.peers}}, over {{{first}.length}}, "
        f"{{{first}.period}}"
    )


@chart("adoption")
def adoption(sheet: FactSheet) -> Chart | None:
    """Seats in use by module, as horizontal bars."""
    modules = [g for g in groups(sheet, "adoption.module") if sheet.has(f"{g}.utilisation")]
    if not modules:
        return None
    if not any(sheet[f"{g}.utilisation"].number for g in modules):
        return None  # the text says that nobody is there; bars of nothing show nothing
    modules.sort(key=lambda g: (-sheet[f"{g}.utilisation"].number, g))
    last = modules[-1]
    message, stands_out = _seats_message(sheet, modules)
    return Chart(
        name="adoption",
        message=message,
        subject="Active users in percent of the seats contracted, by module, in the week",
        alternative="Horizontal bars of seats in use by module: "
        f"{_listing(modules, 'utilisation')}.",
        data=Bars(
            names=tuple(text(sheet, f"{g}.name") for g in modules),
            values=tuple(sheet[f"{g}.utilisation"].number for g in modules),
            labels=tuple(
                f"{written(sheet[f'{g}.utilisation'])}  ({written(sheet[f'{g}.users'])} of "
                f"{written(sheet[f'{g}.seats'])})"
                for g in modules
            ),
            earlier=None,
            unit="percent of seats",
            horizontal=True,
            emphasised=stands_out,
            is_bad=text(sheet, f"{last}.stage") in GONE,
            full=_WHOLE,
        ),
    )


def _seats_message(sheet: FactSheet, modules: list[str]) -> tuple[str, int | None]:
    """What the seats of the modules say, fullest first, and the bar that it is about, if one."""
    *others, last = modules
    least = sheet[f"{last}.utilisation"].number
    if not others:
        return f"{{{last}.name}} uses {{{last}.utilisation}} of its seats", 0
    same = [g for g in modules if sheet[f"{g}.utilisation"].number == least]
    if len(same) == len(modules):
        return f"Each module uses {{{last}.utilisation}} of its seats", None
    if not least:
        return f"No seat of {listed([f'{{{g}.name}}' for g in same])} is in use", (
            len(others) if len(same) == 1 else None
        )
    if len(same) > 1:
        named = listed([f"{{{g}.name}}" for g in same])
        return f"{named} use the fewest of their seats: {{{last}.utilisation}}", None
    return f"{{{last}.name}} uses the fewest of its seats: {{{last}.utilisation}}", len(others)

"""The section "Performance vs Benchmarks" by rule: results, reach, peers."""

from collections.abc import Sequence

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import FOLLOW_THE_MIX, METRICS, MIDDLE, Metric
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.trend_statement import (
    BEFORE,
    OPENS,
    YEAR,
    Comparison,
    Opens,
    clear_comparisons,
)
from cs_assets.statistics.verdict import WORDS


def performance(sheet: FactSheet) -> str:
    """The section as text with slots."""
    return "\n\n".join(
        part
        for part in (
            _results(sheet),
            _peers(sheet),
            _reach(sheet),
            _channels_among_peers(sheet),
            _outlook(sheet),
        )
        if part
    )


def _results(sheet: FactSheet) -> str:
    count = number(sheet, "conversions.count")
    if sheet.has("data.conversions"):
        return (
            "The results of {customer.name} in {period.window} cannot be told: {data.conversions}."
        )
    if count is None:
        return (
            "No conversion has been recorded for {customer.name} yet, so there is no result to "
            "compare. Sending conversion events is the first step to a review that can say more."
        )
    if count == 0 and BEFORE.is_known(sheet):
        return (
            "{customer.name} recorded no conversion in {period.window}, after "
            "{conversions.count_prior} worth {conversions.value_prior} in {period.window_before}."
        )
    if count == 0:
        return "{customer.name} recorded no conversion in {period.window}."
    of_week = (
        ", {conversions.count_week} of them in its last week"
        if sheet.has("conversions.count_week")
        else ""
    )
    sentences = [
        "{customer.name} recorded {conversions.count} conversions worth {conversions.value} in "
        f"{{period.window}}{of_week}."
        if count != 1
        else "{customer.name} recorded a single conversion worth {conversions.value} in "
        "{period.window}."
    ]
    clear = [compared for compared, _ in clear_comparisons(sheet)]
    sentences += [_proven(sheet, compared) for compared in clear]
    sentences.append(_unproven(sheet, [c for c in (BEFORE, YEAR) if c not in clear]))
    if not BEFORE.is_known(sheet):
        sentences.append(
            "There is nothing to compare it with yet: the data begin after the start of "
            "{period.window_before}."
        )
    elif not YEAR.is_known(sheet):
        sentences.append(
            "There is no year-over-year figure yet: the data do not reach back that far."
        )
    return " ".join(sentence for sentence in sentences if sentence)


def _proven(sheet: FactSheet, compared: Comparison) -> str:
    """A comparison in which the number of conversions shows a clear change."""
    then = f"{{conversions.count_{compared.span}}} worth {{conversions.value_{compared.span}}}"
    verdict = f"{{conversions.verdict_{compared.key}}}"
    value_way = compared.value_verdict(sheet)
    if compared.move(sheet) is None:
        return f"After {then} {_when(compared)} that is {verdict} in the number of conversions."
    said = (
        f"Value is {_moved(sheet, compared)} on {compared.words}, which had {then}; the number of "
        f"conversions shows {verdict}"
    )
    if value_way is None:
        return said + ", the value none that is clear."
    return said + f", and the value {{conversions.value_verdict_{compared.key}}}."


def _unproven(sheet: FactSheet, compared: Sequence[Comparison]) -> str:
    """Comparisons in which a change may be chance, in one sentence."""
    known = [c for c in compared if c.is_known(sheet)]
    measured = [c for c in known if c.move(sheet) is not None]
    few = [c for c in known if c.move(sheet) is None]
    told = [
        f"Value is clearly {_moved(sheet, c)} on {c.words} ({{conversions.count_{c.span}}} worth "
        f"{{conversions.value_{c.span}}}), while the number of conversions shows no clear change."
        for c in measured
        if c.value_verdict(sheet)
    ]
    measured = [c for c in measured if not c.value_verdict(sheet)]
    if measured:
        moves = " and ".join(
            f"{_moved(sheet, c)} on {c.words} ({{conversions.count_{c.span}}} worth "
            f"{{conversions.value_{c.span}}})"
            for c in measured
        )
        verdict = (
            "neither number nor value shows a clear change in either, so both may be chance."
            if len(measured) > 1
            else "neither number nor value shows a clear change there, so it may be chance."
        )
        told.append(f"Value is {moves}; {verdict}")
    if few:
        cases = " and ".join(
            f"{{conversions.count_{c.span}}} worth {{conversions.value_{c.span}}} {_when(c)}"
            for c in few
        )
        told.append(f"There were {cases}: too few cases for a percentage.")
    return " ".join(told)


def _moved(sheet: FactSheet, compared: Comparison) -> str:
    way = "up" if (compared.move(sheet) or 0) >= 0 else "down"
    return f"{way} {{conversions.value_{compared.key}:abs}}"


def _when(compared: Comparison) -> str:
    return "in {period.window_before}" if compared is BEFORE else compared.words


def _reach(sheet: FactSheet) -> str:
    if sheet.has("data.messages"):
        return "How messages were read cannot be told: {data.messages}."
    if not sheet.has("engagement.open_rate", "engagement.click_rate"):
        return "No message was sent in {period.window}, so there are no rates to report."
    sentences = [
        "Of {engagement.sent} messages {engagement.open_rate} were opened and "
        "{engagement.click_rate} clicked."
    ]
    still = [opens for opens in OPENS if _is_still(sheet, opens)]
    if len(still) == len(OPENS):
        within = "Within channels the" if len(OPENS[0].channels(sheet)) > 1 else "The"
        words = " or ".join(opens.compared.words for opens in OPENS)
        sentences.append(f"{within} open rate shows no clear change on {words}.")
    else:
        sentences += [said for opens in OPENS if (said := _opens(sheet, opens))]
    return " ".join(sentences)


def _is_still(sheet: FactSheet, opens: Opens) -> bool:
    """Neither the rates nor the mix of channels did anything."""
    verdict = text(sheet, f"engagement.open_rate_{opens.prefix}verdict")
    return verdict == WORDS["none"] and not sheet.has(f"engagement.open_rate_{opens.prefix}mix")


def _opens(sheet: FactSheet, opens: Opens) -> str:
    """Opens within channels, and what the mix of channels did: two things, told apart."""
    if not sheet.has(f"engagement.open_rate_{opens.prefix}verdict"):
        return ""
    mix = f"engagement.open_rate_{opens.prefix}mix"
    if opens.way(sheet):
        said = opens.sentence(sheet) + "."
        if sheet.has(mix):
            said += (
                f" The mix of channels moved the overall rate by {{{mix}:signed}} points beside."
            )
        return said
    within = "Within channels " if len(opens.channels(sheet)) > 1 else ""
    verdict = f"{{engagement.open_rate_{opens.prefix}verdict}}"
    subject = f"{within}the open rate" if within else "The open rate"
    said = f"{subject} shows {verdict} on {opens.compared.words}"
    if sheet.has(mix):
        said += f"; the mix of channels moved the overall rate by {{{mix}:signed}} points"
    return said + "."


def _outlook(sheet: FactSheet) -> str:
    forecast = sheet.get("forecast.value")
    if forecast is not None and forecast.status == "withheld":
        return "No forecast of the next window: the past varies so much that it would say nothing."
    if not sheet.has("forecast.value", "forecast.error"):
        return ""
    return (
        "If nothing changes, the next window of the same length brings about {forecast.value} "
        "(between {forecast.low} and {forecast.high} in four of five cases). The forecast "
        "{forecast.method}; tried on {forecast.windows} windows of the past it was off by "
        "{forecast.error} on average, the last window repeated by {forecast.naive_error}."
    )


def _channels_among_peers(sheet: FactSheet) -> str:
    """Channels that stand out, above or below those who use them."""
    told = [
        f"{{{g}.name}} {{{g}.open_rate}}, {{{g}.open_rate_position}} of {{{g}.peers}} (median "
        f"{{{g}.open_rate_median}})"
        for g in groups(sheet, "engagement.channel")
        if text(sheet, f"{g}.open_rate_position") not in ("", MIDDLE)
        and sheet.has(f"{g}.open_rate")
    ]
    if not told:
        return ""
    return f"Opened beside all customers who use the channel: {'; '.join(told[:3])}."


def _peers(sheet: FactSheet) -> str:
    """Where the customer stands, for each group of peers: who they are, over how long a time."""
    compared = [
        m
        for m in METRICS.values()
        if m.name not in FOLLOW_THE_MIX and sheet.has(f"benchmark.{m.name}.position", m.own_fact)
    ]
    if not compared:
        return (
            "There is no peer comparison in this report: the groups of peers of this size are too "
            "small to be shown, or no benchmark covers the period."
        )
    by_group: dict[str, list[Metric]] = {}
    for metric in compared:
        by_group.setdefault(_group_in_words(sheet, metric), []).append(metric)
    return "\n".join(_of_group(sheet, metrics) for metrics in by_group.values())


def _group_in_words(sheet: FactSheet, metric: Metric) -> str:
    fields = ("group", "peers", "period", "length")
    return "; ".join(text(sheet, f"benchmark.{metric.name}.{field}") for field in fields)


def _of_group(sheet: FactSheet, compared: list[Metric]) -> str:
    group = f"benchmark.{compared[0].name}"
    stand_in = f" ({{{group}.stand_in}})" if sheet.has(f"{group}.stand_in") else ""
    opening = (
        f'Compared with {{{group}.peers}} companies in the group "{{{group}.group}}"{stand_in}, '
        f"{{{group}.period}}; own values over the last {{{group}.length}}:"
    )
    middle = [m for m in compared if text(sheet, f"benchmark.{m.name}.position") == MIDDLE]
    lines = [
        f"- {m.label}: {{{m.own_fact}}}, {{benchmark.{m.name}.position}} (median "
        f"{{benchmark.{m.name}.median}})."
        for m in compared
        if m not in middle
    ]
    if middle:
        names = ", ".join(f"{m.label.lower()} ({{{m.own_fact}}})" for m in middle)
        lines.append(f"- {MIDDLE[0].upper()}{MIDDLE[1:]}: {names}.")
    return "\n".join([opening, *lines])

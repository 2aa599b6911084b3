"""The section "Performance vs Benchmarks" by rule: results, reach, peers."""

from collections.abc import Sequence

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import listed
from cs_assets.reviews.facts.benchmarks import (
    FOLLOW_THE_MIX,
    LOWEST,
    METRICS,
    MIDDLE,
    TOP,
    Metric,
)
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.trend_statement import (
    BEFORE,
    OPENS,
    YEAR,
    Comparison,
    Opens,
    clear_comparisons,
)

#: Points by which the mix of channels must move the overall rate to be told.
_MIX_POINTS = 1.0
#: Channels told of beside the one of page one.
_SEVERAL = 2
#: Width of a forecast's interval, as a share of it, from which it tells nobody anything.
_WIDE = 0.9


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
    if count is None and sheet.has("data.conversions_begin"):
        return "No conversion of {customer.name} is on record: {data.conversions_begin}."
    if count is None:
        return (
            "No conversion has been recorded for {customer.name} yet, so there is no result to "
            "compare. Sending conversion events is the first step to a review that can say more."
        )
    if count == 0:
        return _none(sheet)
    clear = [compared for compared, _ in clear_comparisons(sheet)]
    cases = "{conversions.count} conversions" if count != 1 else "a single conversion"
    sentences = [
        f"{{customer.name}} recorded {cases} worth {{conversions.value}} in {{period.window}}"
        + _unproven(sheet, [c for c in (BEFORE, YEAR) if c not in clear])
        + "."
    ]
    sentences += [_proven(sheet, compared) for compared in clear]
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


def _none(sheet: FactSheet) -> str:
    """No conversion in the window, and what there was before and a year earlier."""
    said = "{customer.name} recorded no conversion in {period.window}"
    if BEFORE.is_known(sheet) and number(sheet, "conversions.count_prior"):
        said += (
            ", after {conversions.count_prior} worth {conversions.value_prior} in "
            "{period.window_before}"
        )
    elif BEFORE.is_known(sheet):
        said += ", and none in {period.window_before}"
    if not YEAR.is_known(sheet) or not number(sheet, "conversions.count_year_ago"):
        return f"{said}."
    fell = YEAR.verdict(sheet) or YEAR.value_verdict(sheet)
    judged = "a clear fall" if fell == "down" else "too few to tell a fall from chance"
    return (
        f"{said}. A year earlier there were {{conversions.count_year_ago}} worth "
        f"{{conversions.value_year_ago}}: {judged}."
    )


def _proven(sheet: FactSheet, compared: Comparison) -> str:
    """A comparison in which the number of conversions shows a clear change."""
    then = f"{{conversions.count_{compared.span}}} worth {{conversions.value_{compared.span}}}"
    verdict = f"{{conversions.verdict_{compared.key}}}"
    value_way = compared.value_verdict(sheet)
    if compared.move(sheet) is None:
        return f"After {then} {_when(compared)} that is {verdict} in the number of conversions."
    moved = f"Value is {_moved(sheet, compared)} on {compared.words}, which had {then}"
    if value_way is not None and value_way == compared.verdict(sheet):
        return f"{moved}; number and value both show {verdict}."
    said = f"{moved}; the number of conversions shows {verdict}"
    if value_way is None:
        return said + ", the value none that is clear."
    return said + f", and the value {{conversions.value_verdict_{compared.key}}}."


def _unproven(sheet: FactSheet, compared: Sequence[Comparison]) -> str:
    """Comparisons in which the number may have changed by chance, as ends of one sentence."""
    known = [c for c in compared if c.is_known(sheet)]
    measured = [c for c in known if c.move(sheet) is not None]
    in_value = [c for c in measured if c.value_verdict(sheet)]
    by_chance = [c for c in measured if c not in in_value]
    few = [c for c in known if c.move(sheet) is None]
    told = []
    if in_value:
        told.append(f"clearly {_moves(sheet, in_value)} in value but not in number")
    if by_chance:
        told.append(f"{_moves(sheet, by_chance)}, which may be chance")
    if few:
        cases = " and ".join(f"{_then(c)} {_when(c)}" for c in few)
        told.append(f"after {cases}: too few cases for a percentage")
    return "".join(f"{';' if n else ','} {part}" for n, part in enumerate(told))


def _moves(sheet: FactSheet, compared: Sequence[Comparison]) -> str:
    return " and ".join(f"{_moved(sheet, c)} on {c.words} ({_then(c)})" for c in compared)


def _then(compared: Comparison) -> str:
    return f"{{conversions.count_{compared.span}}} worth {{conversions.value_{compared.span}}}"


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
    return " ".join(said for opens in OPENS if (said := _opens(sheet, opens)))


def _opens(sheet: FactSheet, opens: Opens) -> str:
    """What clearly moved within channels, and a move of the mix that is to be seen in the whole."""
    mix = f"engagement.open_rate_{opens.prefix}mix"
    moved = abs(number(sheet, mix) or 0.0) >= _MIX_POINTS
    if opens.way(sheet):
        within = f"engagement.open_rate_{opens.prefix}within"
        overall = f"engagement.open_rate_{opens.prefix}change"
        told = moved and sheet.has(within, overall)
        beside = (
            f" Over all channels the rate moved by {{{overall}:signed}} points; at an unchanged "
            f"mix of channels it would have moved by {{{within}:signed}}."
        )
        return opens.sentence(sheet) + "." + (beside if told else "")
    if not moved or not sheet.has(f"engagement.open_rate_{opens.prefix}verdict"):
        return ""
    return (
        f"Of the overall open rate's move on {opens.compared.words} {{{mix}:signed}} points are "
        "the mix of channels, and within them nothing changed clearly."
    )


def _outlook(sheet: FactSheet) -> str:
    """The next window, where that says something; how and how well it is foreseen is a note."""
    if not sheet.has("forecast.value", "forecast.low", "forecast.high", "conversions.value"):
        return ""
    now, low, high = (
        number(sheet, f) or 0.0 for f in ("conversions.value", "forecast.low", "forecast.high")
    )
    way = "more" if low > now else "less" if high < now else ""
    if not way and high - low > _WIDE * (number(sheet, "forecast.value") or 0.0):
        return ""
    if way:
        return (
            f"The next window of the same length is expected to bring {way} conversion "
            "value: about {forecast.value}, between {forecast.low} and {forecast.high} in four of "
            "five cases."
        )
    return (
        "If nothing changes, the next window of the same length brings about {forecast.value} of "
        "conversion value (between {forecast.low} and {forecast.high} in four of five cases)."
    )


def standing_out(sheet: FactSheet) -> str:
    """The channel whose opens stand out most: where most is to be won, else the largest ahead."""
    found = {
        place: [
            g
            for g in groups(sheet, "engagement.channel")
            if text(sheet, f"{g}.open_rate_position") == place and sheet.has(f"{g}.open_rate")
        ]
        for place in (LOWEST, TOP)
    }
    for place, by in ((LOWEST, "open_rate_more"), (TOP, "sent")):
        if found[place]:
            return max(found[place], key=lambda g: (number(sheet, f"{g}.{by}") or 0.0, g))
    return ""


def _channels_among_peers(sheet: FactSheet) -> str:
    """Channels that stand out, above or below those who use them, beside the first: page one."""
    first = standing_out(sheet)
    told = [
        f"{{{g}.name}} opens at {{{g}.open_rate}}, {{{g}.open_rate_position}} of {{{g}.peers}} "
        f"customers who use it (median {{{g}.open_rate_median}})"
        for g in groups(sheet, "engagement.channel")
        if text(sheet, f"{g}.open_rate_position") not in ("", MIDDLE)
        and g != first and sheet.has(f"{g}.open_rate")
    ]  # fmt: skip
    return f"{'; '.join(told[:_SEVERAL])}." if told else ""


def _peers(sheet: FactSheet) -> str:
    """Where the customer stands, for each group of peers: who they are, over how long a time."""
    compared = [
        m
        for m in METRICS.values()
        if m.name not in FOLLOW_THE_MIX and sheet.has(f"benchmark.{m.name}.position", m.own_fact)
    ]
    if not compared:
        return _without_peers(sheet)
    by_group: dict[str, list[Metric]] = {}
    for metric in compared:
        by_group.setdefault(_group_in_words(sheet, metric), []).append(metric)
    told = (_of_group(sheet, metrics) for metrics in by_group.values())
    return " ".join(said for said in told if said)


def _without_peers(sheet: FactSheet) -> str:
    """Why nobody is compared with: the facts' own reasons."""
    facts = (
        sheet.get(fact_id)
        for m in METRICS.values()
        if m.name not in FOLLOW_THE_MIX
        for fact_id in (m.own_fact, f"benchmark.{m.name}.position")
    )
    why = next((_why_alone(f) for f in facts if f is not None and f.value is None and f.reason), "")
    return f"There is no peer comparison in this report{f': {why}' if why else ''}."


def _why_alone(fact: Fact) -> str:
    """The reason, in words that hold no figure."""
    if fact.status == "suppressed":
        return "the groups of peers are too small to be shown, or none covers the period"
    reason = fact.reason or ""
    return "the data do not reach over the weeks of the peers" if _has_digit(reason) else reason


def _has_digit(words: str) -> bool:
    return any(letter.isdigit() for letter in words)


#: The same by week in the window of the review.
_NOW = {
    "conversion_value_per_week": "conversions.value_per_week",
    "conversions_per_week": "conversions.count_per_week",
}


def _by_now(sheet: FactSheet, metric: Metric, place: str) -> str:
    """What the present window brings a week, where that lies on the other side of the median."""
    now = number(sheet, _NOW.get(metric.name, ""))
    median = number(sheet, f"benchmark.{metric.name}.median")
    if now is None or median is None or (now < median) != (place == TOP):
        return ""
    return f"; {{{_NOW[metric.name]}}} in {{period.window}}"


def _group_in_words(sheet: FactSheet, metric: Metric) -> str:
    fields = ("group", "peers", "period", "length")
    return "; ".join(text(sheet, f"benchmark.{metric.name}.{field}") for field in fields)


def _of_group(sheet: FactSheet, compared: list[Metric]) -> str:
    group = f"benchmark.{compared[0].name}"
    stand_in = f" ({{{group}.stand_in}})" if sheet.has(f"{group}.stand_in") else ""
    placed = {
        place: [m for m in compared if text(sheet, f"benchmark.{m.name}.position") == place]
        for place in (TOP, LOWEST)
    }
    told = [
        listed(
            [
                f"{m.label.lower()} ({{{m.own_fact}}}, median {{benchmark.{m.name}.median}}"
                f"{_by_now(sheet, m, place)})"
                for m in found
            ]
        )
        + f" {'are' if len(found) > 1 or found[0].is_plural else 'is'} {place}"
        for place, found in placed.items()
        if found
    ]
    if not told and stand_in:
        return (
            f"Nothing stands out among the {{{group}.peers}} companies in the group "
            f'"{{{group}.group}}"{stand_in}, {{{group}.period}}.'
        )
    if not told:
        return ""
    return (
        f'Among {{{group}.peers}} companies in the group "{{{group}.group}}"{stand_in}, '
        f"{{{group}.period}}, {'; '.join(told)}, over the last {{{group}.length}}."
    )

"""The section "Performance vs Benchmarks" by rule: results, reach, peers."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.benchmark_facts import METRICS
from cs_assets.reviews.forecast import METHODS
from cs_assets.reviews.ranked import number, text


def performance(sheet: FactSheet) -> str:
    """The section as text with slots."""
    return "\n\n".join(
        part for part in (_results(sheet), _peers(sheet), _reach(sheet), _outlook(sheet)) if part
    )


def _results(sheet: FactSheet) -> str:
    count = number(sheet, "conversions.count")
    if count is None:
        return (
            "No conversion has been recorded for {customer.name} yet, so there is no result to "
            "compare. Sending conversion events is the first step to a review that can say more."
        )
    if count == 0:
        return (
            "{customer.name} recorded no conversion in {period.window}, after "
            "{conversions.count_prior} worth {conversions.value_prior} in {period.window_before}."
        )
    sentences = [
        "{customer.name} recorded {conversions.count} conversions worth {conversions.value} in "
        "{period.window}, {conversions.count_week} of them in its last week."
        if count != 1
        else "{customer.name} recorded a single conversion worth {conversions.value} in "
        "{period.window}."
    ]
    sentences.append(_against_before(sheet))
    sentences.append(_against_last_year(sheet))
    return " ".join(sentence for sentence in sentences if sentence)


def _against_before(sheet: FactSheet) -> str:
    if not sheet.has("conversions.value_change"):
        return (
            "The window before had {conversions.count_prior} worth {conversions.value_prior}: too "
            "few cases for a percentage."
        )
    change = number(sheet, "conversions.value_change") or 0.0
    verdict = text(sheet, "conversions.verdict_change")
    moved = (
        "up {conversions.value_change:abs}"
        if change >= 0
        else "down {conversions.value_change:abs}"
    )
    said = f"Value is {moved} on {{period.window_before}} ({{conversions.value_prior}})"
    if verdict == "no clear change":
        return (
            f"{said}; the number of conversions, {{conversions.count_prior}} then, shows "
            "{conversions.verdict_change}, so the move may be chance."
        )
    return (
        f"{said}, and the number of conversions, {{conversions.count_prior}} then, shows "
        "{conversions.verdict_change}."
    )


def _against_last_year(sheet: FactSheet) -> str:
    if not sheet.has("conversions.value_year_change"):
        if sheet.has("conversions.value_year_ago"):
            return (
                "The same weeks a year earlier had {conversions.count_year_ago}, worth "
                "{conversions.value_year_ago}."
            )
        return "There is no year-over-year figure yet: the data do not reach back that far."
    change = number(sheet, "conversions.value_year_change") or 0.0
    word = "above" if change >= 0 else "below"
    return (
        f"That is {{conversions.value_year_change:abs}} {word} the same weeks a year earlier "
        "({conversions.value_year_ago})."
    )


def _reach(sheet: FactSheet) -> str:
    if not sheet.has("engagement.open_rate", "engagement.click_rate"):
        return "No message was sent in {period.window}, so there are no rates to report."
    sentences = [
        "Of {engagement.sent} messages {engagement.open_rate} were opened and "
        "{engagement.click_rate} clicked."
    ]
    if sheet.has("engagement.open_rate_change", "engagement.open_rate_verdict"):
        verdict = text(sheet, "engagement.open_rate_verdict")
        joined = "which is" if verdict == "no clear change" else "and that is"
        sentences.append(
            "The open rate moved by {engagement.open_rate_change:signed} points on "
            f"{{period.window_before}}, {joined} {{engagement.open_rate_verdict}} given the number "
            "of messages."
        )
    return " ".join(sentences)


def _outlook(sheet: FactSheet) -> str:
    if not sheet.has("forecast.value", "forecast.error"):
        return ""
    said = (
        "If nothing changes, the next window of the same length brings about {forecast.value} "
        "(between {forecast.low} and {forecast.high} in four of five cases). "
    )
    if text(sheet, "forecast.method") == METHODS[0]:
        return said + (
            "This is the naive forecast, the last window repeated: nothing did better on the past "
            "weeks, where it was off by {forecast.naive_error} on average."
        )
    return said + (
        "The method {forecast.method}; on the past weeks it was off by {forecast.error} on "
        "average, the naive forecast by {forecast.naive_error}."
    )


def _peers(sheet: FactSheet) -> str:
    compared = [
        m for m in METRICS.values() if sheet.has(f"benchmark.{m.name}.position", m.own_fact)
    ]
    if not compared:
        return (
            "There is no peer comparison in this report: the peer groups are too small to be shown "
            "or no benchmark covers the period."
        )
    group = compared[0].name
    opening = (
        f"Compared with {{benchmark.{group}.peers}} companies in the group "
        f'"{{benchmark.{group}.group}}":'
    )
    lines = [
        f"- {m.label}: {{{m.own_fact}}}, {{benchmark.{m.name}.position}} (median "
        f"{{benchmark.{m.name}.median}})."
        for m in compared
    ]
    return "\n".join([opening, *lines])

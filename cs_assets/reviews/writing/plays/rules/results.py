"""Rules on results: conversions, their value, the channels and regions that bring them."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import LOWEST, MIDDLE, TOP
from cs_assets.reviews.facts.groups import groups, largest, number, text
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_placed, is_troubled, words_of
from cs_assets.reviews.writing.trend_statement import BEFORE, YEAR, clear_comparisons
from cs_assets.reviews.writing.value import LEAST_TOUCHPOINTS
from cs_assets.statistics.intervals import wilson
from cs_assets.statistics.verdict import WORDS

_VALUE = "conversion_value_per_week"
_RATES = ("open_rate", "click_rate")
#: Percent of the value from which one channel or region carries a result, the fewest conversions.
_ONE_CHANNEL, _ONE_REGION, _LEAST_CONVERSIONS = 65, 60, 5
_HALF = 0.5


def conversions_fell(sheet: FactSheet) -> Seen | None:
    """Their number clearly fell, or their value; the case: in each channel clearly, or lower."""
    fewer = [compared for compared, way in clear_comparisons(sheet) if way == "down"]
    less = [c for c in (YEAR, BEFORE) if c.is_known(sheet) and c.value_verdict(sheet) == "down"]
    if not (fewer or less):
        return None
    compared = (fewer or less)[0]
    losses = {
        g: (number(sheet, f"{g}.value_{compared.span}") or 0) - (number(sheet, f"{g}.value") or 0)
        for g in groups(sheet, "conversions.channel")
        if not _is_gone(sheet, f"{g}.value") and not _is_gone(sheet, f"{g}.value_{compared.span}")
    }
    group = max(losses, key=lambda g: (losses[g], g), default="")
    if not group or losses[group] <= 0:
        return None
    verdicts = [text(sheet, f"{g}.verdict_{compared.key}") for g in losses]
    case = "" if fewer else "in_value"
    if len(losses) > 1 and all(verdict == WORDS["fall"] for verdict in verdicts):
        case = "everywhere"
    elif len(losses) > 2 and all(lost > 0 for lost in losses.values()):
        case = "lower_everywhere"
    return Seen(case, {"it": (group,)}, words_of(compared))


def _is_gone(sheet: FactSheet, fact_id: str) -> bool:
    """Whether the data of a figure are not there: it is not zero then."""
    fact = sheet.get(fact_id)
    return fact is not None and fact.status == "no_data"


def value_below_peers(sheet: FactSheet) -> Seen | None:
    """The value a week is in the lowest quarter of the peers; the case is where it is lost.

    First whether it has been higher here, then whether conversions are many and small, then at
    which step the channel with most messages loses its readers.
    """
    if not is_placed(sheet, _VALUE, LOWEST):
        return None
    if _was_at_the_median(sheet):
        return Seen("had_been_there", words=words_of(YEAR))
    if text(sheet, "benchmark.conversions_per_week.position") in (MIDDLE, TOP):
        return Seen("small_ones", words=words_of(YEAR))
    sent = largest(sheet, "engagement.channel", "sent")[:1]
    places = [text(sheet, f"{sent[0]}.{rate}_position") for rate in _RATES] if sent else []
    case = ""
    if places and all(places):
        opens, clicks = places
        case = "closed" if opens == LOWEST else "unclicked" if clicks == LOWEST else "after_clicks"
    return Seen(case, {"it": tuple(sent)}, words_of(YEAR))


def _was_at_the_median(sheet: FactSheet) -> bool:
    """Whether a year earlier clearly brought more, and as much as the median of the peers."""
    if "down" not in (YEAR.verdict(sheet), YEAR.value_verdict(sheet)):
        return False
    ids = ("conversions.value", "conversions.value_per_week", "conversions.value_year_ago",
           f"benchmark.{_VALUE}.median")  # fmt: skip
    total, weekly, earlier, median = (number(sheet, fact_id) for fact_id in ids)
    if not total or weekly is None or not earlier or not median:
        return False
    return earlier * weekly / total >= median


def value_above_peers(sheet: FactSheet) -> Seen | None:
    """It is in the top quarter, and the customer is neither in trouble nor clearly falling."""
    fell = any(way == "down" for _, way in clear_comparisons(sheet))
    if is_troubled(sheet) or sheet.has("adoption.lost") or fell:
        return None
    now, median = number(sheet, "conversions.value_per_week"), f"benchmark.{_VALUE}.median"
    if now is not None and now < (number(sheet, median) or 0.0):  # it was so, and is not now
        return None
    return Seen() if is_placed(sheet, _VALUE, TOP) else None


def one_channel_carries_most(sheet: FactSheet) -> Seen | None:
    """One channel brings most of the value, by more conversions than chance explains.

    What could stand beside: another channel that is credited more, one that clearly grows already,
    any other, or none.
    """
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked or (number(sheet, f"{ranked[0]}.share") or 0) < _ONE_CHANNEL:
        return None
    if not _is_most(sheet, ranked[0]):
        return None
    it, second = ranked[0], tuple(ranked[1:2])
    helper = tuple(
        g for g in largest(sheet, "attribution.channel", "revenue")[:1]
        if text(sheet, f"{g}.name") != text(sheet, f"{it}.name")
        and (number(sheet, "attribution.touchpoints") or 0) >= LEAST_TOUCHPOINTS
    )  # fmt: skip
    case = "assisted" if helper else "alone" if not second else ""
    if second and not helper and text(sheet, f"{second[0]}.verdict_change") == WORDS["rise"]:
        case = "second_grows"
    return Seen(case, {"it": (it,), "second": second, "helper": helper})


def _is_most(sheet: FactSheet, group: str) -> bool:
    """Whether half of the conversions of both windows come through it, beyond chance.

    By the lower end of the interval of its share (Wilson 1927): a handful proves no concentration.
    """
    mine = sum(number(sheet, f"{group}.count{span}") or 0 for span in ("", "_prior"))
    every = sum(number(sheet, f"conversions.count{span}") or 0 for span in ("", "_prior"))
    if (number(sheet, "conversions.count") or 0) < _LEAST_CONVERSIONS or mine > every:
        return False
    return wilson(int(mine), int(every)).low >= _HALF


def one_region_carries_most(sheet: FactSheet) -> Seen | None:
    """One region brings most of the value, beyond chance as above, and another brings several.

    A single conversion elsewhere is no sign of a market there.
    """
    ranked = largest(sheet, "conversions.region", "value")
    if len(ranked) < 2 or (number(sheet, f"{ranked[0]}.share") or 0) < _ONE_REGION:
        return None
    spans = ("", "_prior")
    elsewhere = sum(number(sheet, f"{ranked[1]}.count{span}") or 0 for span in spans)
    if not _is_most(sheet, ranked[0]) or elsewhere < _LEAST_CONVERSIONS:
        return None
    return Seen(roles={"it": (ranked[0],), "second": (ranked[1],)})


def channel_grew_with_the_whole(sheet: FactSheet) -> Seen | None:
    """A channel clearly grew while the whole did: growth that may be chance is not praised."""
    for compared, way in clear_comparisons(sheet):
        if way == "down":
            continue
        for group in groups(sheet, "conversions.channel"):
            if text(sheet, f"{group}.verdict_{compared.key}") == "a clear rise":
                return Seen(roles={"it": (group,)}, words=words_of(compared))
    return None


def channel_went_silent(sheet: FactSheet) -> Seen | None:
    """A channel that brought conversions clearly fell to none, while others still bring some."""
    if not number(sheet, "conversions.count"):
        return None
    for compared in (BEFORE, YEAR):
        silent = [
            g
            for g in groups(sheet, "conversions.channel")
            if number(sheet, f"{g}.count") == 0
            and text(sheet, f"{g}.verdict_{compared.key}") == WORDS["fall"]
        ]
        if silent:
            return Seen(roles={"it": (silent[0],)}, words=words_of(compared))
    return None


def channel_began(sheet: FactSheet) -> Seen | None:
    """A channel brings conversions for the first time since the window before."""
    began = [
        g
        for g in largest(sheet, "conversions.channel", "value")
        if number(sheet, f"{g}.count_prior") == 0 and number(sheet, f"{g}.count_year_ago") == 0
    ]
    known = any(number(sheet, f"{g}.count_prior") for g in groups(sheet, "conversions.channel"))
    return Seen(roles={"it": (began[0],)}) if began and known else None


def conversions_are_few(sheet: FactSheet) -> Seen | None:
    """There are some, and fewer than any change could be told from."""
    count = number(sheet, "conversions.count")
    return Seen() if count and count < _LEAST_CONVERSIONS else None


def value_in_the_middle(sheet: FactSheet) -> Seen | None:
    """The value a week is in the middle half of the peers; the case is where in it."""
    if not is_placed(sheet, _VALUE, MIDDLE):
        return None
    own, median = (number(sheet, f"benchmark.{_VALUE}.{part}") for part in ("own", "median"))
    if own is None or median is None:
        return None
    return Seen("below" if own < median else "")


def another_channel_prepares(sheet: FactSheet) -> Seen | None:
    """Most revenue is credited to another channel than the one in which most value closes."""
    credited = largest(sheet, "attribution.channel", "revenue")
    closing = largest(sheet, "conversions.channel", "value")
    touchpoints = number(sheet, "attribution.touchpoints") or 0
    if not credited or not closing or touchpoints < LEAST_TOUCHPOINTS:
        return None
    if text(sheet, f"{credited[0]}.name") == text(sheet, f"{closing[0]}.name"):
        return None
    return Seen(roles={"it": (credited[0],), "closing": (closing[0],)})


def a_channel_leads(sheet: FactSheet) -> Seen | None:
    """Some channel brings value."""
    ranked = largest(sheet, "conversions.channel", "value")
    return Seen(roles={"it": (ranked[0],)}) if ranked else None


def no_conversions(sheet: FactSheet) -> Seen | None:
    """No conversion has ever been recorded; that some have not come yet is told elsewhere."""
    known = ("conversions.count", "data.conversions", "data.conversions_begin")
    return None if any(sheet.has(fact) for fact in known) else Seen()


def conversions_recorded(sheet: FactSheet) -> Seen | None:
    """Conversions are recorded."""
    return Seen() if sheet.has("conversions.count") else None

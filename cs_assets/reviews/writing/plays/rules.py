"""The rules of the advice: whether the facts call for a play, and which things it speaks of.

Their names, cases, roles and words are declared in ``reviews.playbook``; the plays' words are in
``plays.yaml``. Facts on the contract are internal: they are in no customer's copy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import LOWEST, MIDDLE, TOP
from cs_assets.reviews.facts.groups import groups, largest, number, text
from cs_assets.reviews.writing.standing import is_renewal_near
from cs_assets.reviews.writing.trend_statement import (
    BEFORE,
    LARGE,
    OPENS,
    YEAR,
    Comparison,
    clear_comparisons,
)

#: Days before a renewal from which it is about signatures, no longer about arguments.
_CONFIRM = 30
#: The share of messages that closing a gap must win to be worth a recommendation.
_WORTHWHILE = 0.03
#: Percent of the value from which one channel carries a result, and the fewest conversions of it.
_ONE_CHANNEL, _LEAST_CONVERSIONS = 65, 5
_LEAST_TOUCHPOINTS = 5
#: Percent of seats in use from which seats are not idle.
_HALF = 50
#: Percent of its seats below which an adopted module has room, and of all from which they are full.
_MUCH_ROOM, _ROOM, _FULL = 55, 72, 80
#: Conversions from which a channel is missed, messages and ratio from which clicks are compared.
_SILENT_FROM, _LEAST_SENT, _TIMES = 3, 500, 2
_LAGGING = {"in decline": "", "no longer used": "put_aside", "not started": "not_started"}


@dataclass(frozen=True)
class Seen:
    """What a rule has seen: the case, the group of facts in each role, and words."""

    case: str = ""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[FactSheet], Seen | None]


def renewal_near(sheet: FactSheet) -> Seen | None:
    """The contract renews within 120 days; what to do depends on how near, and on the health."""
    if not is_renewal_near(sheet):
        return None
    days = number(sheet, "account.days_to_renewal") or 0
    due = days <= _CONFIRM
    if text(sheet, "health.segment") in ("Red", "Yellow"):
        case = "troubled_and_due" if due else "troubled"
    else:
        case = "due" if due else ""
    roles = {"it": tuple(largest(sheet, "conversions.channel", "value")[:1])}
    if number(sheet, "conversions.value"):
        roles["won"] = ("conversions",)
    return Seen("passed" if days < 0 else case, roles)


def conversions_fell(sheet: FactSheet) -> Seen | None:
    """Their number clearly fell, or their value did, or it is far down, be it chance or not."""
    fewer = [compared for compared, way in clear_comparisons(sheet) if way == "down"]
    less = [c for c in (YEAR, BEFORE) if c.is_known(sheet) and c.value_verdict(sheet) == "down"]
    clear = fewer or less
    compared = clear[0] if clear else BEFORE
    move = compared.move(sheet)
    if not clear and (move is None or move > -LARGE):
        return None
    losses = {
        g: (number(sheet, f"{g}.value_{compared.span}") or 0) - (number(sheet, f"{g}.value") or 0)
        for g in groups(sheet, "conversions.channel")
        if not _is_gone(sheet, f"{g}.value") and not _is_gone(sheet, f"{g}.value_{compared.span}")
    }
    group = max(losses, key=lambda g: (losses[g], g), default="")
    if not group or losses[group] <= 0:
        return None
    case = "" if fewer else "in_value" if clear else "perhaps"
    if clear and len(losses) > 2 and all(lost > 0 for lost in losses.values()):
        case = "everywhere"
    return Seen(case, {"it": (group,)}, _words(compared))


def _is_gone(sheet: FactSheet, fact_id: str) -> bool:
    """Whether the data of a figure are not there: it is not zero then."""
    fact = sheet.get(fact_id)
    return fact is not None and fact.status == "no_data"


def _words(compared: Comparison) -> dict[str, str]:
    return {"window": compared.words, "span": compared.span, "change": compared.key}


def opens_below_peers(sheet: FactSheet) -> Seen | None:
    """A channel opens less than three quarters of those who use it, by messages worth the work."""
    return _below_peers(sheet, "open_rate")


def clicks_below_peers(sheet: FactSheet) -> Seen | None:
    """A channel is clicked less, likewise."""
    return _below_peers(sheet, "click_rate")


def _below_peers(sheet: FactSheet, rate: str) -> Seen | None:
    """The channel where most is to be won. A rate over all channels follows their mix."""
    won = {
        group: number(sheet, f"{group}.{rate}_more") or 0.0
        for group in groups(sheet, "engagement.channel")
        if text(sheet, f"{group}.{rate}_position") == LOWEST and sheet.has(f"{group}.{rate}")
    }
    best = max(won, key=lambda group: (won[group], group), default="")
    if not best or won[best] < _WORTHWHILE * (number(sheet, "engagement.sent") or 0.0):
        return None
    return Seen(roles={"it": (best,)})


def one_channel_carries_most(sheet: FactSheet) -> Seen | None:
    """One channel brings more than half of a value that rests on some conversions."""
    ranked = largest(sheet, "conversions.channel", "value")
    if not ranked or (number(sheet, f"{ranked[0]}.share") or 0) < _ONE_CHANNEL:
        return None
    if (number(sheet, "conversions.count") or 0) < _LEAST_CONVERSIONS:
        return None
    return Seen(roles={"it": (ranked[0],), "second": tuple(ranked[1:2])})


def module_lags(sheet: FactSheet) -> Seen | None:
    """A module is in decline, put aside, lost or never started.

    First what was lost, then what the goal rests on, then where most seats are paid for unused.
    """
    lost = set(text(sheet, "adoption.lost").split(", ")) - {""}
    stage = {g: text(sheet, f"{g}.stage") for g in groups(sheet, "adoption.module")}
    name = {g: text(sheet, f"{g}.name") for g in stage}
    lagging = [g for g in stage if stage[g] in _LAGGING or name[g] in lost]
    if not lagging:
        return None
    unused = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0) for g in lagging
    }
    goal = text(sheet, "goal.module")
    it = max(lagging, key=lambda g: (name[g] in lost, name[g] == goal, unused[g], g))
    told = ["lost"] if name[it] in lost else []
    told += [case] if (case := _LAGGING.get(stage[it], "")) else []
    alike = tuple(g for g in lagging if g != it and stage[g] == stage[it])
    return Seen("_and_".join(told), {"it": (it,), "alike": alike})


def seats_are_idle(sheet: FactSheet) -> Seen | None:
    """Less than half of the seats are in use, but some: else starting is the advice."""
    used = number(sheet, "adoption.utilisation")
    return Seen() if used and used < _HALF else None


def channel_grew_with_the_whole(sheet: FactSheet) -> Seen | None:
    """A channel clearly grew while the whole did: growth that may be chance is not praised."""
    for compared, way in clear_comparisons(sheet):
        if way == "down":
            continue
        for group in groups(sheet, "conversions.channel"):
            if text(sheet, f"{group}.verdict_{compared.key}") == "a clear rise":
                return Seen(roles={"it": (group,)}, words=_words(compared))
    return None


def another_channel_prepares(sheet: FactSheet) -> Seen | None:
    """Most revenue is credited to another channel than the one in which most value closes."""
    credited = largest(sheet, "attribution.channel", "revenue")
    closing = largest(sheet, "conversions.channel", "value")
    touchpoints = number(sheet, "attribution.touchpoints") or 0
    if not credited or not closing or touchpoints < _LEAST_TOUCHPOINTS:
        return None
    if text(sheet, f"{credited[0]}.name") == text(sheet, f"{closing[0]}.name"):
        return None
    return Seen(roles={"it": (credited[0],), "closing": (closing[0],)})


def no_goal(sheet: FactSheet) -> Seen | None:
    """No goal is agreed."""
    return None if sheet.has("customer.goal") else Seen()


def calls_went_badly(sheet: FactSheet) -> Seen | None:
    """Some of the calls judged had a negative tone."""
    heard = number(sheet, "calls.negative") and number(sheet, "calls.judged")
    return Seen() if heard else None


def no_conversions(sheet: FactSheet) -> Seen | None:
    """No conversion has ever been recorded; that some have not come yet is told elsewhere."""
    known = sheet.has("conversions.count") or sheet.has("data.conversions")
    return None if known else Seen()


def conversions_recorded(sheet: FactSheet) -> Seen | None:
    """Conversions are recorded."""
    return Seen() if sheet.has("conversions.count") else None


def a_channel_leads(sheet: FactSheet) -> Seen | None:
    """Some channel brings value."""
    ranked = largest(sheet, "conversions.channel", "value")
    return Seen(roles={"it": (ranked[0],)}) if ranked else None


def readers_went_quiet(sheet: FactSheet) -> Seen | None:
    """Messages are sent, and not opened by more than those of most peers."""
    if not sheet.has("engagement.sent", "engagement.open_rate"):
        return None
    places = [text(sheet, f"{g}.open_rate_position") for g in groups(sheet, "engagement.channel")]
    told = [place for place in places if place]
    return None if told and all(place == TOP for place in told) else Seen()


def always(sheet: FactSheet) -> Seen | None:
    """In each review."""
    return Seen()


def leaving_was_spoken_of(sheet: FactSheet) -> Seen | None:
    """In a call of the quarter."""
    return Seen() if number(sheet, "calls.churn") else None


def vendor_was_spoken_of(sheet: FactSheet) -> Seen | None:
    """Another vendor, in a call of the quarter."""
    return Seen() if number(sheet, "calls.competitor") else None


def more_was_asked_for(sheet: FactSheet) -> Seen | None:
    """In a call of the quarter, by a customer who is not in trouble."""
    troubled = text(sheet, "health.segment") in ("Red", "Yellow")
    return Seen() if number(sheet, "calls.expansion") and not troubled else None


def nobody_called(sheet: FactSheet) -> Seen | None:
    """No call took place in four weeks."""
    return Seen() if number(sheet, "calls.held") == 0 else None


def value_below_peers(sheet: FactSheet) -> Seen | None:
    """The conversion value a week is in the lowest quarter of the peers, on some conversions."""
    return _placed(sheet, "conversion_value_per_week", LOWEST)


def value_above_peers(sheet: FactSheet) -> Seen | None:
    """It is in the top quarter, and the customer is neither in trouble nor clearly falling."""
    troubled = text(sheet, "health.segment") in ("Red", "Yellow") or sheet.has("adoption.lost")
    if troubled or any(way == "down" for _, way in clear_comparisons(sheet)):
        return None
    return _placed(sheet, "conversion_value_per_week", TOP)


def score_below_peers(sheet: FactSheet) -> Seen | None:
    """The engagement score is in the lowest quarter of the peers."""
    return _placed(sheet, "engagement_score", LOWEST)


def opens_lead_clicks_do_not(sheet: FactSheet) -> Seen | None:
    """A channel is opened more than at most who use it, and not clicked more; opens do not fall."""
    led = {
        group: number(sheet, f"{group}.sent") or 0.0
        for group in groups(sheet, "engagement.channel")
        if text(sheet, f"{group}.open_rate_position") == TOP
        and text(sheet, f"{group}.click_rate_position") in (LOWEST, MIDDLE)
        and sheet.has(f"{group}.open_rate", f"{group}.click_rate")
    }
    if not led or _opens_fell(sheet):
        return None
    return Seen(roles={"it": (max(led, key=lambda group: (led[group], group)),)})


def _placed(sheet: FactSheet, metric: str, place: str) -> Seen | None:
    prefix = f"benchmark.{metric}"
    is_there = text(sheet, f"{prefix}.position") == place and sheet.has(f"{prefix}.own")
    return Seen() if is_there else None


def channel_went_silent(sheet: FactSheet) -> Seen | None:
    """A channel that brought conversions brings none now, while others still do."""
    if not number(sheet, "conversions.count"):
        return None
    for compared in (BEFORE, YEAR):
        silent = [
            g
            for g in groups(sheet, "conversions.channel")
            if number(sheet, f"{g}.count") == 0
            and (number(sheet, f"{g}.count_{compared.span}") or 0) >= _SILENT_FROM
        ]
        if silent:
            return Seen(roles={"it": (silent[0],)}, words=_words(compared))
    return None


def one_channel_is_clicked_more(sheet: FactSheet) -> Seen | None:
    """Messages of one channel are clicked several times as often as those of another."""
    rated = [
        g
        for g in groups(sheet, "engagement.channel")
        if number(sheet, f"{g}.click_rate") and (number(sheet, f"{g}.sent") or 0) >= _LEAST_SENT
    ]
    rated.sort(key=lambda g: (number(sheet, f"{g}.click_rate") or 0, g))
    if len(rated) < 2:
        return None
    low, high = (number(sheet, f"{g}.click_rate") or 0 for g in (rated[0], rated[-1]))
    if high < _TIMES * low:
        return None
    return Seen(roles={"it": (rated[-1],), "other": (rated[0],)})


def module_has_room(sheet: FactSheet) -> Seen | None:
    """An adopted module whose seats are used least, by fewer than most who have one."""
    adopted = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") == "adopted"
        and (number(sheet, f"{g}.utilisation") or 100) < _ROOM
    ]
    if not adopted:
        return None
    it = min(adopted, key=lambda g: (number(sheet, f"{g}.utilisation") or 0, g))
    much = (number(sheet, f"{it}.utilisation") or 0) < _MUCH_ROOM
    return Seen("" if much else "some", roles={"it": (it,)})


def seats_are_full(sheet: FactSheet) -> Seen | None:
    """Nearly all seats are in use, by a customer who is not in trouble."""
    troubled = text(sheet, "health.segment") in ("Red", "Yellow") or sheet.has("adoption.lost")
    used = number(sheet, "adoption.utilisation") or 0
    return Seen() if used >= _FULL and not troubled else None


def _opens_fell(sheet: FactSheet) -> bool:
    """Opens clearly fell within channels, on either comparison."""
    return any(opens.way(sheet) == "down" for opens in OPENS)


#: By name, as ``plays.yaml`` calls them.
BY_NAME: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        renewal_near, conversions_fell, opens_below_peers, clicks_below_peers,
        one_channel_carries_most, module_lags, seats_are_idle, channel_grew_with_the_whole,
        another_channel_prepares, no_goal, calls_went_badly, no_conversions, conversions_recorded,
        a_channel_leads, readers_went_quiet, always, leaving_was_spoken_of,
        vendor_was_spoken_of, more_was_asked_for, nobody_called, value_below_peers,
        value_above_peers, score_below_peers, opens_lead_clicks_do_not, channel_went_silent,
        one_channel_is_clicked_more, module_has_room, seats_are_full,
    )
}  # fmt: skip

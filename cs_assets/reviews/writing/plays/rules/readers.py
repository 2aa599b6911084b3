"""Rules on readers: what is sent, opened and clicked, channel by channel.

A rate over all channels follows their mix, so channels are compared with those who use them.
"""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import LOWEST, MIDDLE, TOP
from cs_assets.reviews.facts.groups import group_named, groups, number, text
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_placed, words_of
from cs_assets.reviews.writing.trend_statement import BEFORE, OPENS, YEAR, Comparison, Opens
from cs_assets.statistics.intervals import wilson
from cs_assets.statistics.verdict import WORDS

#: The share of messages that closing a gap must win to be worth a recommendation.
_WORTHWHILE = 0.03
#: Messages and ratio from which clicks of two channels are compared.
_LEAST_SENT, _TIMES = 500, 2
#: Messages against an earlier window from which they are fewer, or more.
_FEWER_SENT, _MORE_SENT = 0.8, 1.2


def opens_below_peers(sheet: FactSheet) -> Seen | None:
    """A channel opens less than three quarters of those who use it, by messages worth the work.

    The case: it clearly fell there, or those who open do not click either.
    """
    it = _below_peers(sheet, "open_rate")
    if not it:
        return None
    for compared in (YEAR, BEFORE):
        fell = text(sheet, f"{it}.verdict_{compared.key}") == WORDS["fall"]
        if fell and sheet.has(f"{it}.open_rate_{compared.span}"):
            return Seen("fell", {"it": (it,)}, words_of(compared))
    both = text(sheet, f"{it}.click_rate_position") == LOWEST
    return Seen("unclicked" if both else "", {"it": (it,)}, words_of(YEAR))


def clicks_below_peers(sheet: FactSheet) -> Seen | None:
    """A channel is clicked less, likewise."""
    it = _below_peers(sheet, "click_rate")
    return Seen(roles={"it": (it,)}) if it else None


def _below_peers(sheet: FactSheet, rate: str) -> str:
    """The channel where most is to be won. A rate over all channels follows their mix."""
    won = {
        group: number(sheet, f"{group}.{rate}_more") or 0.0
        for group in groups(sheet, "engagement.channel")
        if text(sheet, f"{group}.{rate}_position") == LOWEST and sheet.has(f"{group}.{rate}")
    }
    best = max(won, key=lambda group: (won[group], group), default="")
    if not best or won[best] < _WORTHWHILE * (number(sheet, "engagement.sent") or 0.0):
        return ""
    return best


def score_below_peers(sheet: FactSheet) -> Seen | None:
    """The engagement score is in the lowest quarter of the peers."""
    is_below = is_placed(sheet, "engagement_score", LOWEST)
    return Seen() if is_below else None


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


def readers_are_won(sheet: FactSheet) -> Seen | None:
    """A channel is opened and clicked more than at most who use it; opens do not fall."""
    won = {
        group: number(sheet, f"{group}.sent") or 0.0
        for group in groups(sheet, "engagement.channel")
        if text(sheet, f"{group}.open_rate_position") == TOP
        and text(sheet, f"{group}.click_rate_position") == TOP
        and sheet.has(f"{group}.open_rate", f"{group}.click_rate")
    }
    if not won or _opens_fell(sheet):
        return None
    return Seen(roles={"it": (max(won, key=lambda group: (won[group], group)),)})


def one_channel_is_clicked_more(sheet: FactSheet) -> Seen | None:
    """Messages of one channel are clicked several times as often as those of another.

    Not where the other brings more value, or is credited with more: clicks are not what it is for;
    and that one brings more is said where its conversions per message are more beyond chance.
    """
    rated = [
        g
        for g in groups(sheet, "engagement.channel")
        if number(sheet, f"{g}.click_rate") and (number(sheet, f"{g}.sent") or 0) >= _LEAST_SENT
    ]
    rated.sort(key=lambda g: (number(sheet, f"{g}.click_rate") or 0, g))
    if len(rated) < 2:
        return None
    low, high = (number(sheet, f"{g}.click_rate") or 0 for g in (rated[0], rated[-1]))
    won, lost = (_brought(sheet, g) for g in (rated[-1], rated[0]))
    if high < _TIMES * low or (won or 0) < (lost or 0):
        return None
    if _credited(sheet, rated[0]) > _credited(sheet, rated[-1]):
        return None
    roles = {"it": (rated[-1],), "other": (rated[0],)}
    if won is None or not lost:
        return Seen(roles=roles)
    if not _converts_more(sheet, rated[-1], rated[0]):
        return None
    return Seen("and_brings_more", {**roles, "won": _conversions_of(sheet, rated[-1]),
                                    "lost": _conversions_of(sheet, rated[0])})  # fmt: skip


def _converts_more(sheet: FactSheet, one: str, other: str) -> bool:
    """Whether one channel brings more conversions a message than another, beyond chance.

    Of the conversions of both, its share is above its share of their messages at the lower end of
    the interval (Wilson 1927).
    """
    mine, theirs = (
        int(sum(number(sheet, f"{g}.count") or 0 for g in _conversions_of(sheet, channel)))
        for channel in (one, other)
    )
    sent, all_sent = (number(sheet, f"{one}.sent") or 0, number(sheet, f"{other}.sent") or 0)
    if not mine + theirs or not sent + all_sent:
        return False
    return wilson(mine, mine + theirs).low > sent / (sent + all_sent)


def _credited(sheet: FactSheet, channel: str) -> float:
    """The revenue that touchpoints of a channel are credited with."""
    found = group_named(sheet, "attribution.channel", text(sheet, f"{channel}.name"))
    return number(sheet, f"{found}.revenue") or 0.0 if found else 0.0


def _conversions_of(sheet: FactSheet, channel: str) -> tuple[str, ...]:
    """The channel's group among the conversions."""
    name = text(sheet, f"{channel}.name")
    return tuple(g for g in (group_named(sheet, "conversions.channel", name),) if g)


def _brought(sheet: FactSheet, channel: str) -> float | None:
    """The conversion value of a channel with messages; ``None`` where there is none."""
    found = _conversions_of(sheet, channel)
    return number(sheet, f"{found[0]}.value") if found else None


def opens_fell(sheet: FactSheet) -> Seen | None:
    """Opens clearly fell within channels; the case is whether clearly more was sent."""
    for opens in OPENS:
        if opens.way(sheet) == "down" and (it := _moved(sheet, opens, "fall")):
            case = "sent_more" if (_sent(sheet, opens.compared) or 0) >= _MORE_SENT else ""
            return Seen(case, {"it": (it,)}, words_of(opens.compared))
    return None


def opens_rose(sheet: FactSheet) -> Seen | None:
    """Opens clearly rose within channels on one comparison and fell on none."""
    if _opens_fell(sheet):
        return None
    for opens in OPENS:
        if opens.way(sheet) == "up" and (it := _moved(sheet, opens, "rise")):
            return Seen(roles={"it": (it,)}, words=words_of(opens.compared))
    return None


def _moved(sheet: FactSheet, opens: Opens, way: str) -> str:
    """Of the channels that clearly moved this way the one that moved most, in points."""
    moved = [
        g
        for g in opens.channels(sheet)
        if text(sheet, f"{g}.verdict_{opens.compared.key}") == WORDS[way]
    ]

    def points(group: str) -> float:
        now, then = (
            number(sheet, f"{group}.open_rate{span}") or 0.0
            for span in ("", f"_{opens.compared.span}")
        )
        return abs(now - then)

    return max(moved, key=lambda g: (points(g), g), default="")


def fewer_sent(sheet: FactSheet) -> Seen | None:
    """Fewer messages went out than in an earlier window, or none any more.

    What is sent is counted and no sample: there is no chance in it that a test could rule out.
    """
    for compared in (BEFORE, YEAR):
        share = _sent(sheet, compared)
        if share is not None and share <= _FEWER_SENT:
            return Seen("stopped" if not share else "", words=words_of(compared))
    return None


def more_sent_for_nothing(sheet: FactSheet) -> Seen | None:
    """More messages went out, and conversions did not clearly rise on any comparison."""
    verdicts = {c: text(sheet, f"conversions.verdict_{c.key}") for c in (YEAR, BEFORE)}
    if WORDS["rise"] in verdicts.values():
        return None
    for compared, said in verdicts.items():
        share = _sent(sheet, compared)
        if share is not None and share >= _MORE_SENT and said in (WORDS["none"], WORDS["fall"]):
            return Seen(words=words_of(compared))
    return None


def _sent(sheet: FactSheet, compared: Comparison) -> float | None:
    """Messages sent as a share of those of an earlier window; ``None`` where that is not known."""
    now = number(sheet, "engagement.sent")
    then = number(sheet, f"engagement.sent_{compared.span}")
    return now / then if now is not None and then else None


def readers_went_quiet(sheet: FactSheet) -> Seen | None:
    """Messages are sent, and not opened by more than those of most peers."""
    if not sheet.has("engagement.sent", "engagement.open_rate"):
        return None
    places = [text(sheet, f"{g}.open_rate_position") for g in groups(sheet, "engagement.channel")]
    told = [place for place in places if place]
    return None if told and all(place == TOP for place in told) else Seen()


def _opens_fell(sheet: FactSheet) -> bool:
    """Opens clearly fell within channels, on either comparison."""
    return any(opens.way(sheet) == "down" for opens in OPENS)

"""The plays of a report: which facts call for what, weighed, one a topic.

A play is chosen by rule, so that the advice can be traced; its words and its weight, the urgency,
come from ``plays.yaml``. Texts carry slots; the case study is added by ``recommendations``.
"""

from collections.abc import Sequence
from dataclasses import replace

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.groups import text
from cs_assets.reviews.hands import is_struck
from cs_assets.reviews.playbook import Playbook, RuledPlay
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.plays.rules import readers, relations, results, use
from cs_assets.reviews.writing.plays.rules.seen import Rule, Seen
from cs_assets.reviews.writing.plays.vetoes import breaches
from cs_assets.reviews.writing.plays.wording import play_of
from cs_assets.reviews.writing.what_became import is_known_to_fail, is_noted_to_rest, rests

#: The weight of what is advised first, above all others.
_FIRST = 2.0
#: By how much what yields stands behind.
_NEXT = 0.001
#: From this weight on a play is given beside the fewest that a review gives.
_MORE = 0.5


def plays(sheet: FactSheet, settings: ReviewSettings) -> list[Play]:
    """The weightiest plays, at most as many as ``settings`` allow; standing advice fills up.

    One play a topic. What serves the goal agreed weighs more and says so; where nothing does, the
    goal itself gets a play.
    """
    book, wanted = settings.plays, settings.recommendations
    found = [made for words in book.triggered if (made := _called_for(words, sheet)) is not None]
    found = [_for_goal(play, sheet, book) for play in found if _may_come(play, sheet, book)]
    found = _as_advised(found, sheet, book)
    chosen = _urgent_first(_one_a_topic(found), wanted.maximum)
    if (goal := _unserved_goal(sheet, chosen, book, wanted.minimum)) is not None:
        chosen = _one_a_topic([*_urgent_first(chosen, wanted.maximum - 1), goal])
    chosen = [p for n, p in enumerate(chosen) if n < wanted.minimum or p.must or p.weight >= _MORE]
    for words in book.standing if wanted.fill else ():
        if len(chosen) >= wanted.minimum:
            break
        play = _called_for(words, sheet)
        if play is None or not _may_come(play, sheet, book):
            continue
        if play.topic not in {c.topic for c in chosen}:
            chosen.append(play)
    if settings.edition == "customer":
        return [replace(play, action=play.customer_action or play.action) for play in chosen]
    return chosen


def _as_advised(found: list[Play], sheet: FactSheet, book: Playbook) -> list[Play]:
    """First what the customers room advises first, so that no two lists begin differently.

    In the words of the play on the same topic; where there is none, in its own.
    """
    code = text(sheet, "action.code")
    if not code or code in book.advised.left_out or not sheet.has("action.title", "action.text"):
        return found
    topics = book.advised.topics.get(code, "").split()
    same = [play for play in found if play.playbook == code]
    same = same or [play for play in found if play.topic.split(" ")[0] in topics]
    if not same:
        return [*_in_its_own_words(code, found, sheet, book), *found]
    first = max(same, key=lambda play: (play.weight, play.code))
    return [replace(p, weight=_FIRST, must=True) if p is first else p for p in found]


def _in_its_own_words(
    code: str, found: Sequence[Play], sheet: FactSheet, book: Playbook
) -> list[Play]:
    """The playbook as a play, where it may come: first, or behind what page one warns of."""
    said = play_of(book.advised.words, None, Seen(), sheet)
    own = replace(said, code=code, playbook=code, why=book.advised.whys.get(code, said.why))
    if not _may_come(replace(own, must=False), sheet, book):
        return []
    warned = [play.weight for play in found if play.must]
    behind = min(warned) - _NEXT if warned and code in book.advised.yields else _FIRST
    return [replace(own, weight=behind, must=True)]


def _may_come(play: Play, sheet: FactSheet, book: Playbook) -> bool:
    """Not what was struck; nor, but for warnings of page one, what is vetoed, done or fails."""
    if is_struck(play.title, sheet):
        return False
    if play.must:
        return True
    advice = slots.fill(f"{play.title}. {play.action}", sheet).text
    is_vetoed = any(breaches(advice, book.vetoes, sheet))
    at_rest = rests(play.title, sheet) or is_noted_to_rest(play, sheet)
    return not (is_vetoed or at_rest or is_known_to_fail(play, sheet))


def _called_for(words: RuledPlay, sheet: FactSheet) -> Play | None:
    seen = BY_NAME[words.when](sheet)
    if seen is None or not sheet.has(*words.needs):
        return None
    if any(BY_NAME[veto](sheet) is not None for veto in words.unless):
        return None
    return play_of(words, words.cases.get(seen.case), seen, sheet)


def _urgent_first(found: Sequence[Play], most: int) -> list[Play]:
    """The weightiest ones; what page one warns of is always among them."""
    needed = [play for play in found if play.must]
    rest = [play for play in found if not play.must]
    kept = [*needed, *rest[: max(0, most - len(needed))]]
    return [play for play in found if play in kept]


def _one_a_topic(found: Sequence[Play]) -> list[Play]:
    """The plays by weight, the weightiest of each topic only."""
    best: dict[str, Play] = {}
    for play in sorted(found, key=lambda play: (-play.weight, play.code)):
        best.setdefault(play.topic, play)
    return list(best.values())


def _goal_topics(sheet: FactSheet) -> set[str]:
    kinds = {"module": "goal.module", "channel": "goal.channel"}
    return {f"{kind} {name}" for kind, f in kinds.items() if (name := text(sheet, f))}


def _for_goal(play: Play, sheet: FactSheet, book: Playbook) -> Play:
    if play.topic not in _goal_topics(sheet) or not play.serves_goal:
        return play
    served = book.serves_goal
    return replace(play, why=f"{play.why} {served.why}", weight=play.weight + served.weight)


def _unserved_goal(
    sheet: FactSheet, chosen: Sequence[Play], book: Playbook, least: int
) -> Play | None:
    """A play for a goal that is agreed and that no chosen play serves."""
    topics = _goal_topics(sheet)
    if topics & {play.topic for play in chosen} or not sheet.has("customer.goal"):
        return None
    if not topics and len(chosen) >= least:  # what it rests on is not known either
        return None
    play = play_of(book.unserved_goal, None, Seen(), sheet)
    return None if is_struck(play.title, sheet) else play


BY_NAME: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        relations.renewal_near, results.conversions_fell, readers.opens_below_peers,
        readers.clicks_below_peers, results.one_channel_carries_most, use.module_lags,
        use.seats_are_idle, results.channel_grew_with_the_whole, results.another_channel_prepares,
        relations.no_goal, relations.calls_went_badly, results.no_conversions,
        results.conversions_recorded, results.a_channel_leads, readers.readers_went_quiet,
        relations.always, relations.leaving_was_spoken_of, relations.vendor_was_spoken_of,
        relations.more_was_asked_for, relations.nobody_called, results.value_below_peers,
        results.value_above_peers, readers.score_below_peers, readers.opens_lead_clicks_do_not,
        results.channel_went_silent, readers.one_channel_is_clicked_more, use.module_has_room,
        use.seats_are_full, results.one_region_carries_most, readers.opens_fell,
        readers.opens_rose, readers.fewer_sent, readers.more_sent_for_nothing,
        use.module_is_tried, use.one_person_uses_module, relations.calls_went_well,
        results.channel_began, results.conversions_are_few, results.value_in_the_middle,
        readers.readers_are_won, use.use_fell, relations.champion_is_gone,
        relations.nobody_is_there,
    )
}  # fmt: skip

"""J-reviews-07: a review says neither more nor less than its data, whatever these are."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.reviews.configuration import ReviewSettings, review_settings
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.performance import performance
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.standing import clear_changes, standing, watch
from cs_assets.reviews.writing.summary import headline, summary
from cs_assets.reviews.writing.value import business_value
from cs_assets.statistics.intervals import wilson
from tests.figures import Figure

FALL, RISE, NONE = "a clear fall", "a clear rise", "no clear change"
#: Causes that no figure of a review shows, and what is told of nobody.
_CAUSES = (
    "has one cause", "more often broken", "the subject or the pairing", "with the same means",
    "the offer that is at fault", "Readers leave quietly",
)  # fmt: skip
_DOUBTS = ("leaving", "giving_back", "stopping", "trust", "person", "answer")


def breaches(sheet: FactSheet, settings: ReviewSettings) -> Iterator[str]:
    """What the texts by rule say beyond the sheet, or leave out of it."""
    chosen, first = plays(sheet, settings), watch(sheet)
    topics = {play.topic.split(" ")[0] for play in chosen}
    told = "\n".join((headline(sheet), summary(sheet), performance(sheet), business_value(sheet)))
    advice = "\n".join(f"{p.title} {p.observation} {p.why} {p.action}" for p in chosen)
    yield from (f"says '{words}'" for words in _CAUSES if words in told + advice)
    yield from _signals(sheet, first)
    for fact_id, words, topic in (
        ("account.champion_left", "{account.champion_left}", "champion"),
        ("account.given_back", "{account.given_back}", ""),
        ("adoption.lost", "used before", ""),
    ):
        if sheet.has(fact_id) and (words not in first or (topic and topic not in topics)):
            yield f"{fact_id} is not on page one, or not in the advice"
    silent = number(sheet, "usage.actions") == 0 and number(sheet, "conversions.count") == 0
    if silent and ("{usage.silent_days}" not in first or "wake" not in topics):
        yield "nobody is there and page one does not say it"
    if first and chosen and chosen[0].code in settings.plays.advised.yields:
        yield "more is asked for before what page one warns of"
    near = "{account.days_to_renewal}" in first and sheet.has("account.notice")
    if near and "notice" not in first:
        yield "the renewal is on page one without its last day of notice"
    yield from _changes(sheet)
    yield from _of_plays(sheet, {play.code for play in chosen})
    yield from _missing(sheet, told)
    if number(sheet, "account.sponsors") == 0 and "the sponsor" in advice:
        yield "the sponsor is asked, and there is none"
    code, topics_of = text(sheet, "action.code"), settings.plays.advised.topics
    is_held = code != "answer_churn" or number(sheet, "calls.churn")
    if not chosen or code not in topics_of or not sheet.has("action.title") or not is_held:
        return
    if code in (chosen[0].code, chosen[0].playbook):
        return
    if chosen[0].topic.split(" ")[0] not in topics_of[code].split():
        yield f"first is {chosen[0].code}, and the lists begin with {code}"


def _signals(sheet: FactSheet, first: str) -> Iterator[str]:
    """Each count is of the calls that say it; what goes back is not told as leaving."""
    if not number(sheet, "calls.churn"):
        return
    said = {about for about in _DOUBTS if number(sheet, f"calls.said.{about}.calls")}
    if "Leaving was spoken of" in first and "leaving" not in said:
        yield "leaving is told, and no call speaks of it"
    for about in said:
        if f"{{calls.said.{about}.words}}" not in first:
            yield f"{about} was spoken of, and its words are not on page one"


def _changes(sheet: FactSheet) -> Iterator[str]:
    """Every clear verdict is on page one, and "none" only where something was tested."""
    named = " ".join(words for words, _ in clear_changes(sheet))
    for fact_id, words in (
        ("usage.verdict_change", "use of the modules"),
        ("conversions.verdict_change", "conversions"),
        ("engagement.open_rate_verdict", "open rate"),
    ):  # fmt: skip
        if text(sheet, fact_id) in (FALL, RISE) and words not in named:
            yield f"{fact_id} is clear and not on page one"
    answer = next((one for one in standing(sheet) if one.label == "Clear changes"), None)
    tested = any(
        ".verdict_" in f.fact_id or f.fact_id.endswith("verdict") for f in sheet if f.value
    )
    if answer is not None and answer.value.startswith("None") and not tested:
        yield "none is said to be clear, and nothing was tested"


def _of_plays(sheet: FactSheet, codes: set[str]) -> Iterator[str]:
    """A play on a change has its clear verdict, one on a concentration enough cases."""
    channels = groups(sheet, "conversions.channel")
    if "revive_channel" in codes and not any(
        text(sheet, f"{g}.verdict_{key}") == FALL and number(sheet, f"{g}.count") == 0
        for g in channels for key in ("change", "year_change")
    ):  # fmt: skip
        yield "a channel is said to have gone silent, and no verdict says so"
    if "recover_channel" in codes and not any(
        text(sheet, f"conversions.{verdict}_{key}") == FALL
        for verdict in ("verdict", "value_verdict") for key in ("change", "year_change")
    ):  # fmt: skip
        yield "a fall is to be mended that no verdict calls clear"
    if "second_channel" in codes:
        best = max(number(sheet, f"{g}.count") or 0 for g in channels)
        most = best + max(number(sheet, f"{g}.count_prior") or 0 for g in channels)
        every = number(sheet, "conversions.count") or 0
        both = every + (number(sheet, "conversions.count_prior") or 0)
        if wilson(int(min(most, both)), int(both)).low < 0.5:
            yield "a result is said to rest on one channel, on a handful of cases"
    yield from _of_growth(sheet, codes)
    if "stop_use_fall" in codes and text(sheet, "usage.verdict_change") != FALL:
        yield "use is said to fall, and no verdict says so"


def _of_growth(sheet: FactSheet, codes: set[str]) -> Iterator[str]:
    """More is asked for, or moved elsewhere, only where nothing on record speaks against it."""
    used = number(sheet, "adoption.utilisation")
    if "expand" in codes and used is not None and used < 50:
        yield "a module is offered while most seats are idle"
    if "talk_seats" in codes and (used or 0) < 90:
        yield "seats are said to be full, and are not"
    regions = groups(sheet, "conversions.region")
    several = [
        g for g in regions
        if sum(number(sheet, f"{g}.count{span}") or 0 for span in ("", "_prior")) >= 5
    ]  # fmt: skip
    if "take_to_region" in codes and len(several) < 2:
        yield "a region is to be served of which a single conversion is known"
    credit = {
        text(sheet, f"{g}.name"): number(sheet, f"{g}.revenue") or 0.0
        for g in groups(sheet, "attribution.channel")
    }
    rated = [
        g for g in groups(sheet, "engagement.channel")
        if number(sheet, f"{g}.click_rate") and (number(sheet, f"{g}.sent") or 0) >= 500
    ]  # fmt: skip
    rated.sort(key=lambda g: (number(sheet, f"{g}.click_rate") or 0, g))
    if "shift_messages" in codes and rated:
        least, most = (credit.get(text(sheet, f"{g}.name"), 0) for g in (rated[0], rated[-1]))
        if least > most:
            yield "messages are moved away from the channel that earns more credit"


def _missing(sheet: FactSheet, told: str) -> Iterator[str]:
    """What is not on record is no zero, in no text."""
    if sheet.has("data.usage") and "{adoption.utilisation}" in told:
        yield "seats in use are told of who has no usage on record"
    before = sheet.get("conversions.count_prior")
    is_new = before is not None and before.status == "not_applicable"
    if is_new and number(sheet, "attribution.revenue_prior") == 0:
        yield "no revenue is credited to weeks before there was any"
    if not sheet.has("conversions.count") and not sheet.has("data.conversions"):
        for words in ("No conversion value was recorded", "No channel brought", "recorded no conv"):
            if words in told:
                yield f"'{words}', and none was ever on record"


def shaken(sheet: FactSheet, dice: random.Random) -> FactSheet:
    """A sheet with verdicts, signals, people and zeros at random; what is absent may become so."""
    made = []
    for fact in sheet:
        value, status, reason = fact.value, fact.status, fact.reason
        if fact.fact_id.endswith("verdict") or ".verdict_" in fact.fact_id:
            value = dice.choice((FALL, RISE, NONE, NONE)) if fact.status == "ok" else None
        elif fact.fact_id in ("calls.churn", "calls.competitor", "account.sponsors"):
            value, status = float(dice.choice((0, 1, 2))), "ok"
        elif fact.fact_id.startswith("calls.said.") and fact.fact_id.endswith(".calls"):
            value, status = dice.choice(((None, "not_applicable"), (1.0, "ok")))
        elif fact.fact_id.startswith("calls.said."):
            value, status = "“Words.” (9 November)", "ok"
        elif fact.fact_id == "account.champion_left":
            value, status = dice.choice(((None, "not_applicable"), ("2026-08-12", "ok")))
        elif fact.fact_id in ("usage.actions", "conversions.count") and fact.status == "ok":
            value = dice.choice((0.0, value))
        elif fact.fact_id.endswith((".count", ".count_prior")) and fact.status == "ok":
            value = float(dice.choice((0, 1, 4, 30)))
        elif fact.fact_id == "account.days_to_renewal":
            value = float(dice.randint(-40, 300))
        reason = None if status == "ok" else reason or "not there"
        made.append(replace(fact, value=value, status=status, reason=reason))
    return replace(sheet, facts=tuple(_aligned(made)))


def _aligned(facts: list[Fact]) -> Iterator[Fact]:
    """Words of what no call says are not there."""
    silent = {
        f.fact_id.rsplit(".", 1)[0] for f in facts
        if f.fact_id.startswith("calls.said.") and f.fact_id.endswith(".calls") and not f.value
    }  # fmt: skip
    for fact in facts:
        if fact.fact_id.endswith(".words") and fact.fact_id.rsplit(".", 1)[0] in silent:
            yield replace(fact, value=None, status="not_applicable", reason="no call says it")
        else:
            yield fact


def told_of_the_data(sheets: list[FactSheet], count: int = 200) -> Figure:
    """J-reviews-07: over the reviews of the sample company and as many at random."""
    dice, settings, found = random.Random(7), review_settings(), Counter[str]()
    every = [*sheets, *(shaken(dice.choice(sheets), dice) for _ in range(count))]
    for sheet in every:
        found.update(breaches(sheet, settings))
    for words, times in found.most_common(10):
        print(f"  {times} x {words}")
    value = f"{found.total()} over {len(every)} reviews"
    return Figure("J-reviews-07", "told-beyond-or-short-of-the-data", value, "0", not found)

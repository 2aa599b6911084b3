"""How good the advice is: spread, grounds, contradictions, and what page one must not miss.

Measured on the sample company's reviews, made by the real cycle in a home of its own.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.configuration import review_settings
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.standing import watch
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.figures import Figure
from tests.judge.advice_cases import right_cases
from tests.judge.finished_home import WEEK, finished_home
from tests.judge.told import told_of_the_data

_COMMON = 10
_SENTENCES, _PARTS = r"(?<=[.!?])\s+|\n+", r"(?<=[.!?:;])\s+|\n+"
_LABELS = ("Why it matters:", "Expected effect:")
FALL, RISE, NONE = "a clear fall", "a clear rise", "no clear change"


@cache
def _reviews() -> list[tuple[FactSheet, str]]:
    """Sheet and text of each written review of the week."""
    with finished_home() as home:
        warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
        with warehouse.session("judge") as db:
            rows = db.query("reviews/reports", ["", "~", WEEK, "weekly"])
    written: list[Any] = list(rows[rows["status"] == "written"].itertuples(index=False))
    return [(sheet_from_json(row.sheet), row.full_report) for row in written]


def spread() -> list[Figure]:
    """J-reviews-01, 05, 06: how many share a play or a sentence, and have three plays."""
    settings, given = review_settings(), Counter[str]()
    enough, masked = 0, []
    for sheet, full in _reviews():
        chosen = plays(sheet, settings)
        given.update({play.code for play in chosen})
        enough += len(chosen) >= settings.recommendations.minimum
        masked.append(list(_masked(full, sheet)))
    count = len(masked)
    code, most = given.most_common(1)[0]
    in_reviews = Counter(said for review in masked for said in set(review))
    every = [said for review in masked for said in review]
    common = _common(in_reviews, every)
    parts = [list(_masked(full, sheet, _PARTS)) for sheet, full in _reviews()]
    in_parts = Counter(said for review in parts for said in set(review))
    of_parts = _common(in_parts, [said for review in parts for said in review])
    share = most / count
    return [
        Figure("J-reviews-01", "reviews-with-the-commonest-play", f"{100 * share:.0f}% ({code})",
               "<=35%", share <= 0.35),
        Figure("J-reviews-05", "sentences-in-ten-reviews-or-more", 
               f"{100 * common:.0f}% ({100 * of_parts:.0f}% of parts between colons)",
               "<=35%", common <= 0.35),
        Figure("J-reviews-06", "reviews-with-three-plays-of-their-own",
               f"{100 * enough / count:.0f}% of {count}", ">=95%", enough / count >= 0.95),
    ]  # fmt: skip


def _common(in_reviews: Counter[str], every: list[str]) -> float:
    """Share of what is said that stands in ten reviews or more."""
    return sum(in_reviews[said] >= _COMMON for said in every) / len(every)


def _masked(full: str, sheet: FactSheet, ends: str = _SENTENCES) -> Iterator[str]:
    """Sentences with numbers and names taken out; a label ("Action:") is none."""
    names = sorted(
        {str(f.value) for f in sheet if f.unit == "text" and f.value and len(str(f.value)) > 2
         and f.fact_id.endswith(("name", ".goal", ".group", ".title", ".company"))},
        key=len, reverse=True,
    )  # fmt: skip
    for sentence in re.split(ends, full):
        for name in names:
            sentence = sentence.replace(name, "NAME")
        plain = re.sub(r"[−+$]?\d[\d.,]*[%KMB]?", "#", sentence).strip(" -#")
        if len(plain) > 12 and plain != plain.upper() and plain not in _LABELS:
            yield plain


def _fell_everywhere(sheet: FactSheet) -> bool:
    channels = groups(sheet, "conversions.channel")
    return len(channels) > 2 and all(
        (number(sheet, f"{g}.value") or 0) < (number(sheet, f"{g}.value_{span}") or 0)
        for g in channels
        for span in ("prior", "year_ago")
    )


def _is_not_lowest(sheet: FactSheet) -> bool:
    place = text(sheet, "benchmark.conversion_value_per_week.position")
    return place != "in the lowest quarter"


def _moves_to_less(sheet: FactSheet) -> bool:
    """The most clicked channel brings less value than the least clicked one."""
    rated = [
        g for g in groups(sheet, "engagement.channel")
        if number(sheet, f"{g}.click_rate") and (number(sheet, f"{g}.sent") or 0) >= 500
    ]  # fmt: skip
    rated.sort(key=lambda g: (number(sheet, f"{g}.click_rate") or 0, g))
    value = {
        text(sheet, f"{g}.name"): number(sheet, f"{g}.value") or 0
        for g in groups(sheet, "conversions.channel")
    }
    least, most = (value.get(text(sheet, f"{g}.name"), 0) for g in (rated[0], rated[-1]))
    return most < least


#: By play: what in a sheet would make a liar of it.
CONTRADICTED: dict[str, Callable[[FactSheet], bool]] = {
    "recover_channel": _fell_everywhere,
    "scale_winner": lambda s: text(s, "conversions.verdict_year_change") == FALL
    and text(s, "conversions.verdict_change") == FALL,
    "ask_reference": lambda s: text(s, "health.segment") == "Red" or s.has("adoption.lost")
    or FALL in (text(s, "conversions.verdict_change"), text(s, "conversions.verdict_year_change")),
    "talk_seats": lambda s: s.has("adoption.lost") or text(s, "health.segment") == "Red",
    "follow_wish": lambda s: text(s, "health.segment") == "Red",
    "use_attention": lambda s: text(s, "engagement.open_rate_verdict") == FALL,
    "prepare_renewal": lambda s: text(s, "health.segment") == "Red",
    "confirm_renewal": lambda s: text(s, "health.segment") == "Red",
    "idle_seats": lambda s: (number(s, "adoption.utilisation") or 0) >= 50,
    "agree_goal": lambda s: s.has("customer.goal"),
    "keep_readers": lambda s: FALL
    in (text(s, "engagement.open_rate_verdict"), text(s, "engagement.open_rate_year_verdict")),
    "stop_fall_in_opens": lambda s: FALL
    not in (text(s, "engagement.open_rate_verdict"), text(s, "engagement.open_rate_year_verdict")),
    "widen_circle": lambda s: text(s, "health.segment") in ("Red", "Yellow")
    or bool(number(s, "calls.negative")) or bool(number(s, "calls.churn")),
    "answer_calls": lambda s: not number(s, "calls.negative"),
    "raise_value": _is_not_lowest,
    "regain_value": _is_not_lowest,
    "raise_average": _is_not_lowest,
    "shift_messages": _moves_to_less,
    "send_less": lambda s: RISE
    in (text(s, "conversions.verdict_change"), text(s, "conversions.verdict_year_change")),
}  # fmt: skip


def contradictions(count: int = 200) -> Figure:
    """J-reviews-03: advice against a fact, a signal or a verdict, over random customers."""
    dice, settings, found = random.Random(18), review_settings(), list[str]()
    sheets = [sheet for sheet, _ in _reviews()]
    for _ in range(count):
        sheet = _shaken(dice.choice(sheets), dice)
        found += [play.code for play in plays(sheet, settings) if _lies(play, sheet)]
    if found:
        print(f"  {Counter(found)}")
    value = f"{len(found)} over {count} customers"
    return Figure("J-reviews-03", "advice-against-facts", value, "0", not found)


def _lies(play: Play, sheet: FactSheet) -> bool:
    rule = CONTRADICTED.get(play.code)
    of_all = play.code == "recover_channel" and "{" not in play.title  # it speaks of all channels
    return rule is not None and not of_all and rule(sheet)


def _shaken(sheet: FactSheet, dice: random.Random) -> FactSheet:
    """Verdicts, health, renewal, places and values at random; what is absent stays so."""
    factor = {g: dice.choice((0.1, 0.5, 1.0, 2.0)) for g in groups(sheet, "conversions.channel")}
    shaken = []
    for fact in sheet:
        value: Any = fact.value
        if fact.status != "ok":
            shaken.append(fact)
            continue
        if fact.fact_id.endswith("verdict") or ".verdict_" in fact.fact_id:
            value = dice.choice((FALL, RISE, NONE, NONE))
        elif fact.fact_id == "health.segment":
            value = dice.choice(("Red", "Yellow", "Green"))
        elif fact.fact_id == "account.days_to_renewal":
            value = float(dice.randint(-40, 300))
        elif fact.fact_id.endswith(".position"):
            value = dice.choice(
                ("in the lowest quarter", "in the middle half", "in the top quarter")
            )
        elif fact.fact_id.endswith(".value") and (g := fact.fact_id[:-6]) in factor:
            value = float(value) * factor[g]
        elif fact.fact_id in ("calls.churn", "calls.competitor", "calls.expansion"):
            value = float(dice.choice((0, 0, 1)))
        shaken.append(replace(fact, value=value))
    return replace(sheet, facts=tuple(shaken))


def missing_from_page_one(count: int = 200) -> Figure:
    """J-reviews-04: renewals within 120 days and open signals that page one does not name."""
    dice, settings, missing, seen = random.Random(4), review_settings(), 0, 0
    sheets = [sheet for sheet, _ in _reviews()]
    for sheet in (*sheets, *(_shaken(dice.choice(sheets), dice) for _ in range(count))):
        said, topics = watch(sheet), {play.topic for play in plays(sheet, settings)}
        days = number(sheet, "account.days_to_renewal")
        if days is not None and 0 <= days <= 120:
            seen += 1
            missing += "{account.renewal}" not in said or "renewal" not in topics
        for kind, topic in (("churn", "leaving"), ("competitor", "vendor")):
            if number(sheet, f"calls.{kind}"):
                seen += 1
                words = {
                    "churn": (
                        "Leaving",
                        "Giving",
                        "Trust",
                        "People who",
                        "somebody who stood",
                        "mark",
                    ),
                    "competitor": ("Another vendor",),
                }[kind]
                missing += not any(one in said for one in words) or topic not in topics
    value = f"{missing} of {seen}"
    return Figure("J-reviews-04", "missing-from-page-one", value, "0", missing == 0)


def told() -> Figure:
    """J-reviews-07: what is said beyond the data, or left out of them."""
    return told_of_the_data([sheet for sheet, _ in _reviews()])


def figures() -> Iterable[Figure]:
    yield from spread()
    yield told()
    yield from right_cases()
    yield contradictions()
    yield missing_from_page_one()


BY_ID = {
    "J-reviews-01": spread,
    "J-reviews-02": right_cases,
    "J-reviews-05": spread,
    "J-reviews-06": spread,
    "J-reviews-03": contradictions,
    "J-reviews-04": missing_from_page_one,
    "J-reviews-07": told,
}

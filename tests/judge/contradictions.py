"""J-change-08: what is told of a customer, or of a rep, in one week never contradicts."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from cs_assets.coaching.digest.language import language_of
from cs_assets.coaching.digest.sheet import VERDICTS
from cs_assets.coaching.policy import load as load_policy
from cs_assets.customers.policy import METRICS
from cs_assets.facts.model import FactSheet
from cs_assets.statistics.verdict import WORDS
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.coaching import tenant as team
from tests.figures import Figure
from tests.judge.absence import WEEK, sample_company
from tests.judge.company import Told, frame_of, tell, warehouse_of
from tests.judge.random_company import random_company
from tests.judge.simulated import SEED
from tests.judge.teams import TeamTold, random_team, tell_team

#: The same thing in an insight and in a review.
_SAME = (
    ("outcomes.count", "conversions.count"),
    ("outcomes.value", "conversions.value"),
    ("outcomes.verdict", "conversions.value_verdict_change"),
    ("outcomes.count_verdict", "conversions.verdict_change"),
    ("adoption.active", "adoption.modules"),
    ("adoption.adopted", "adoption.adopted"),
    ("adoption.users", "adoption.users"),
    ("adoption.utilisation", "adoption.utilisation"),
    ("health.colour", "health.segment"),
    ("health.score", "health.score"),
    ("segment.name", "customer.behaviour"),
    ("calls.count", "calls.held"),
    ("calls.judged", "calls.judged"),
    ("calls.negative", "calls.negative"),
)
#: Of these, what is told in one must be told in the other too: none negative of none judged.
_BOTH = ("calls.negative",)
#: Of a segment's reason: its words, and the verdict of the insight that they must agree with.
_REASONS = (
    (METRICS["clear_usage_change"][0], "adoption.verdict"),
    (METRICS["clear_conversion_count_change"][0], "outcomes.count_verdict"),
    (METRICS["clear_conversion_change"][0], "outcomes.verdict"),
)


def contradictions(told: Told) -> Iterator[str]:
    """What two texts on the same customer say differently."""
    for customer, insight in told.insights.items():
        if (review := told.sheets.get(customer)) is not None:
            yield from (f"{customer}: {words}" for words in _facts(insight, review))
        reason = told.texts[f"segment/{customer}"]
        for words, verdict in _REASONS:
            for part in reason.split("; "):
                if part.startswith(f"{words}: ") and not _agrees(part, insight, verdict):
                    yield f"{customer}: segment says {part}, insight {insight[verdict].value}"
        if told.colours[customer] == "Red" and told.segments[customer] == "Champion":
            yield f"{customer}: a champion in red"


def _facts(insight: FactSheet, review: FactSheet) -> Iterator[str]:
    for one, other in _SAME:
        here, there = insight.get(one), review.get(other)
        if here is None or there is None:
            continue
        if here.value is None or there.value is None:
            if one in _BOTH and here.value != there.value and (here.n or there.n):
                yield f"{one} is {here.value}, {other} is {there.value}"
            continue
        same = (
            abs(here.number - there.number) <= 0.01
            if here.is_number and there.is_number
            else here.value == there.value
        )
        if not same:
            yield f"{one} is {here.value}, {other} is {there.value}"


def _agrees(part: str, insight: FactSheet, verdict: str) -> bool:
    fact = insight.get(verdict)
    way = "a clear fall" if ": -" in part else "a clear rise"
    return fact is not None and fact.value == way


#: Of the changes that a book of reviews names: the verdicts that a review tells of the same.
_IN_A_BOOK = {
    ("conversions", "before"): "conversions.verdict_change",
    ("conversions", "year"): "conversions.verdict_year_change",
    ("conversion_value", "before"): "conversions.value_verdict_change",
    ("conversion_value", "year"): "conversions.value_verdict_year_change",
    ("open_rate", "before"): "engagement.open_rate_verdict",
    ("open_rate", "year"): "engagement.open_rate_year_verdict",
    ("click_rate", "before"): "engagement.click_rate_verdict",
    ("click_rate", "year"): "engagement.click_rate_year_verdict",
}


def of_books(told: Told, clear: pd.DataFrame) -> Iterator[str]:
    """Changes that the CSM's digest of a book names and the review of the customer does not."""
    for row in clear.itertuples(index=False):
        review = told.sheets.get(row.customer_id)
        fact = _IN_A_BOOK.get((row.measure, row.compared_with))
        if review is None or fact is None:
            continue
        said = review[fact].value if fact in review else None
        if said != WORDS[row.direction]:
            yield f"{row.customer_id}: the book tells a {row.direction} of {fact}, review {said}"


def of_digests(told: TeamTold) -> Iterator[str]:
    """What a team page counts of its reps, and their digests count otherwise."""
    t = language_of(load_policy())
    by_rep = {digest.sheet.entity_id: digest.sheet for digest in told.digests}
    for page in told.summaries:
        sheets = [by_rep[week.rep.user_id] for week in page.team.weeks]
        for fact in page.sheet:
            dimension, _, part = fact.fact_id.partition(".")
            if fact.value is None:
                continue
            if part in VERDICTS:
                mine = sum(
                    s[f"{dimension}.verdict"].value == t.say(f"verdict.{part}") for s in sheets
                )
            elif part == "at_target":
                mine = sum(
                    s[f"{dimension}.mean_window"].number >= s[f"{dimension}.target"].number
                    for s in sheets
                    if s.has(f"{dimension}.mean_window")
                )
            elif fact.fact_id in ("calls.week", "calls.window"):
                mine = sum(int(s[fact.fact_id].number) for s in sheets)
            else:
                continue
            if mine != fact.number:
                yield f"{page.team.audience_id}: {fact.fact_id} is {fact.value}, of digests {mine}"


def _teams(teams: int, seed: int) -> Iterator[str]:
    for number in range(teams):
        with tempfile.TemporaryDirectory() as folder:
            warehouse = warehouse_of(Path(folder) / "team.duckdb", {})
            random_team(1000 * seed + number).store(warehouse)
            with warehouse.session("team") as db:
                told = tell_team(db, team.MONDAY + dt.timedelta(days=6))
        yield from (f"team {number}, {words}" for words in of_digests(told))


def no_two_texts_disagree(companies: int = 200, seed: int = SEED) -> Iterable[Figure]:
    """J-change-08: the sample company, and random ones of twenty customers each."""
    found: list[str] = []
    customers = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(companies + 1):
            path = Path(folder) / f"{number}.duckdb"
            warehouse = sample_company(path) if not number else _random(path, seed, number)
            with warehouse.session("told") as db:
                told = tell(db, WEEK)
                clear = db.query("reviews/clear_changes", [WEEK])
            customers += len(told.insights)
            found += [f"company {number}, {words}" for words in of_books(told, clear)]
            found += [f"company {number}, {words}" for words in contradictions(told)]
            path.unlink()
    teams = max(1, companies // 4)
    found += _teams(teams, seed)
    for words in found[:20]:
        print(words)
    yield Figure(
        "J-change-08",
        f"contradictions over {customers} customers of the sample and {companies} random companies,"
        f" their books, and the digests of {teams} teams",
        str(len(found)), "0", not found,
    )  # fmt: skip


def _random(path: Path, seed: int, number: int) -> DuckDBWarehouse:
    tables = random_company(1000 * seed + number, 20).tables
    return warehouse_of(
        path, {f"source.{name}": frame_of(name, rows) for name, rows in tables.items()}
    )

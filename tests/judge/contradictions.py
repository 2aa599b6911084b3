"""J-change-08: insight, review, segment and health of a customer and week never contradict."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from cs_assets.facts.model import FactSheet
from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog
from tests.figures import Figure
from tests.judge.absence import WEEK, sample_company
from tests.judge.company import Told, tell, warehouse_of
from tests.judge.random_company import random_company

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
)
#: Of a segment's reason: its words, and the verdict of the insight that they must agree with.
_REASONS = (
    ("key actions against the four weeks before, beyond chance", "adoption.verdict"),
    ("conversions against the four weeks before, beyond chance", "outcomes.count_verdict"),
    ("conversion value against the four weeks before, beyond chance", "outcomes.verdict"),
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
        if here is None or there is None or here.value is None or there.value is None:
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


def no_two_texts_disagree(companies: int = 200, seed: int = 1) -> Iterable[Figure]:
    """J-change-08: the sample company, and random ones of twenty customers each."""
    found: list[str] = []
    customers = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(companies + 1):
            path = Path(folder) / f"{number}.duckdb"
            warehouse = sample_company(path) if not number else _random(path, seed, number)
            with warehouse.session("told") as db:
                told = tell(db, WEEK)
            customers += len(told.insights)
            found += [f"company {number}, {words}" for words in contradictions(told)]
            path.unlink()
    for words in found[:20]:
        print(words)
    yield Figure(
        "J-change-08",
        f"contradictions over {customers} customers of the sample and {companies} random companies",
        str(len(found)), "0", not found,
    )  # fmt: skip


def _random(path: Path, seed: int, number: int) -> DuckDBWarehouse:
    tables = random_company(1000 * seed + number, 20).tables
    return warehouse_of(
        path, {f"source.{name}": _frame(name, rows) for name, rows in tables.items()}
    )


def _frame(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = catalog.table(f"source.{name}").column_names
    frame = pd.DataFrame(rows, columns=columns)
    return frame.replace("", None)

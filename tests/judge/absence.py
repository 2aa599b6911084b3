"""J-change-07: data that are late, missing or begin in the window are told as that, in no text as
a zero, a fall or a rise."""

import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cs_assets.coaching import assets as coaching
from cs_assets.coaching import policy as coaching_policy
from cs_assets.coaching.digest.team import audiences
from cs_assets.coaching.digest.team_view import write_summary
from cs_assets.coaching.inputs import Told as ToldBefore
from cs_assets.coaching.inputs import reps_with_scores, week_inputs
from cs_assets.coaching.rep_week import rep_week, users_of
from cs_assets.coaching.rows import summary_gate
from cs_assets.sample.tables import source_tables
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Session
from sql import catalog, feeds
from tests.figures import Figure
from tests.judge.company import Told, copied, tell, warehouse_of

WEEK = dt.date(2026, 11, 9)
_DAY = dt.timedelta(days=1)
_SOURCES = (
    "customers", "products", "module_usage", "conversions", "historical_engagement",
    "attributions", "industry_benchmarks", "csms", "csm_assignments", "case_studies",
)  # fmt: skip

#: Words that tell a zero, a fall or a rise.
_TOLD = re.compile(
    r"\b(no(?! clear change| forecast| figure)|none|never|nobody|not (been )?(started|used)|no longer)\b|(?<![\d.,])0(\.0)?(?![\d.,]\d|\d)"
    r"|\b(fell|falls?|falling|down|lost|loses|declin\w+|fewer|less|rose|rises?|up|gained|grew|more"
    r"|grow\w*|dropped|lower|higher|put aside|idle)\b",
    re.IGNORECASE,
)
#: Words that say that something is not there.
_SAYS_SO = re.compile(
    r"have not arrived|are missing|begin on|have come yet|not all (there|here)|not on record"
    r"|no contract is on record|cannot be (told|said)"
)
#: What a sentence on each feed is about.
_ABOUT = {
    "conversions": r"conversion|result|\$",
    "messages": r"\bopen|click|\bmessage|\bread",
    "touchpoints": r"touchpoint|credit",
    "usage figures": r"module|seat|key action|\bus(e|ed|ers|age)\b|ledger|payable|receivable|cash",
    "calls": r"\bcalls?\b",
    "contracts": r"module|contract|own",
}


@dataclass(frozen=True)
class Absence:
    """Rows that are not there: of a table, those that fit the condition."""

    name: str
    feed: str
    table: str
    condition: str

    def take(self, db: Session) -> None:
        """Take the rows out."""
        where = self.condition.format(
            week=WEEK, midweek=WEEK + 3 * _DAY, window=WEEK - 21 * _DAY, inside=WEEK - 38 * _DAY,
        )  # fmt: skip
        db._connection.execute(f"DELETE FROM {self.table} WHERE {where}")  # type: ignore[attr-defined]  # noqa: S608


def absences(db: Session) -> list[Absence]:
    """Every feed: late by a week, missing for each part, beginning in the window before."""
    found = []
    for name, table in feeds.tables().items():
        feed = feeds.feed_of(name)
        day, where = feed.day, table.full_name
        spans = {
            "late by a week": f"{day} >= '{{week}}'",
            "late since Thursday": f"{day} >= '{{midweek}}'",
            "without its window": f"{day} >= '{{window}}'",
            "beginning inside the window": f"{day} < '{{inside}}'",
        }
        if feed.is_weekly:
            del spans["late since Thursday"]
        for words, span in spans.items():
            found.append(Absence(f"{name} {words}", name, where, span))
            if words == "late since Thursday":
                continue
            for part, value, condition in _parts(db, name, where, feed.by):
                found.append(
                    Absence(
                        f"{part} {value} of {name} {words}", name, where, f"{condition} AND {span}"
                    )
                )
        for _, region, condition in _parts(db, name, where, ()):
            found.append(Absence(f"{name} never of {region}", name, where, condition))
    for _, region, condition in _parts(db, "contracts", "source.products", ()):
        found.append(Absence(f"contracts of {region}", "contracts", "source.products", condition))
    return found


def _parts(db: Session, name: str, table: str, by: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Parts that are large enough that their absence is no chance: the busiest and the median."""
    for part in by:
        sizes = db._connection.execute(  # type: ignore[attr-defined]
            f"SELECT {part}, COUNT(*) AS n FROM {table} GROUP BY ALL ORDER BY n DESC"  # noqa: S608
        ).fetchall()
        for value, _ in sizes:
            yield part, str(value), f"{part} = '{value}'"
    regions = db._connection.execute(  # type: ignore[attr-defined]
        "SELECT DISTINCT region FROM source.customers ORDER BY 1"
    ).fetchall()
    for (region,) in regions:
        inside = (
            f"customer_id IN (SELECT customer_id FROM source.customers WHERE region = '{region}')"
        )
        yield "region", str(region), inside


def sample_company(path: Path) -> DuckDBWarehouse:
    """The sample company with calls, told of up to the week before."""
    tables = {f"source.{name}": _frame(name) for name in _SOURCES}
    customers = list(tables["source.customers"]["customer_id"])
    tables["gong.stg_gong_calls"] = _calls(customers)
    warehouse = warehouse_of(path, tables)
    with warehouse.session("company") as db:
        tell(db, WEEK - 7 * _DAY, reviews=False)
    return warehouse


def _frame(name: str) -> pd.DataFrame:
    rows = source_tables()[name]
    return pd.DataFrame(rows)[catalog.table(f"source.{name}").column_names]


def _calls(customers: Sequence[str]) -> pd.DataFrame:
    """A call of each customer every fortnight."""
    rows = []
    for place, customer in enumerate(customers):
        for back in range(12):
            day = WEEK + dt.timedelta(days=(place * 3) % 7 - 14 * back - 7 * (place % 2))
            rows.append(
                {
                    "call_id": f"{customer}-{back}", "call_date": day, "customer_id": customer,
                    "started": dt.datetime.combine(day, dt.time(9)), "is_private": False,
                    "content_hash": "x",
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def false_texts(base: Told, seen: Told, absence: Absence, before: Told) -> list[str]:
    """Sentences that tell a zero, a fall or a rise of the feed and were not told with all there.

    Colours and segments that moved are counted too: with nothing new they stay what they were.
    """
    about = re.compile(_ABOUT[absence.feed], re.IGNORECASE)
    found = []
    for key, text in seen.texts.items():
        known = set(base.sentences(key))
        for sentence in seen.sentences(key):
            if sentence in known or not about.search(sentence) or not _TOLD.search(sentence):
                continue
            if _SAYS_SO.search(sentence):
                continue
            found.append(f"{absence.name}: {key}: {sentence}")
        del text
    for of, was, now, full in (
        ("segment", before.segments, seen.segments, base.segments),
        ("health", before.colours, seen.colours, base.colours),
    ):
        found += [
            f"{absence.name}: {of}/{one}: {was.get(one)} is now {now[one]}, with all there {full[one]}"
            for one in now
            if now[one] not in (was.get(one), full[one])
        ]
    return found

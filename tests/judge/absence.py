"""J-change-07: data that are late, missing or begin in the window are told as that, in no text as
a zero, a fall or a rise."""

import datetime as dt
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from cs_assets.coaching.rows import summary_gate
from cs_assets.facts.model import Fact
from cs_assets.facts.wording import written
from cs_assets.reviews import playbook
from cs_assets.sample.tables import source_tables
from cs_assets.statistics.verdict import WORDS
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Session
from sql import feeds
from tests.coaching import tenant as team
from tests.figures import Figure
from tests.judge.company import SENTENCE, Told, copied, frame_of, tell, warehouse_of
from tests.judge.random_company import random_company
from tests.judge.simulated import SEED
from tests.judge.teams import tell_team

WEEK = dt.date(2026, 11, 9)
_DAY = dt.timedelta(days=1)
_YEAR = dt.timedelta(weeks=51)
_SOURCES = (
    "customers", "products", "module_usage", "conversions", "historical_engagement",
    "attributions", "industry_benchmarks", "csms", "csm_assignments", "case_studies",
)  # fmt: skip

#: Words that tell a zero, a fall or a rise.
_TOLD = re.compile(
    r"\b(no(?! clear change| forecast| figure)|none|never|nobody|not (been )?(started|used))\b"
    r"|\bno longer\b|(?<![\d.,])0(\.0)?(?![\d.,]\d|\d)"
    r"|\b(fell|falls?|falling|down|lost|loses|declin\w+|fewer|less|rose|rises?|up(?! to)|gained"
    r"|grew|more|grow\w*|dropped|lower|higher|put aside|idle)\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d[\d,.]*\d|\d")
#: Words that say that something is not there.
SAYS_SO = re.compile(
    r"have not arrived|are missing|begin on|have come yet|not all (there|here)|not on record"
    r"|\bno (contract|conversion)\b.* is on record|cannot be (told|said)",
    re.IGNORECASE,
)
STAGES_LEFT = ("in decline", "no longer used", "not started")
CLEAR = (WORDS["rise"], WORDS["fall"])
#: Facts on peers: with fewer of them there they are others, and say of how many they are.
_OF_PEERS = re.compile(r"^benchmark|peers|_(median|more|position)$")
#: What others say, and titles of advice that stand elsewhere: case studies, groups, goals.
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
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
    part: str = ""
    """The condition of a part that a customer may get something from, or not."""

    def touched(self, db: Session) -> set[str]:
        """Customers who lose something, without those of whom nothing in a year can tell."""
        rows = db._connection.execute(  # type: ignore[attr-defined]
            f"SELECT DISTINCT customer_id FROM {self.table} WHERE {self._where}"
        ).fetchall()
        return {row[0] for row in rows} - self._without_trace(db)

    def _without_trace(self, db: Session) -> set[str]:
        """Customers who never had anything of the part but what is gone: nothing can tell."""
        if not self.part:
            return set()
        rows = db._connection.execute(  # type: ignore[attr-defined]
            f"SELECT DISTINCT customer_id FROM {self.table} WHERE {self._where} EXCEPT "
            f"SELECT customer_id FROM {self.table} WHERE {self.part} AND NOT ({self._where}) "
            f"AND {feeds.feed_of(self.feed).day} > '{WEEK - _YEAR}'"
        ).fetchall()
        return {row[0] for row in rows}

    @property
    def _where(self) -> str:
        return self.condition.format(
            week=WEEK, midweek=WEEK + 3 * _DAY, window=WEEK - 21 * _DAY, inside=WEEK - 38 * _DAY,
        )  # fmt: skip

    def rows(self, db: Session) -> int:
        """How many rows fit."""
        found = db._connection.execute(  # type: ignore[attr-defined]
            f"SELECT COUNT(*) FROM {self.table} WHERE {self._where}"
        ).fetchone()
        return int(found[0])

    def take(self, db: Session) -> None:
        """Take the rows out."""
        statement = f"DELETE FROM {self.table} WHERE {self._where}"
        db._connection.execute(statement)  # type: ignore[attr-defined]


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
                label = f"{part} {value} of {name} {words}"
                of_column = "" if part == "home" else condition
                found.append(Absence(label, name, where, f"{condition} AND {span}", of_column))
        for _, region, condition in _parts(db, name, where, ()):
            found.append(Absence(f"{name} never of {region}", name, where, condition))
    for _, region, condition in _parts(db, "contracts", "source.products", ()):
        found.append(Absence(f"contracts of {region}", "contracts", "source.products", condition))
    return found


def _parts(db: Session, name: str, table: str, by: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Parts that are large enough that their absence is no chance: the busiest and the median."""
    for part in by:
        sizes = db._connection.execute(  # type: ignore[attr-defined]
            f"SELECT {part}, COUNT(*) AS n FROM {table} GROUP BY ALL ORDER BY n DESC"
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
        yield "home", str(region), inside


def sample_company(path: Path) -> DuckDBWarehouse:
    """The sample company with calls, told of up to the week before."""
    return company_of(path, source_tables())


def company_of(
    path: Path,
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    windows: Sequence[int] = (),
) -> DuckDBWarehouse:
    """A company with these source tables, and calls, told of up to the week before."""
    made = {f"source.{name}": frame_of(name, tables[name]) for name in _SOURCES if name in tables}
    made["gong.stg_gong_calls"] = _calls(list(made["source.customers"]["customer_id"]))
    warehouse = warehouse_of(path, made)
    with warehouse.session("company") as db:
        tell(db, WEEK - 7 * _DAY, reviews=False, windows=windows)
    return warehouse


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


def false_texts(
    base: Told, seen: Told, absence: Absence, before: Told, touched: Collection[str],
    names: Mapping[str, str],
) -> list[str]:  # fmt: skip
    """Sentences that tell a zero, a fall or a rise of the feed and were not told with all there.

    Of the customers ``touched``, who lost something; ``names`` are theirs, which may hold a word
    that tells a fall. A figure that is a fact with all there too is true. Colours and segments
    that moved are counted: with nothing new they stay what they were.
    """
    about = re.compile(_ABOUT[absence.feed], re.IGNORECASE)
    found = []
    for key in seen.texts:
        customer = key.partition("/")[2]
        if customer not in touched:
            continue
        known, true = set(base.sentences(key)), _figures(base, customer)
        true |= _figures(seen, customer, _OF_PEERS)
        for sentence in seen.sentences(key):
            words = _QUOTED.sub("", sentence).replace(names[customer], "")
            if (
                sentence.startswith("## ")
                or sentence in known
                or not about.search(words)
                or not _TOLD.search(words)
            ):
                continue
            figures = set(_FIGURES.findall(words))
            if sentence in _principles() or _lists_less(base, seen, customer, sentence):
                continue
            if not SAYS_SO.search(words) and not (figures and figures <= true):
                found.append(f"{absence.name}: {key}: {sentence}")
    found += [
        f"{absence.name}: {words}"
        for customer in sorted(touched)
        for words in _told_otherwise(base, seen, customer)
    ]
    for of, was, now, full in (
        ("segment", before.segments, seen.segments, base.segments),
        ("health", before.colours, seen.colours, base.colours),
    ):
        found += [
            f"{absence.name}: {of}/{one}: {was.get(one)}, now {now[one]}, else {full[one]}"
            for one in sorted(touched)
            if now[one] not in (was.get(one), full[one])
        ]
    return found


@cache
def _principles() -> frozenset[str]:
    """Why plays matter and what they may bring: of any customer, and nothing is told of one."""
    plays = playbook.built_in()
    words = [
        w for play in (*plays.triggered, *plays.standing) for w in (play, *play.cases.values())
    ]
    said = (str(text) for w in words for text in (w.why, w.effect))
    return frozenset(part for text in said for part in SENTENCE.split(text))


def _told_otherwise(base: Told, seen: Told, customer: str) -> Iterator[str]:
    """Stages of a module that is left and clear changes that were no facts with all there."""
    sheets = ((told.sheets.get(customer), told.insights.get(customer)) for told in (seen, base))
    for now, full in zip(*sheets, strict=True):
        for fact in now or ():
            if fact.value not in (*STAGES_LEFT, *CLEAR):
                continue
            true = full.get(fact.fact_id) if full is not None else None
            if true is None or true.value != fact.value:
                was = true.value if true is not None else None
                yield f"{customer}: {fact.fact_id} is {fact.value}, else {was}"


def _lists_less(base: Told, seen: Told, customer: str, sentence: str) -> bool:
    """Whether it tells of some of a list what was told of all: of the others nothing is known."""
    sheets = seen.insights.get(customer), base.insights.get(customer)
    if sheets[0] is None or sheets[1] is None:
        return False
    for fact in sheets[0]:
        whole = sheets[1].get(fact.fact_id)
        if not fact.fact_id.endswith("_list") or not fact.value or whole is None:
            continue
        if str(fact.value) in sentence and set(_listed(fact)) <= set(_listed(whole)):
            return True
    return False


def _listed(fact: Fact) -> list[str]:
    return re.split(r", | and ", str(fact.value))


def _figures(told: Told, customer: str, of: re.Pattern[str] = re.compile("")) -> set[str]:
    """Figures of the customer's facts as they are written."""
    sheets = [told.sheets.get(customer), told.insights.get(customer)]
    return {
        figure
        for sheet in sheets
        for fact in sheet or ()
        if of.search(fact.fact_id)
        for style in ("", "short")
        for figure in _FIGURES.findall(written(fact, style))
    }


# --- figures --------------------------------------------------------------------------------


#: The seed that stands for the sample company; each other draws a company of as many customers.
_SAMPLE_SEED, _CUSTOMERS = 1, 62


def _company(path: Path, seed: int) -> DuckDBWarehouse:
    if seed == _SAMPLE_SEED:
        return sample_company(path)
    drawn = random_company(seed, _CUSTOMERS).tables
    return company_of(path, {**drawn, "case_studies": source_tables()["case_studies"]})


def nothing_is_told_of_what_is_not_there(
    most: int | None = None, seed: int = SEED
) -> Iterable[Figure]:
    """J-change-07a and b: every absence of a company; ``most``: so many of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        company = _company(path / "company.duckdb", seed)
        with company.session("absences") as db:
            before, wanted = as_stored(db), absences(db)
            names = names_of(db)
        base = told_without(company, path / "whole.duckdb", None)
        wanted = [one for one in wanted if company_loses(company, one) >= _TOLD_APART]
        if most is not None:
            order = np.random.default_rng(seed).permutation(len(wanted))
            wanted = [wanted[i] for i in order[:most]]
        found: list[str] = []
        for absence in wanted:
            seen = told_without(company, path / "cut.duckdb", absence)
            with company.session("touched") as db:
                touched = absence.touched(db)
            found += false_texts(base, seen, absence, before, touched, names)
    for sentence in found[:20]:
        print(sentence)
    yield Figure(
        "J-change-07a",
        f"{len(wanted)} absences of feeds, channels and regions: texts that tell a change of them",
        str(len(found)), "0", not found,
    )  # fmt: skip
    yield Figure(
        "J-change-07b", "reports held while all is there",
        f"{len(base.held)} of {len(names)}", "0",
        not base.held,
    )  # fmt: skip


#: Rows that must be gone: with fewer a zero is plausible, and nothing can tell the two apart.
_TOLD_APART = 20


def company_loses(company: DuckDBWarehouse, absence: Absence) -> int:
    """Rows that the absence takes from the last four weeks and the window before."""
    with company.session("count") as db:
        return absence.rows(db)


def told_without(
    company: DuckDBWarehouse, path: Path, *gone: Absence | None, windows: Sequence[int] = ()
) -> Told:
    """What is told of the week without these rows."""
    warehouse = copied(company, path)
    with warehouse.session("absence") as db:
        for absence in gone:
            if absence is not None:
                absence.take(db)
        return tell(db, WEEK, windows=windows)


def as_stored(db: Session) -> Told:
    """Segments and colours of the week before."""
    rows = db.query("customers/segments_of_week", [WEEK - 7 * _DAY])
    metrics = db.query("customers/metrics_of_week", [WEEK - 7 * _DAY])
    return Told(
        segments=dict(zip(rows["customer_id"], rows["behaviour_segment"], strict=True)),
        colours=dict(zip(metrics["customer_id"], metrics["health_segment"], strict=True)),
    )


def names_of(db: Session) -> dict[str, str]:
    rows = db._connection.execute(  # type: ignore[attr-defined]
        "SELECT customer_id, customer_name FROM source.customers"
    ).fetchall()
    return dict(rows)


def digests_name_unread_days(seed: int = 0) -> Iterable[Figure]:
    """J-change-07c: a team's calls read to Wednesday, and whole: digests and team pages."""
    del seed
    silent, held, false = 0, 0, 0
    for last_read in range(-1, 7):
        for text, is_held in _team_texts(last_read):
            plain = " ".join(text.split())
            names_them = "have not arrived" in plain or "are missing" in plain
            if last_read == 6:
                false += names_them or is_held
            else:
                silent += not names_them
                held += is_held
    yield Figure(
        "J-change-07c",
        f"digests and team pages silent on unread days ({held} held; {false} held with all read)",
        str(silent), "0 (0 held with all read)", silent == 0 and false == 0 and held > 0,
    )  # fmt: skip


def _team_texts(last_read: int) -> Iterator[tuple[str, bool]]:
    """Texts of a week read up to a day (0 is Monday), and whether each is held."""
    last = team.MONDAY + last_read * _DAY
    with tempfile.TemporaryDirectory() as folder:
        warehouse = warehouse_of(Path(folder) / "team.duckdb", {})
        team.small_team().store(warehouse)
        with warehouse.session("team") as db:
            days = pd.date_range(team.MONDAY - 70 * _DAY, last)
            reads = pd.DataFrame(
                {"call_date": days, "known": 1, "read_at": days + pd.Timedelta(days=2),
                 "run_id": "r"}
            )  # fmt: skip
            db.replace("gong.gong_day_reads", reads, {})
            db._connection.execute(  # type: ignore[attr-defined]
                f"DELETE FROM gong.stg_gong_calls WHERE call_date > '{last}'"
            )
            told = tell_team(db, last)
    for digest in told.digests:
        yield digest.text, any(r.rule == "calls_not_read" for r in digest.reasons)
    for summary in told.summaries:
        yield summary.text, "calls_not_read" in str(summary_gate(summary)["reasons"])

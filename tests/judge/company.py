"""A company in a warehouse of its own, and all that is told of one of its weeks."""

import datetime as dt
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cs_assets import config
from cs_assets.ai import local_sentiment
from cs_assets.ai.prompting import prompts
from cs_assets.ai.signals import SignalRules
from cs_assets.ai.writing import RulesWriter
from cs_assets.customers import adoption, changes, forecasts, module_states, texts
from cs_assets.customers.insight import insights
from cs_assets.customers.judging import backtest, health, risk_rows, segments, standing
from cs_assets.customers.policy import SEGMENT_WINDOW, CustomerPolicy
from cs_assets.facts.model import FactSheet
from cs_assets.feeds.coverage import Coverage, stretches_of_week
from cs_assets.feeds.gaps import Gaps, gaps_of_week
from cs_assets.frames import records
from cs_assets.reviews import configuration
from cs_assets.reviews.facts.readings import Customers, read
from cs_assets.reviews.facts.sheets import review_facts, windows_of
from cs_assets.reviews.gate import Candidate, judge
from cs_assets.reviews.writing.batch import Desk, write_reports
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.search.case_studies import LocalCaseStudySearch
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Between, Session
from sql import catalog

_WEEK = dt.timedelta(weeks=1)
#: Where one sentence ends and another begins.
SENTENCE = re.compile(r"(?<=[.;:])\s+|\n+")


@dataclass
class Told:
    """Texts by kind and customer (``review/C1``), segments and colours, and who would be sent."""

    texts: dict[str, str] = field(default_factory=dict)
    segments: dict[str, str] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, FactSheet] = field(default_factory=dict)
    insights: dict[str, FactSheet] = field(default_factory=dict)

    def sentences(self, key: str) -> list[str]:
        """The sentences of one text."""
        return [s.strip() for s in SENTENCE.split(self.texts.get(key, "")) if s.strip()]


def frame_of(name: str, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Rows of a source table with all its columns; what is blank is empty."""
    frame = pd.DataFrame(rows, columns=catalog.table(f"source.{name}").column_names)
    return frame.replace("", None)


def warehouse_of(path: Path, tables: Mapping[str, pd.DataFrame]) -> DuckDBWarehouse:
    """A new warehouse with these tables (``schema.name``)."""
    warehouse = DuckDBWarehouse(path=str(path), wait_seconds=20)
    with warehouse.session("company") as db:
        for table, rows in tables.items():
            known = [c for c in catalog.table(table).column_names if c in rows.columns]
            db.replace(table, rows[known], {})
    return warehouse


def copied(warehouse: DuckDBWarehouse, path: Path) -> DuckDBWarehouse:
    """The same warehouse as another file."""
    shutil.copyfile(warehouse.path, path)
    return DuckDBWarehouse(path=str(path), wait_seconds=20)


def tell(db: Session, week: dt.date, *, reviews: bool = True, windows: Sequence[int] = ()) -> Told:
    """What the rooms of customers and reviews make of a week, stored and told.

    ``windows``: weeks that changes are judged over; those of the policy unless given.
    """
    policy = config.load("customers.yaml", CustomerPolicy)
    windows = windows or policy.change_windows
    told = Told()
    of_week = {"week_start": week}
    _store(db, "feed_coverage", stretches_of_week(db.query, week), of_week)
    gaps = gaps_of_week(
        Coverage.read(db.query, week), db.query("customers/homes"), week, windows,
        db.query,
    )  # fmt: skip
    _store(db, "customer_gaps", gaps, of_week)
    gaps_by = {w: Gaps(gaps[gaps["window_weeks"] == w]) for w in windows}
    past = db.query("customers/conversions_by_week", [week, forecasts.weeks_needed()])
    judged, foreseen = [], []
    for window, known in gaps_by.items():
        readings = changes.read(db.query, week, window)
        judged.append(changes.change_rows(readings, week, window, known))
        foreseen.append(forecasts.forecast_rows(past, week, window, known))
    _store(db, "customer_changes", pd.concat(judged), of_week)
    _store(db, "customer_forecasts", pd.concat(foreseen), of_week)
    _customers(db, week, policy, gaps_by[SEGMENT_WINDOW], told)
    if reviews:
        _reviews(db, week, told)
    return told


def _store(db: Session, table: str, rows: pd.DataFrame, scope: Mapping[str, dt.date]) -> None:
    columns = [c for c in catalog.table(f"analytics.{table}").column_names if c in rows.columns]
    db.replace(f"analytics.{table}", rows[columns], scope)


def _written(db: Session, week: dt.date) -> None:
    """Tickets and survey answers judged, as ``customer_texts`` does."""
    rules = config.load("signals.yaml", SignalRules)
    first, last = week - 12 * _WEEK, week + dt.timedelta(days=6)
    judged = db.query("customers/texts", [first, last, ",", ","])
    rows = texts.rows_of(judged, rules, local_sentiment.MODEL)
    db.replace("analytics.customer_texts", rows, {"said_on": Between(first, last)})


def _customers(db: Session, week: dt.date, policy: CustomerPolicy, gaps: Gaps, told: Told) -> None:
    of_week = {"week_start": week}
    verdicts = db.query("customers/changes_of_week", [week, SEGMENT_WINDOW])
    asked = adoption.asked(week, policy.adoption)
    db.replace_from("analytics.module_adoption", "customers/module_adoption", asked, of_week)
    _written(db, week)
    owned = db.query("customers/modules_as_of", [week])
    commercial = db.query("customers/commercial_segments")
    states = module_states.module_rows(owned, commercial, list(policy.modules), week)
    _store(db, "customer_modules", states, of_week)
    before = db.query("customers/metrics_of_week", [week - _WEEK])
    found = standing.read(db.query, week, len(policy.modules))
    _store(
        db, "customer_metrics", health.with_health(found, verdicts, gaps, policy, before), of_week
    )
    metrics = db.query("customers/metrics_of_week", [week])
    held = db.query("customers/segments_of_week", [week - _WEEK])
    found = db.query("customers/risk_inputs", [week, backtest.LEADS[0]])
    found = backtest.with_score(found, policy.health)
    lines = list(backtest.findings(backtest.past_cases(found), backtest.LEADS[0]))
    _store(db, "customer_risks", risk_rows.risks_of_week(found, metrics, lines, week), of_week)
    rows = segments.segment_rows(metrics, held, week, policy)
    _store(db, "customer_segments", rows, of_week)
    for row in records(rows):
        told.segments[str(row["customer_id"])] = str(row["behaviour_segment"])
        told.texts[f"segment/{row['customer_id']}"] = str(row["reason"])
    for row in records(metrics):
        told.colours[str(row["customer_id"])] = str(row["health_segment"])
        told.texts[f"health/{row['customer_id']}"] = str(row["health_override"] or "")
    customers = metrics.merge(db.query("customers/segments_of_week", [week]), on="customer_id")
    of_modules = db.query("customers/adoption_of_week", [week])
    known = insights.Known(
        events=db.query("customers/actions_before", [week]),
        owners=db.query("customers/owners"),
        churn_words=db.query("customers/churn_words", [week]),
    )
    before_it = db.query("customers/insights_up_to", [week])
    earlier = {str(row["customer_id"]): row for row in records(before_it)}
    made, broken = insights.rows_of_week(
        customers, of_modules, earlier, week, policy, prompts.load("customers/insight"),
        RulesWriter(),
        gaps, known,
    )  # fmt: skip
    assert not broken, broken
    _store(db, "customer_insights", made, of_week)
    from cs_assets.reviews.facts.sheets import sheet_from_json

    for row in records(made):
        told.texts[f"insight/{row['customer_id']}"] = f"{row['summary']}\n{row['next_action']}"
        told.insights[str(row["customer_id"])] = sheet_from_json(str(row["facts"]))


def _reviews(db: Session, week: dt.date, told: Told) -> None:
    settings = configuration.review_settings()
    windows = windows_of(week, "weekly", settings)
    facts = review_facts(read(db.query, windows, Customers()), windows, settings, "weekly")
    studies = db.query("reviews/case_studies")
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), settings.case_studies)
    told_by = {name: prompts.load(f"reviews/{name}") for name in settings.sections}
    for outcome in write_reports(facts, Desk(matcher, RulesWriter(), told_by, settings)):
        one = outcome.customer_id
        assert outcome.failure is None, f"{one}: {outcome.failure}"
        if outcome.report is None:
            told.held[one] = "no_data"
            continue
        told.texts[f"review/{one}"] = outcome.report.full_text
        told.sheets[one] = outcome.report.sheet
        verdict = judge(
            Candidate(one, None, "someone@example.com", outcome.report, None, ()), settings.gate
        )
        coverage = [r.detail for r in verdict.reasons if r.rule == "coverage"]
        if coverage:
            told.held[one] = coverage[0]

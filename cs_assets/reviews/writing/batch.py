"""Writes the reports of many customers; one that fails is named and the others go on."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cs_assets.ai.side_by_side import side_by_side
from cs_assets.ai.writing import Prompt, RulesWriter, Writer
from cs_assets.facts.model import Fact
from cs_assets.over_cores import over_cores
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.sheets import sheets
from cs_assets.reviews.hands import Hand, facts_of
from cs_assets.reviews.writing.book_line import book_line
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.earlier import Earlier, material_changes
from cs_assets.reviews.writing.follow_up import Past, advice_rows, past_facts
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.report import Report, unchanged_report, write_report
from cs_assets.reviews.writing.text_blocks import recommendations
from sql import catalog


@dataclass(frozen=True)
class Outcome:
    """What became of one customer's report: written, without data, or failed with a reason."""

    customer_id: str
    report: Report | None = None
    failure: str | None = None
    advice: Sequence[Mapping[str, Any]] = ()
    """What it advises: rows of ``analytics.review_advice`` without week and edition."""

    @property
    def status(self) -> str:
        if self.report is None:
            return "failed" if self.failure else "no_data"
        return "written"


@dataclass(frozen=True)
class Desk:
    """All that writing needs, the same for every customer of a run."""

    matcher: CaseMatcher
    writer: Writer
    prompts: Mapping[str, Prompt]
    settings: ReviewSettings
    last_week: Mapping[str, Earlier] = field(default_factory=dict)
    """Reports of the week before, which a quiet week is held against."""
    past: Mapping[str, Past] = field(default_factory=dict)
    """What earlier reviews advised, by customer."""
    effects: Sequence[Fact] = ()
    """What is known of the effects of advice."""
    hands: Mapping[str, Sequence[Hand]] = field(default_factory=dict)
    """What was done by hand, by customer."""
    stored: Mapping[str, Earlier] = field(default_factory=dict)
    """Reports of this week made before, whose unchanged sections are kept."""


@dataclass(frozen=True)
class Kept:
    """What became of a report as tables keep it; its facts and passages are let go."""

    customer_id: str
    status: str
    failure: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """Of ``analytics.weekly_reports``; none where no report was written."""
    degraded: tuple[str, ...] = ()
    advice: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, outcome: Outcome) -> "Kept":
        report = outcome.report
        return cls(
            outcome.customer_id, outcome.status, outcome.failure,
            _written(report) if report else {}, report.degraded if report else (), outcome.advice,
        )  # fmt: skip


#: Reports by rule that a core is worth: each takes fifteen milliseconds.
_REPORTS_PER_CORE = 16


def write_reports(fact_rows: pd.DataFrame, desk: Desk) -> list[Outcome]:
    """One outcome per customer in ``fact_rows`` (rows of ``analytics.review_facts``), by id.

    As many customers at once as the writer is worth.
    """
    customers = _customers(fact_rows)
    return list(side_by_side(lambda one: _tried(*one, desk), customers, desk.writer.concurrency))


def write_to_keep(fact_rows: pd.DataFrame, desk: Desk) -> list[Kept]:
    """The same, of which only what tables keep is held; rules write over all cores."""

    def kept(customer: tuple[str, pd.DataFrame]) -> Kept:
        return Kept.of(_tried(*customer, desk))

    customers = _customers(fact_rows)
    if type(desk.writer) is RulesWriter:
        return over_cores(kept, customers, _REPORTS_PER_CORE)
    return list(side_by_side(kept, customers, desk.writer.concurrency))


def _customers(fact_rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    grouped = fact_rows.groupby("customer_id", sort=True, observed=True)
    return [(str(key), rows) for key, rows in grouped]


def _tried(customer_id: str, rows: pd.DataFrame, desk: Desk) -> Outcome:
    try:
        return _outcome(customer_id, rows, desk)
    except Exception as error:  # one broken customer must not stop the others
        return Outcome(customer_id, failure=f"{type(error).__name__}: {error}"[:500])


def _outcome(customer_id: str, rows: pd.DataFrame, desk: Desk) -> Outcome:
    sheet = next(iter(sheets(rows)))
    told = ("conversions.count", "engagement.sent", "data.conversions", "data.messages")
    if not any(sheet.has(fact_id) for fact_id in told):
        return Outcome(customer_id)
    earlier, done = desk.last_week.get(customer_id), desk.hands.get(customer_id, ())
    past = desk.past.get(customer_id, Past())
    struck = [hand for hand in done if hand.kind == "struck"]
    sheet = sheet.with_facts(past_facts(replace(past, struck=struck), sheet))
    sheet = sheet.with_facts(desk.effects)
    sheet = sheet.with_facts(facts_of(done, sheet.period_start))
    if desk.settings.edition == "customer":
        sheet = sheet.for_customer()
    snapshot = str(rows["snapshot_id"].iloc[0])
    if desk.settings.change_only and earlier and not material_changes(sheet, earlier):
        return Outcome(customer_id, unchanged_report(sheet, snapshot))
    chosen = plays(sheet, desk.settings)
    study = desk.matcher.match(sheet, chosen)
    stored = desk.stored.get(customer_id)
    report = write_report(
        sheet, snapshot, study, desk.writer, desk.prompts, desk.settings,
        stored.passages if stored else None,
    )  # fmt: skip
    return Outcome(customer_id, report, advice=tuple(_advice(report, chosen)))


def _advice(report: Report, chosen: Sequence[Play]) -> Iterator[dict[str, Any]]:
    passage = report.passages.get("recommendations")
    _, made, _ = recommendations(passage.filled, passage.claims) if passage else ([], [], [])
    return advice_rows(report.sheet.entity_id, made, chosen, report.sheet)


def advised(made: Sequence[Kept], week: dt.date, edition: Edition) -> pd.DataFrame:
    """Rows of ``analytics.review_advice``."""
    rows = [{**row, "week_start": week, "edition": edition} for one in made for row in one.advice]
    return pd.DataFrame(rows, columns=catalog.table("analytics.review_advice").column_names)


def report_rows(
    made: Sequence[Kept], csm_of: Mapping[str, str | None], week: pd.Timestamp,
    edition: Edition, cutoff: pd.Timestamp,
) -> pd.DataFrame:  # fmt: skip
    """Rows of ``analytics.weekly_reports``."""
    return pd.DataFrame(
        [
            {
                "customer_id": one.customer_id,
                "week_start": week.date(),
                "edition": edition,
                "csm_id": csm_of.get(one.customer_id),
                "status": one.status,
                "failure": one.failure,
                "data_cutoff": cutoff,
                **one.columns,
            }
            for one in made
        ],
        columns=_COLUMNS,
    )


def _written(report: Report) -> dict[str, str | None]:
    def filled(section: str) -> str | None:
        passage = report.passages.get(section)
        return passage.filled if passage else None

    return {
        "title": report.title,
        "performance_section": filled("performance"),
        "business_value_section": filled("business_value"),
        "recommendations_section": filled("recommendations"),
        "full_report": report.full_text,
        "sections": report.sections_json(),
        "sheet": report.sheet.as_json(),
        "snapshot_id": report.snapshot_id,
        "writer": report.one("writer"),
        "model": report.one("model"),
        "agent": report.one("agent") or None,
        "prompt_version": report.one("prompt_version"),
        "content_hash": report.content_hash,
        "book_line": book_line(report.sheet, report.passages).as_json(),
    }


_COLUMNS = [
    "customer_id", "week_start", "edition", "csm_id", "status", "failure", "title",
    "performance_section", "business_value_section", "recommendations_section", "full_report",
    "sections", "sheet", "snapshot_id", "writer", "model", "agent", "prompt_version",
    "content_hash", "data_cutoff", "book_line",
]  # fmt: skip

"""Reports for tests and figures, made by the real path from a warehouse."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cs_assets.config
from cs_assets.ai.prompting import prompts
from cs_assets.ai.writing import RulesWriter, Writer
from cs_assets.facts.model import FactSheet
from cs_assets.reviews import configuration
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.readings import Customers, Readings, read
from cs_assets.reviews.facts.sheets import review_facts, sheets, windows_of
from cs_assets.reviews.writing.batch import Desk, write_reports
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.recommendations import CaseStudy
from cs_assets.reviews.writing.report import Report, write_report
from cs_assets.search.case_studies import LocalCaseStudySearch
from resources.warehouse import Warehouse
from tests.reviews import tenant

CONFIG = Path(cs_assets.config.__file__).parent
PROMPTS = {
    name: prompts.load(f"reviews/{name}") for name in configuration.review_settings().sections
}


def settings(**changes: object) -> ReviewSettings:
    """The built-in settings with changes."""
    return configuration.review_settings().model_copy(update=changes)


def one_mail_a_customer(folder: Path) -> Path:
    """A configuration folder in which books are mailed, and each review on its own too."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (CONFIG / "reviews.yaml").read_text(encoding="utf-8")
    assert "  mail: book\n" in text
    (folder / "reviews.yaml").write_text(text.replace("  mail: book\n", "  mail: both\n"))
    return folder


def reports_of(
    warehouse: Warehouse,
    *,
    edition: Edition = "weekly",
    with_settings: ReviewSettings | None = None,
    writer: Writer | None = None,
) -> dict[str, Report]:
    """The reports of the small tenant by customer."""
    used = with_settings or settings()
    windows = windows_of(tenant.WEEK, edition, used)
    readings = readings_of(warehouse, edition)
    with warehouse.session("test reports") as db:
        studies = db.query("reviews/case_studies")
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), used.case_studies)
    desk = Desk(matcher, writer or RulesWriter(), PROMPTS, used)
    outcomes = write_reports(review_facts(readings, windows, used, edition), desk)
    return {o.customer_id: o.report for o in outcomes if o.report is not None}


def readings_of(warehouse: Warehouse, edition: Edition = "weekly") -> Readings:
    """What the reviews of the small tenant read."""
    with warehouse.session("test readings") as db:
        return read(db.query, windows_of(tenant.WEEK, edition, settings()), Customers())


def sheets_of(readings: Readings) -> dict[str, FactSheet]:
    """The sheets that readings give, by customer."""
    windows = windows_of(tenant.WEEK, "weekly", settings())
    rows = review_facts(readings, windows, settings(), "weekly")
    return {sheet.entity_id: sheet for sheet in sheets(rows)}


def rewritten(
    report: Report, change: Callable[[FactSheet], FactSheet], study: CaseStudy | None = None
) -> Report:
    """The report written again from a changed sheet (without the old case study)."""
    facts = tuple(f for f in report.sheet if not f.fact_id.startswith("case."))
    sheet = change(replace(report.sheet, facts=facts, quotes=()))
    return write_report(sheet, report.snapshot_id, study, RulesWriter(), PROMPTS, settings())

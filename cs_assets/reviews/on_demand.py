"""One report now: the same facts and texts as the weekly run's, nothing stored."""

import datetime as dt
from collections.abc import Mapping

from cs_assets.ai.search import LocalCaseStudySearch
from cs_assets.ai.writing import Prompt, Writer
from cs_assets.reviews.batch_writing import Desk, Outcome, write_reports
from cs_assets.reviews.case_matching import CaseMatcher
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.fact_sheets import review_facts, windows_of
from cs_assets.reviews.readings import Customers, Query, read
from cs_assets.reviews.report_writing import Report


class NoReport(ValueError):
    """There is no such customer, or nothing to report of it."""

    exit_status = 2


def report_now(
    query: Query,
    customer_id: str,
    week: dt.date,
    edition: Edition,
    writer: Writer,
    prompts: Mapping[str, Prompt],
    settings: ReviewSettings,
) -> Report:
    """The report of one customer for the week that starts on ``week`` (a Monday).

    Raises ``NoReport`` for an unknown customer, one without data, and one whose report fails.
    """
    windows = windows_of(week, edition, settings)
    readings = read(query, windows, Customers((customer_id,)))
    if readings.customers.empty:
        raise NoReport(f"no customer called {customer_id}: see the table source.customers")
    studies = query("reviews/case_studies", [])
    matcher = CaseMatcher(
        studies, LocalCaseStudySearch(studies), settings.case_studies.minimum_score
    )
    facts = review_facts(readings, windows, settings, edition)
    outcome: Outcome = next(iter(write_reports(facts, Desk(matcher, writer, prompts, settings))))
    if outcome.report is None:
        reason = outcome.failure or f"nothing is recorded up to {windows.end}"
        raise NoReport(f"no report of {customer_id} for the week of {week}: {reason}")
    return outcome.report

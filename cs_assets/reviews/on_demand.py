"""Reports now: the same facts and texts as the weekly run's, nothing stored."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from cs_assets.ai.writing import Prompt, Writer
from cs_assets.errors import UsageError
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.readings import Query, read
from cs_assets.reviews.facts.sheets import review_facts, windows_of
from cs_assets.reviews.hands import first_week, hands_of
from cs_assets.reviews.scope import Wanted, choose
from cs_assets.reviews.writing import follow_up
from cs_assets.reviews.writing.batch import Desk, Outcome, write_reports
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.report import Report
from cs_assets.search.case_studies import CaseStudySearch, LocalCaseStudySearch


class NoReport(UsageError):
    """There is nothing to report of a customer, or its report failed."""


def outcomes_now(
    query: Query,
    wanted: Wanted,
    week: dt.date,
    edition: Edition,
    writer: Writer,
    prompts: Mapping[str, Prompt],
    settings: ReviewSettings,
    search_over: Callable[[pd.DataFrame], CaseStudySearch] = LocalCaseStudySearch,
) -> list[Outcome]:
    """What becomes of the reports wanted for the week that starts on ``week`` (a Monday).

    ``search_over`` gives the search over the rows of ``source.case_studies``. Raises
    ``UnknownScope`` for customers, CSMs and shards that do not exist.
    """
    customers = choose(wanted, query("reviews/assigned_customers", []))
    windows = windows_of(week, edition, settings)
    readings = read(query, windows, customers)
    studies = query("reviews/case_studies", [])
    matcher = CaseMatcher(studies, search_over(studies), settings.case_studies)
    facts = review_facts(readings, windows, settings, edition)
    done = query("reviews/hands", [*customers.bounds, first_week(week), week])
    since = follow_up.first_week(week)
    said = query("reviews/advice_before", [*customers.bounds, since, week, edition])
    noted = query("reviews/done_before", [*customers.bounds, since, week])
    desk = Desk(
        matcher, writer, prompts, settings,
        hands=hands_of(customers.only(done)),
        past=follow_up.pasts(customers.only(said), customers.only(noted)),
        effects=follow_up.effect_facts(query("reviews/effects", [week])),
    )  # fmt: skip
    return write_reports(facts, desk)


def only_reports(outcomes: Sequence[Outcome], week: dt.date) -> list[Report]:
    """The reports of all outcomes; raises ``NoReport`` naming those without one."""
    missing = [
        f"{o.customer_id} ({o.failure or 'nothing is recorded'})"
        for o in outcomes
        if o.report is None
    ]
    if missing:
        raise NoReport(f"no report for the week of {week}: {', '.join(missing)}")
    return [o.report for o in outcomes if o.report is not None]

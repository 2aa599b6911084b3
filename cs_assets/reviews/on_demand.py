"""Reports now: the same facts and texts as the weekly run's, nothing stored."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cs_assets.ai.writing import Prompt, Writer
from cs_assets.errors import UsageError
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.readings import Query, Readings, read
from cs_assets.reviews.facts.sheets import review_facts, windows_of
from cs_assets.reviews.facts.windows import Windows
from cs_assets.reviews.hands import first_week, hands_of
from cs_assets.reviews.scope import Wanted, choose
from cs_assets.reviews.writing import follow_up
from cs_assets.reviews.writing.batch import Desk, Outcome, write_reports
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.report import Report
from cs_assets.search.case_studies import CaseStudySearch, LocalCaseStudySearch


class NoReport(UsageError):
    """There is nothing to report of a customer, or its report failed."""


@dataclass(frozen=True)
class Material:
    """What reports of now are made of, read in one short session."""

    readings: Readings
    studies: pd.DataFrame
    hands: pd.DataFrame
    said: pd.DataFrame
    noted: pd.DataFrame
    effects: pd.DataFrame
    windows: Windows
    edition: Edition


def read_now(
    query: Query, wanted: Wanted, week: dt.date, edition: Edition, settings: ReviewSettings
) -> Material:
    """The material of the reports wanted for the week that starts on ``week`` (a Monday).

    Raises ``UnknownScope`` for customers, CSMs and shards that do not exist.
    """
    customers = choose(wanted, query("reviews/assigned_customers", []))
    windows = windows_of(week, edition, settings)
    since = follow_up.first_week(week)
    done = query("reviews/hands", [*customers.bounds, first_week(week), week])
    said = query("reviews/advice_before", [*customers.bounds, since, week, edition])
    noted = query("reviews/done_before", [*customers.bounds, since, week])
    return Material(
        readings=read(query, windows, customers),
        studies=query("reviews/case_studies", []),
        hands=customers.only(done),
        said=customers.only(said),
        noted=customers.only(noted),
        effects=query("reviews/effects", [week]),
        windows=windows,
        edition=edition,
    )


def written_now(
    material: Material,
    writer: Writer,
    prompts: Mapping[str, Prompt],
    settings: ReviewSettings,
    search_over: Callable[[pd.DataFrame], CaseStudySearch] = LocalCaseStudySearch,
) -> list[Outcome]:
    """What becomes of the reports; the warehouse is not asked any more.

    ``search_over`` gives the search over the rows of ``source.case_studies``.
    """
    studies = material.studies
    matcher = CaseMatcher(studies, search_over(studies), settings.case_studies)
    facts = review_facts(material.readings, material.windows, settings, material.edition)
    desk = Desk(
        matcher, writer, prompts, settings,
        hands=hands_of(material.hands),
        past=follow_up.pasts(material.said, material.noted),
        effects=follow_up.effect_facts(material.effects),
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

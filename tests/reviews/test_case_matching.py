"""Relevance of case studies: labelled queries on the sample's seven case studies."""

from dataclasses import replace

import pandas as pd

from cs_assets.reviews.configuration import review_settings
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.sample.handwritten import case_studies
from cs_assets.search.case_studies import LocalCaseStudySearch

#: (industry, segment, goal, what the first play is about) -> the case study a reader would give.
LABELLED = (
    ("Municipal Government", "Mid-Market", "Close the month in five working days instead of nine",
     "growth email campaigns conversions", "CS_001"),
    ("Manufacturing", "Enterprise", "Close the month in five working days instead of nine",
     "email tests campaigns", "CS_001"),
    ("Municipal Government", "Enterprise",
     "Reach residents by text message before a bill becomes overdue", "growth email", "CS_002"),
    ("Public Utilities", "Enterprise",
     "Reach residents by text message before a bill becomes overdue", "second channel", "CS_002"),
    ("Healthcare", "Mid-Market",
     "Cut overdue receivables by a quarter before the fiscal year ends", "growth sms", "CS_002"),
    ("Retail", "Mid-Market", "One view of cash across all departments, updated daily",
     "email open rate", "CS_003"),
    ("Education", "Enterprise", "One view of cash across all departments, updated daily",
     "attribution", "CS_003"),
    ("Nonprofit", "Enterprise", "Approve supplier invoices without paper in every department",
     "growth email", "CS_004"),
    ("Healthcare", "Mid-Market", "Approve supplier invoices without paper in every department",
     "click rate", "CS_004"),
    ("Transportation", "Small Business", "Know the margin of each route within a week",
     "growth email", "CS_005"),
    ("Financial Services", "Mid-Market",
     "Raise engagement with member messages and the conversions that follow", "email", "CS_006"),
    ("Nonprofit", "Small Business", "", "adoption of module AP training users", "CS_007"),
    ("Manufacturing", "Small Business", "", "user adoption training", "CS_007"),
    ("Aerospace", "Enterprise", "Insure satellites at launch", "data quality tracking", None),
    ("Retail", "Enterprise", "", "business review planning", None),
)  # fmt: skip


def test_labelled_customers_get_the_case_study_that_fits(reports):
    studies = pd.DataFrame(case_studies())
    minimum = review_settings().case_studies.minimum_score
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), minimum)
    base = reports["CUST_10001"].sheet
    wrong = []
    for industry, segment, goal, about, wanted in LABELLED:
        values = {
            "customer.industry": industry, "customer.segment": segment, "customer.goal": goal,
        }  # fmt: skip
        facts = tuple(
            replace(f, value=values[f.fact_id]) if f.fact_id in values else f
            for f in base
            if not f.fact_id.startswith(("case.", "adoption."))
        )
        sheet = replace(base, facts=facts, quotes=())
        found = matcher.match(sheet, [Play("x", "", "", "", "", "", 1.0, about=about, topic="x")])
        got = found.case_study_id if found else None
        if got != wanted:
            wrong.append((goal or about, got, wanted))
    print(f"case studies: {len(LABELLED) - len(wrong)} of {len(LABELLED)} as labelled")
    assert not wrong, wrong

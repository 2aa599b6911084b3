"""Search over case studies: ranking, filters, ties, emptiness."""

import pandas as pd
import pytest

from cs_assets.search.case_studies import LocalCaseStudySearch


def study(number: int, industry: str, text: str, modules: str = "Email;Events") -> dict[str, str]:
    return {
        "case_study_id": f"cs-{number}",
        "title": f"Story of company {number}",
        "company_name": f"Company {number}",
        "industry_vertical": industry,
        "company_size": "Enterprise",
        "modules": modules,
        "goal": "",
        "content": text,
        "key_results": "More of it",
        "use_cases": "",
        "channels_used": "",
    }


@pytest.fixture
def search() -> LocalCaseStudySearch:
    return LocalCaseStudySearch(
        pd.DataFrame(
            [
                study(3, "Retail", "Webinars raised attendance and event registrations."),
                study(1, "Software", "Email nurture programmes lifted conversion of trials."),
                study(2, "Retail", "Loyalty mails brought lapsed shoppers back.", "Email"),
            ]
        )
    )


def test_the_study_that_speaks_of_the_matter_comes_first(search: LocalCaseStudySearch) -> None:
    hits = search.search("conversion of trials by email")
    assert hits[0].case_study_id == "cs-1"
    assert hits[0].found_by == ("words", "vector")


def test_parts_of_words_are_found_by_the_vector(search: LocalCaseStudySearch) -> None:
    hits = search.search("registering attendees")
    assert hits[0].case_study_id == "cs-3"
    assert "vector" in hits[0].found_by


def test_filters_hold_for_every_hit(search: LocalCaseStudySearch) -> None:
    hits = search.search("email conversion", {"industry_vertical": "retail"})
    assert {hit.industry_vertical for hit in hits} == {"Retail"}
    hits = search.search("email", {"modules": ["Events", "Ads"]})
    assert {hit.case_study_id for hit in hits} <= {"cs-1", "cs-3"}


def test_an_unknown_filter_is_refused(search: LocalCaseStudySearch) -> None:
    with pytest.raises(ValueError, match="company_name"):
        search.search("email", {"company_name": "x"})


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [study(n, "Retail", "The same words in every one.") for n in range(5)]
    one = LocalCaseStudySearch(pd.DataFrame(rows)).search("same words")
    other = LocalCaseStudySearch(pd.DataFrame(rows[::-1])).search("same words")
    assert one == other


def test_no_case_studies_and_no_words_give_no_hits(search: LocalCaseStudySearch) -> None:
    assert search.search("?!") == []
    assert search.search("email", limit=0) == []
    nothing = pd.DataFrame([study(1, "Retail", "x")]).iloc[0:0]
    assert LocalCaseStudySearch(nothing).search("email") == []

"""The case study beside the advice: labelled pairs, and what decides between two that fit."""

import pandas as pd

from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.sample.handwritten import case_studies
from cs_assets.search.case_studies import LocalCaseStudySearch
from tests.judge.advice_cases import right_cases
from tests.reviews import making


def test_the_labelled_advice_gets_the_case_that_a_reader_would_give(capsys):
    figures = right_cases()
    assert all(figure.passed for figure in figures), (figures, capsys.readouterr().out)


def test_the_case_stands_beside_the_advice_it_is_about_and_says_so(reports):
    studies = pd.DataFrame(case_studies())
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), making.settings().case_studies)
    other = Play("a", "Renew", "", "", "", "", 1.0, about="contract renewal", topic="renewal")
    ours = Play("b", "Win readers back", "", "", "", "", 0.5, about="open rate", topic="open rate")
    sheet = reports["CUST_10001"].sheet
    found = matcher.match(sheet, [other, ours])
    assert found is not None
    assert found.matched_on.startswith("on “Win readers back”")
    assert found.results.startswith("Open rate rose")
    assert matcher.match(sheet, [other]) is None

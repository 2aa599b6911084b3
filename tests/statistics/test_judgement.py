"""Short forms of the figures of judgement on changes; full sizes: ``make judge``."""

from functools import partial

import pytest

from tests.figures import Tell
from tests.judge import change
from tests.judge.small_company import small_company_without_a_week


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (change.false_in_counts, 300),
        (change.false_on_a_year_earlier, 500),
        (change.found_in_opens, 500),
        (change.found_in_counts, 300),
        (change.mix_is_no_rate, 1000),
        (change.false_in_a_run, 20),
        (change.found_in_a_run, 20),
        (partial(change.forecasts_hold, windows=(13,)), 400),
        (change.arrows_are_true, 40),
        (change.plans_are_true, 1500),
    ],
)
def test_changes_are_as_true_as_they_say(make, size, tell: Tell):
    for figure in make(size, seed=1):
        tell(figure)
        assert figure.passed, figure.line()


def test_nothing_is_told_of_feeds_that_are_late_and_no_two_texts_disagree(tell: Tell):
    for figure in small_company_without_a_week():
        tell(figure)
        assert figure.passed, figure.line()

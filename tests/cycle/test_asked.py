"""Golden questions on the finished week, in their short form."""

import pytest

from tests.cycle.conftest import Finished
from tests.figures import Tell
from tests.judge import ask


@pytest.fixture(scope="module")
def asked(finished: Finished):
    with ask.asking(finished.home.warehouse) as asked:
        yield asked


def test_questions_are_answered_rightly_or_not_at_all(asked, tell: Tell):
    for figure in (*ask.right_answers(asked, step=4), ask.bare_numbers(asked, step=8)):
        tell(figure)
        # What is held out is told, not held: it tells how much is "not known" of what is new.
        assert figure.passed or figure.id == "J-ask-01d", figure


def test_nobody_gets_rows_of_others(asked, tell: Tell):
    figure = ask.out_of_scope(asked, plans=60)
    tell(figure)
    assert figure.passed, figure


def test_hostile_questions_have_no_effect(asked, finished: Finished, tell: Tell):
    figure = ask.hostile(asked, finished.home.warehouse, short=True)
    tell(figure)
    assert figure.passed, figure

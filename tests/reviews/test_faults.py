"""The reliability figures of reviews at the size for every day."""

from tests.faults import names, odd_names
from tests.faults import reviews as faults
from tests.figures import Tell


def test_hostile_text_is_printed_as_it_is_and_opens_nothing(reports, tell: Tell):
    figure = faults.hostile_text(reports["CUST_10001"], 330)
    tell(figure)
    assert figure.passed, figure.line()


def test_pdfs_are_sound_passive_and_carry_their_fonts(reports, tell: Tell):
    figure = faults.structure(reports, 6)
    tell(figure)
    assert figure.passed, figure.line()


def test_the_same_report_gives_the_same_bytes(reports, tell: Tell):
    figure = faults.same_bytes(reports, runs=3)
    tell(figure)
    assert figure.passed, figure.line()


def test_names_of_every_form_go_through_unheld_and_unchanged(tell: Tell):
    figure = names.names_through_reviews(odd_names.joined(8))
    tell(figure)
    assert figure.passed, figure.line()

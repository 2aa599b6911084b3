"""What reviews say, by kinds: beyond their data, or short of them; over sheets shaken at random."""

from tests.judge.told import told_of_the_data


def test_a_review_says_neither_more_nor_less_than_its_data(reports, tell):
    figure = told_of_the_data([report.sheet for report in reports.values()], count=150)
    tell(figure)
    assert figure.passed

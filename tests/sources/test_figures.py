"""The figures of this room, in sizes for every day."""

from tests.benchmarks import sources as benchmarks
from tests.faults import sources as faults
from tests.figures import Tell


def test_spoiled_files_are_told_and_never_reach_the_warehouse(tell: Tell):
    figure = faults.spoiled_files_told(count=40)
    tell(figure)
    assert figure.passed, figure.line()


def test_a_long_file_of_bad_rows_is_told_shortly(tell: Tell):
    figure = benchmarks.bad_rows_told(copies=3)
    tell(figure)
    assert figure.passed, figure.line()

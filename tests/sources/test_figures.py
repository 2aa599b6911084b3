"""The figures of this room, in sizes for every day."""

from tests.benchmarks import sources as benchmarks
from tests.benchmarks.seeded_defects import KINDS
from tests.faults import sources as faults
from tests.faults.sql_payloads import sql_in_text
from tests.figures import Tell


def test_spoiled_files_are_told_and_never_reach_the_warehouse(tell: Tell):
    figure = faults.spoiled_files_told(count=16, only=frozenset({"csms", "customers", "products"}))
    tell(figure)
    assert figure.passed, figure.line()


def test_a_long_file_of_bad_rows_is_told_shortly(tell: Tell):
    figure = benchmarks.bad_rows_told(copies=3)
    tell(figure)
    assert figure.passed, figure.line()


def test_defects_of_all_kinds_are_found_in_one_go(tell: Tell):
    figure = benchmarks.seeded_defects_found(count=len(KINDS))
    tell(figure)
    assert figure.passed, figure.line()


def test_sql_in_names_and_questions_is_text(tell):
    figure = sql_in_text(7, week=False)
    tell(figure)
    assert figure.passed

"""The figures of the room at test size; ``make bench`` and ``make faults`` have the full ones."""

import pytest

from tests.benchmarks import gong as benchmarks
from tests.faults import gong as faults
from tests.figures import Tell


@pytest.mark.parametrize(
    ("measure", "sizes"),
    [
        (faults.malformed, {"pages": 250}),
        (faults.idempotence, {"orders": 2}),
        (faults.abnormal_cursors, {}),
        (faults.network_faults, {"seeds": 20}),
        (faults.kills, {"points": 3}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_faults_lose_nothing(measure, sizes, tell: Tell):
    figures = measure(**sizes)
    for figure in figures:
        tell(figure)
    assert all(figure.passed for figure in figures)


def test_giants_are_staged_whole_and_marked_when_cut():
    assert faults._one_giant() == (True, True)


def test_an_unchanged_second_read_costs_its_pages_and_changes_nothing(tell: Tell):
    """Speed at this size says nothing; requests and changes are the same at any size."""
    figures = {f.id: f for f in benchmarks.throughput(calls=220, sentences=5, days=3)}
    for name in ("P-gong-04", "P-gong-05", "P-gong-06"):
        tell(figures[name])
        assert figures[name].passed, figures[name].line()

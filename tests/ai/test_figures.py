"""The figures of the AI layer at sizes for every run; the full ones are in benchmarks, faults."""

from collections.abc import Callable

import pytest

from tests.benchmarks import ai as benchmarks
from tests.figures import Figure


@pytest.mark.parametrize(
    "measure",
    [
        lambda: benchmarks.mutated_numbers(68),
        benchmarks.right_texts_rejected,
        lambda: benchmarks.second_run(6),
        lambda: benchmarks.processes_against_a_ceiling(2, 40),
        lambda: benchmarks.narratives_side_by_side(30, 0.5, 10),
    ],
    ids=["P-ai-01", "P-ai-02", "P-ai-03", "P-ai-04", "P-ai-05"],
)
def test_figure(measure: Callable[[], Figure]) -> None:
    figure = measure()
    print(figure.line())
    assert figure.passed, figure.line()

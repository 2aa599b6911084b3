"""The figures of the AI layer at sizes for every run; the full ones are in benchmarks, faults."""

from collections.abc import Callable

import pytest

from tests.benchmarks import ai as benchmarks
from tests.benchmarks import ai_estimates, writers_cost
from tests.faults import ai as faults
from tests.faults import calls
from tests.figures import Figure, Tell


@pytest.mark.parametrize(
    "measure",
    [
        lambda: benchmarks.mutated_numbers(68),
        benchmarks.right_texts_rejected,
        lambda: benchmarks.second_run(6),
        lambda: benchmarks.processes_against_a_ceiling(2, 40),
        benchmarks.narratives_together,
        lambda: ai_estimates.estimates_from_above(25),
        lambda: writers_cost.sent_uncached(4),
        faults.provider_faults,
        faults.kill_between_call_and_record,
        lambda: faults.prompt_injections(15),
        lambda: calls.call_injections(3),
        lambda: faults.unusable_answers(30),
        lambda: faults.outage(20),
        lambda: faults.cost_guard(30),
        faults.model_lifecycle,
    ],
    ids=[
        *(f"P-ai-0{n}" for n in range(1, 6)),
        "P-snowflake-08",
        "P-snowflake-09",
        "R-63",
        "R-64",
        "R-26",
        "R-26-calls",
        *(f"R-{n}" for n in range(27, 31)),
    ],
)
def test_figure(measure: Callable[[], Figure], tell: Tell) -> None:
    figure = measure()
    tell(figure)
    assert figure.passed, figure.line()

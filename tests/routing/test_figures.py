"""The reliability figures of routing at the size that runs with every test run."""

from collections.abc import Callable

import pytest

from tests.faults import bad_rows
from tests.faults import routing as faults
from tests.figures import Figure, Tell


@pytest.mark.parametrize(
    "make",
    [
        lambda: faults.checker(40),
        lambda: faults.optimality(40),
        lambda: faults.shuffles(3, accounts=36, csms=8),
        lambda: faults.metamorphic(10),
        faults.solver_trap,
        faults.explicit_statuses,
        lambda: bad_rows.bad_rows(6),
    ],
    ids=["R-31", "R-32", "R-33", "R-33b", "R-34", "R-34b", "R-57"],
)
def test_reliability_figure(make: Callable[[], Figure], tell: Tell) -> None:
    figure = make()
    tell(figure)
    assert figure.passed, figure.line()

"""The reliability figures of delivery at the sizes that every test run can afford."""

import pytest

from tests.faults.delivery import FAST
from tests.figures import Tell


@pytest.mark.parametrize("name", FAST)
def test_figure(name: str, tell: Tell) -> None:
    figure = FAST[name]()
    tell(figure)
    assert figure.id == name
    assert figure.passed, figure.line()

"""The reliability figures of delivery at the sizes that every test run can afford."""

from collections.abc import Callable

import pytest

from tests.benchmarks import delivery
from tests.faults.delivery import FAST
from tests.figures import Figure


@pytest.mark.parametrize("name", FAST)
def test_figure(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    figure = FAST[name]()
    with capsys.disabled():
        print(f"\n{figure.line()}", end="")
    assert figure.id == name
    assert figure.passed, figure.line()


@pytest.mark.parametrize("measure", [delivery.console_mails, delivery.smtp_mails])
def test_speed_of_two_hundred(
    measure: Callable[[int], Figure], capsys: pytest.CaptureFixture[str]
) -> None:
    figure = measure(200)
    with capsys.disabled():
        print(f"\n{figure.line()}", end="")
    assert figure.passed, figure.line()

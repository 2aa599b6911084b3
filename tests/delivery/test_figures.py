"""The reliability figures of delivery at the sizes that every test run can afford."""

import pytest

from tests.faults.delivery import FAST


@pytest.mark.parametrize("name", FAST)
def test_figure(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    figure = FAST[name]()
    with capsys.disabled():
        print(f"\n{figure.line()}", end="")
    assert figure.id == name
    assert figure.passed, figure.line()

"""The reliability figures of delivery at the sizes that every test run can afford."""

from collections.abc import Callable

import pytest

from tests.faults import answers
from tests.figures import Figure

FAST: list[Callable[[], Figure]] = [
    answers.answer_lost_after_acceptance,
    answers.transient_refusals,
    answers.absurd_hints,
    answers.one_poisoned_recipient,
    answers.too_large,
    answers.recording_fails,
]


@pytest.mark.parametrize("measure", FAST, ids=lambda measure: measure.__name__)
def test_figure(
    measure: Callable[[], Figure],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    figure = measure()
    with capsys.disabled():
        print(f"\n{figure.line()}", end="")
    assert figure.passed, figure.line()

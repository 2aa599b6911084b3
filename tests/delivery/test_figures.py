"""The reliability figures of delivery at the sizes that every test run can afford."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.faults import (
    answers,
    choices,
    kills,
    leaks,
    ledger_machine,
    mail_lint,
    repeats,
    simulation,
)
from tests.figures import Figure

FAST: dict[str, Callable[[], Figure]] = {
    "R-01": kills.named_kills,
    "R-02": partial(kills.random_kills, runs=20, count=40, kills_each=2),
    "R-03": partial(repeats.killed_dagster_runs, repeats.FAST_CASES),
    "R-04": answers.answer_lost_after_acceptance,
    "R-05": repeats.repeated_materialisation,
    "R-06": kills.claim_race,
    "R-07": answers.transient_refusals,
    "R-08": answers.absurd_hints,
    "R-09": answers.one_poisoned_recipient,
    "R-10": choices.provider_choice,
    "R-11": answers.too_large,
    "R-12": repeats.late_and_foreign,
    "R-13": answers.recording_fails,
    "R-14": simulation.simulated_histories,
    "R-15": ledger_machine.ledger_model,
    "R-16": mail_lint.header_injection,
    "R-22": mail_lint.mail_lint,
    "R-38": kills.termination,
    "R-41": leaks.secrets_in_outputs,
    "R-42": leaks.personal_data_in_logs,
    "R-43": leaks.egress,
    "R-44": choices.server_side_requests,
    "R-45": leaks.webserver,
}


@pytest.mark.parametrize("name", FAST)
def test_figure(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    figure = FAST[name]()
    with capsys.disabled():
        print(f"\n{figure.line()}", end="")
    assert figure.id == name
    assert figure.passed, figure.line()

"""The simulator and the model are worth something only if they catch known-bad code."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cs_assets.delivery import sending
from cs_assets.delivery.model import Outcome, State
from cs_assets.delivery.record import attempts
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from tests.faults import ledger_machine, simulation

Patch = Callable[[pytest.MonkeyPatch], None]


def retry_on_unknown(patch: pytest.MonkeyPatch) -> None:
    right = attempts.state_after

    def wrong(outcome: Outcome, retry_at: dt.datetime | None) -> State:
        return State.PENDING if outcome is Outcome.UNKNOWN else right(outcome, retry_at)

    patch.setattr(attempts, "state_after", wrong)


def expired_leases_become_pending(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.expire_leases

    def wrong(self: Ledger, now: dt.datetime, channels: Any = ()) -> Any:
        return right(self, now, ("email", "slack"))

    patch.setattr(Ledger, "expire_leases", wrong)


def claim_without_condition(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.claim

    def wrong(self: Ledger, key: str, **more: Any) -> Any:
        self._store.execute(
            "UPDATE delivery SET state = 'pending' WHERE delivery_key = ? AND state = 'sending'",
            [key],
        )
        return right(self, key, **more)

    patch.setattr(Ledger, "claim", wrong)


def exceptions_count_as_refusals(patch: pytest.MonkeyPatch) -> None:
    right = sending.Sender._attempt

    def wrong(self: sending.Sender, *arguments: Any) -> Any:
        answer = right(self, *arguments)
        if answer.outcome is Outcome.UNKNOWN:
            return answer.__class__(Outcome.REJECTED_TRANSIENT)
        return answer

    patch.setattr(sending.Sender, "_attempt", wrong)


SIMULATED: list[Patch] = [
    retry_on_unknown,
    expired_leases_become_pending,
    claim_without_condition,
    exceptions_count_as_refusals,
]


@pytest.mark.parametrize("defect", SIMULATED, ids=lambda patch: patch.__name__)
def test_the_simulator_catches(
    defect: Patch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    defect(monkeypatch)
    caught = next((seed for seed in range(150) if simulation.play(seed, tmp_path)), None)
    assert caught is not None
    again = simulation.play(caught, tmp_path)
    assert again == simulation.play(caught, tmp_path), "a seed must be one history"


MODELLED: list[Patch] = [
    retry_on_unknown,
    expired_leases_become_pending,
    claim_without_condition,
]


@pytest.mark.parametrize("defect", MODELLED, ids=lambda patch: patch.__name__)
def test_the_model_catches(defect: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    defect(monkeypatch)
    assert ledger_machine.ledger_model(examples=2000, shrink=False).value.startswith("1: ")


def test_lost_journal_lines_do_not_make_a_second_mail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The journal only ever helps: without any line of it nothing goes out twice."""
    monkeypatch.setattr(Journal, "receipts", lambda self: iter(()))
    for seed in range(15):
        broken = simulation.play(seed, tmp_path)
        assert "twice" not in broken, broken

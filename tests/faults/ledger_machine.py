"""R-15: a model of the ledger against the ledger, step by step (Hypothesis state machine).

The model knows what the provider took. Rules are what schedulers, crashes, clocks and
people do; after every step the ledger must be explained by the model.
"""

import datetime as dt
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from cs_assets.delivery.model import (
    Answer,
    Claim,
    Identity,
    NewDelivery,
    Outcome,
    Parts,
    Receipt,
    State,
)
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger, LedgerError
from cs_assets.delivery.record.store import SqliteStore
from tests.faults.scene import MONDAY_AFTER, SUNDAY, WEEK
from tests.figures import Figure

_COUNT = 6
"""Deliveries that are planned at first."""
_LEASE = dt.timedelta(seconds=120)
_NUMBERS = st.integers(1, _COUNT)
#: Which of all deliveries there are, revisions among them.
_PICKS = st.integers(0, 4 * _COUNT)


@dataclass(frozen=True)
class Attempt:
    """A claim in the hands of a scheduler, and what the provider did with it."""

    claim: Claim
    answer: Answer


class LedgerMachine(RuleBasedStateMachine):
    """Schedulers, crashes, the clock and a person at work on one ledger."""

    #: Attempts over all histories: a model that is hardly exercised proves nothing.
    sent = 0
    keys: list[str]

    claims = Bundle("claims")
    attempts = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        memory = Path("/dev/shm")
        self._folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        home = Path(self._folder.name)
        self.ledger = Ledger(SqliteStore(home / "delivery.sqlite"))
        self.journal = Journal(home / "receipts.jsonl")
        self.now = MONDAY_AFTER
        self.taken: Counter[str] = Counter()
        self.wire: Counter[str] = Counter()
        self.owners = 0
        self.settled: dict[str, str] = {}

    def teardown(self) -> None:
        self.ledger.close()
        self._folder.cleanup()

    # ---- what happens

    @initialize()
    def plan_everything(self) -> None:
        new = [_new(number) for number in range(1, _COUNT + 1)]
        self.keys = list(self.ledger.plan(new, self.now, "run").keys)

    @rule(number=_NUMBERS, content=st.sampled_from(["a", "b"]))
    def plan_again(self, number: int, content: str) -> None:
        self.ledger.plan([_new(number, content)], self.now, "run")

    def _key(self, pick: int) -> str:
        return self.keys[pick % len(self.keys)]

    @rule(target=claims, pick=_PICKS)
    def claim(self, pick: int) -> Any:
        self.owners += 1
        claim = self.ledger.claim(
            self._key(pick),
            owner=f"scheduler {self.owners}",
            now=self.now,
            lease=_LEASE,
            provider="p",
            fingerprint="f",
        )
        return multiple() if claim is None else claim

    @rule(
        target=attempts,
        claim=consumes(claims),
        outcome=st.sampled_from(list(Outcome)),
        took_it=st.booleans(),
    )
    def send(self, claim: Claim, outcome: Outcome, took_it: bool) -> Any:
        if self.now > claim.expires_at:  # as the sender: too old to use
            return multiple()
        LedgerMachine.sent += 1
        self.wire[claim.delivery_key] += 1
        if outcome is Outcome.ACCEPTED or (outcome is Outcome.UNKNOWN and took_it):
            self.taken[claim.delivery_key] += 1
        return Attempt(claim, Answer(outcome, provider_message_id="id"))

    @rule(claim=consumes(claims))
    def die_before_sending(self, claim: Claim) -> None:
        """The claim is lost with its process."""

    @rule(attempt=consumes(attempts), journalled=st.booleans())
    def die_after_the_answer(self, attempt: Attempt, journalled: bool) -> None:
        if journalled:
            self.journal.append(self._receipt(attempt))

    @rule(attempt=consumes(attempts), wait=st.sampled_from([None, 0, 300]))
    def settle(self, attempt: Attempt, wait: int | None) -> None:
        receipt = self._receipt(attempt)
        self.journal.append(receipt)
        retry_at = None if wait is None else self.now + dt.timedelta(seconds=wait)
        transient = attempt.answer.outcome is Outcome.REJECTED_TRANSIENT
        self.ledger.settle(receipt, self.now, retry_at=retry_at if transient else None)

    @rule(
        pick=_PICKS,
        outcome=st.sampled_from(list(Outcome)),
        took_it=st.booleans(),
        end=st.sampled_from(["settled", "journalled", "lost"]),
    )
    def attempt_at_one_go(self, pick: int, outcome: Outcome, took_it: bool, end: str) -> None:
        """Claim, send and an ending together: keeps histories dense in attempts."""
        claim = self.claim(pick)
        if not isinstance(claim, Claim):
            return
        attempt = self.send(claim, outcome, took_it)
        if end == "settled":
            self.settle(attempt, wait=0)
        else:
            self.die_after_the_answer(attempt, journalled=end == "journalled")

    @rule()
    def recover(self) -> None:
        self.ledger.replay(self.journal.receipts(), self.now)
        self.ledger.expire_leases(self.now)

    @rule(seconds=st.sampled_from([1, 60, 121, 100_000]))
    def time_passes(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @rule(pick=_PICKS)
    def person_resolves_truthfully(self, pick: int) -> None:
        key = self._key(pick)
        found = self.ledger.find(keys=[key])
        try:
            self.ledger.resolve(
                key, sent=self.taken[key] > 0, by="person", note="looked", now=self.now
            )
        except LedgerError:
            assert not found or found[0].state is not State.UNKNOWN
        else:
            assert found[0].state is State.UNKNOWN

    @rule(pick=_PICKS)
    def person_sends_anew(self, pick: int) -> None:
        key = self._key(pick)
        found = self.ledger.find(keys=[key])
        try:
            again = self.ledger.make_revision(
                key, parts=None, by="person", note="again", now=self.now
            )
        except LedgerError:
            assert not found or found[0].state in (State.PENDING, State.SENDING, State.UNKNOWN)
        else:
            assert again.delivery_key not in self.keys
            self.keys.append(again.delivery_key)
            assert again.state is State.PENDING

    # ---- what must hold

    @invariant()
    def nothing_goes_out_twice(self) -> None:
        assert all(times <= 1 for times in self.taken.values()), self.taken

    @invariant()
    def states_tell_the_truth(self) -> None:
        for delivery in self.ledger.find():
            key, state = delivery.delivery_key, delivery.state
            if state is State.SENT:
                assert self.taken[key] == 1
            if state in (State.PENDING, State.FAILED, State.CANCELLED):
                assert self.taken[key] == 0, state
            if state is State.SENDING:
                assert delivery.lease_owner is not None
            assert len(self.ledger.attempts(key)) == delivery.attempts >= self.wire[key]

    @invariant()
    def settled_states_stay(self) -> None:
        for delivery in self.ledger.find(states=[State.SENT, State.FAILED, State.CANCELLED]):
            before = self.settled.setdefault(delivery.delivery_key, delivery.state)
            assert before == delivery.state

    def _receipt(self, attempt: Attempt) -> Receipt:
        claim = attempt.claim
        return Receipt(
            claim.delivery_key, claim.attempt, claim.owner, "p", self.now, attempt.answer
        )


def _new(number: int, content: str = "a") -> NewDelivery:
    identity = Identity(
        "production", "weekly_report", WEEK, f"C{number}", "CSM001", "email", "a@b.example"
    )
    parts = Parts(subject="s", text_path="t", sha256=content)
    return NewDelivery(replace(identity), SUNDAY, parts)


def ledger_model(examples: int = 200, steps: int = 50, shrink: bool = True) -> Figure:
    """R-15: so many histories of so many steps."""
    trouble, LedgerMachine.sent = "", 0
    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            LedgerMachine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                derandomize=True,
                phases=list(Phase) if shrink else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:  # several distinct failures come as a group
        trouble = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Figure(
        "R-15",
        f"violations of the ledger's model in {examples} x {steps} steps "
        f"with {LedgerMachine.sent} attempts",
        f"{int(bool(trouble))}{': ' + trouble if trouble else ''}",
        "0",
        not trouble and LedgerMachine.sent >= 2 * examples,
    )

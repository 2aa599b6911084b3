"""Waiting for a slot of a pool: for whom, since when, not for ever, and not for the dead.

Dagster asks for the slot again and again without a pause, hears no signal meanwhile, and waits for
runs that died as for any other.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._utils.concurrency import ConcurrencyClaimStatus, ConcurrencyKeyInfo
from dagster._utils.interrupts import check_captured_interrupt

from cs_assets.errors import Unavailable
from resources.instance.dead_runs import end_dead_runs
from resources.instance.run_owners import moment, owner_of

#: Seconds between two looks at the pool, and within one in which a signal is answered.
_LOOK_SECONDS = 1.0
_SIGNAL_SECONDS = 0.1
#: Seconds after which a wait is told again.
_TELL_SECONDS = 300.0

Told = Callable[[str], None]
_listener: ContextVar[Told | None] = ContextVar("pool listener", default=None)


@contextmanager
def waits_told(told: Told) -> Iterator[None]:
    """Tells ``told`` in words what runs in this context wait for."""
    token = _listener.set(told)
    try:
        yield
    finally:
        _listener.reset(token)


class PoolWaitTooLong(Unavailable):
    """A slot was not had within the longest wait."""


@dataclass
class _Wait:
    began: float = field(default_factory=time.monotonic)
    said: float | None = None


class PatientPools(SqlEventLogStorage):
    """Puts itself before a SQL event log storage: a claim that is not granted pauses here."""

    #: Seconds after which a run gives up; a subclass may say otherwise.
    longest_pool_wait: float = 3600.0
    _waits: dict[tuple[str, str], _Wait]

    def claim_concurrency_slot(
        self, concurrency_key: str, run_id: str, step_key: str, priority: int | None = None
    ) -> ConcurrencyClaimStatus:
        """As Dagster's; of a slot that others have, it is said who, and a second is let pass.

        Raises ``PoolWaitTooLong`` after ``longest_pool_wait`` seconds, and
        ``DagsterExecutionInterruptedError`` when this process is told to stop.
        """
        status = super().claim_concurrency_slot(concurrency_key, run_id, step_key, priority)
        waits = self.__dict__.setdefault("_waits", {})
        if status.is_claimed:
            waits.pop((run_id, step_key), None)
            return status
        wait = waits.setdefault((run_id, step_key), _Wait())
        self._look_after(concurrency_key, run_id, wait)
        _pause()
        return status.with_sleep_interval(0.0)

    def _look_after(self, pool: str, run_id: str, wait: _Wait) -> None:
        """One look at those who hold the pool: end the dead, hand on, tell, give up."""
        info = self.get_concurrency_info(pool)
        others = {slot.run_id for slot in info.claimed_slots}
        others |= {step.run_id for step in info.pending_steps}
        if end_dead_runs(self._instance, only=others - {run_id}):
            return
        # A process that died as it handed its slot on has left it with nobody.
        if self.has_unassigned_slots(pool):
            self.assign_pending_steps([pool])
            return
        waited = time.monotonic() - wait.began
        if waited > self.longest_pool_wait:
            raise PoolWaitTooLong(
                f"no slot of pool '{pool}' within {waited:.0f} s: {_held(self._instance, info)}; "
                "end that run in the Dagster UI, or run this again when it has ended"
            )
        if wait.said is None or time.monotonic() - wait.said > _TELL_SECONDS:
            wait.said = time.monotonic()
            self._tell(pool, run_id, info, waited)

    def _tell(self, pool: str, run_id: str, info: ConcurrencyKeyInfo, waited: float) -> None:
        left = max(0.0, self.longest_pool_wait - waited)
        said = f"waits for pool '{pool}': {_held(self._instance, info)}; gives up in {left:.0f} s"
        run = self._instance.get_run_by_id(run_id)
        if run is not None:
            self._instance.report_engine_event(said[0].upper() + said[1:] + ".", run)
        listener = _listener.get()
        if listener is not None:
            listener(said)


def _held(instance: dg.DagsterInstance, info: ConcurrencyKeyInfo) -> str:
    """Who holds the pool, and since when."""
    since = {
        (row.run_id, row.step_key): row.assigned_timestamp
        for row in info.pending_steps
        if row.assigned_timestamp is not None
    }
    if not since:
        return f"it has {info.slot_count} slots"
    held = []
    for run_id, step in since:
        run = instance.get_run_by_id(run_id)
        taken = since[run_id, step]
        owner: Any = owner_of(instance, run) if run is not None else None
        held.append(
            f"run {run_id[:8]} ({run.job_name if run else 'deleted'}, step {step}"
            f"{f', {owner}' if owner else ''}) has it since {moment(taken.timestamp())}"
        )
    return "; ".join(held)


def _pause() -> None:
    """Let a second pass; a signal that Dagster has captured ends it, and the run."""
    ends = time.monotonic() + _LOOK_SECONDS
    while (left := ends - time.monotonic()) > 0:
        if check_captured_interrupt():
            raise DagsterExecutionInterruptedError
        time.sleep(min(left, _SIGNAL_SECONDS))

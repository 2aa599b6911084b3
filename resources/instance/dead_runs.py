"""Runs whose process is gone: they are failed with that reason, and their pool slots are free.

Dagster learns of a run's end from the process that executes it. One that is killed, or goes down
with its machine, tells nothing: its run would stay "started" and hold its slots for hours.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass

import dagster as dg

from resources.instance.processes import Fate
from resources.instance.run_owners import owner_of

_UNFINISHED = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
#: A run frees its slots before it ends; those it still has after so long were forgotten.
_SLOTS_SECONDS = 2.0


@dataclass(frozen=True)
class DeadRun:
    """A run that was ended here because its process is gone."""

    run_id: str
    job: str
    reason: str

    def __str__(self) -> str:
        return f"run {self.run_id[:8]} ({self.job}) had died, {self.reason}; it is marked failed"


def end_dead_runs(
    instance: dg.DagsterInstance, only: Collection[str] | None = None
) -> list[DeadRun]:
    """Fail the runs whose process is gone and free the slots of all that have ended.

    ``only``: look at these runs alone. Safe in several processes at once. A run that another
    machine executes is left alone, as is one of which no process is known.
    """
    if only is not None and not only:
        return []
    filters = dg.RunsFilter(
        run_ids=None if only is None else sorted(only), statuses=list(_UNFINISHED)
    )
    ended = [
        dead for run in instance.get_runs(filters) if (dead := _end(instance, run)) is not None
    ]
    _free_slots_of_ended(instance, {dead.run_id for dead in ended})
    return ended


def why_dead(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str | None:
    """Why ``run`` cannot come to its end any more; None when nothing speaks for that."""
    owner = owner_of(instance, run)
    if owner is None or owner.fate() is not Fate.GONE:
        return None
    return f"{owner} that executed it is gone (killed, crashed, or the machine went down)"


def _end(instance: dg.DagsterInstance, run: dg.DagsterRun) -> DeadRun | None:
    reason = why_dead(instance, run)
    if reason is None:
        return None
    now = instance.get_run_by_id(run.run_id)  # it may have ended between being read and dying
    if now is None or now.is_finished:
        return None
    said = reason[0].upper() + reason[1:] + "."
    if now.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(now, said)
    else:
        instance.report_run_failed(now, said)
    return DeadRun(run.run_id, run.job_name, reason)


def _free_slots_of_ended(instance: dg.DagsterInstance, just_ended: set[str]) -> None:
    """Free what runs hold that have ended, or that are not there any more."""
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits:
        return
    holders = _holders(instance)
    if not holders:
        return
    records = {
        record.dagster_run.run_id: record
        for record in instance.get_run_records(dg.RunsFilter(run_ids=sorted(holders)))
    }
    for run_id in holders:
        record = records.get(run_id)
        if record is not None and not record.dagster_run.is_finished:
            continue
        forgotten = record is None or time.time() - (record.end_time or 0) > _SLOTS_SECONDS
        if forgotten or run_id in just_ended:
            storage.free_concurrency_slots_for_run(run_id)


def _holders(instance: dg.DagsterInstance) -> set[str]:
    """Runs that hold a slot of a pool, or wait for one."""
    storage = instance.event_log_storage
    infos = storage.get_concurrency_infos(sorted(storage.get_concurrency_keys()))
    claimed = {slot.run_id for info in infos.values() for slot in info.claimed_slots}
    pending = {step.run_id for info in infos.values() for step in info.pending_steps}
    return claimed | pending

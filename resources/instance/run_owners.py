"""Which process executes a run. It is noted on the run itself, so that every process can look."""

import datetime as dt
import os
from dataclasses import dataclass

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from resources.instance.processes import Fate, Process, started_at, this_process

TAG = "cs_assets/process"

#: How much later than its first sign of life a process may seem to have started: clocks are set.
_CLOCKS_SECONDS = 120.0


@dataclass(frozen=True)
class Noted:
    """A process of which only pid and a sign of life are known, as Dagster itself logs it."""

    pid: int
    seen_at: float

    def __str__(self) -> str:
        return f"process {self.pid}"

    def fate(self) -> Fate:
        started = started_at(self.pid)
        known = started is not None and started <= self.seen_at + _CLOCKS_SECONDS
        return Fate.ALIVE if known else Fate.GONE


def tags() -> dict[str, str]:
    """Tags for a run that this process is about to execute."""
    return {TAG: this_process().text()}


def note(instance: dg.DagsterInstance, event: EventLogEntry) -> None:
    """Note this process on the run whose beginning it has just stored.

    A run's beginning is told by the process that executes it, and by no other.
    """
    if _begins(event) and instance.has_run(event.run_id):
        instance.add_run_tags(event.run_id, tags())


def _begins(event: EventLogEntry) -> bool:
    if event.dagster_event_type == dg.DagsterEventType.RUN_START:
        return True
    return event.dagster_event_type == dg.DagsterEventType.ENGINE_EVENT and (
        event.message.startswith("Started process for run") and _pid(event) == os.getpid()
    )


def owner_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Process | Noted | None:
    """The process that executes ``run``, None when it is not known.

    Runs of a version that noted nothing are known by what Dagster logged, but only where all
    that use the instance are on this machine: a pid says nothing of where it counts.
    """
    if TAG in run.tags:
        return Process.read(run.tags[TAG])
    if not isinstance(instance.event_log_storage, SqliteEventLogStorage):
        return None
    logged = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    for event in logged:
        if (pid := _pid(event)) is not None:
            return Noted(pid, event.timestamp)
    return None


def _pid(event: EventLogEntry) -> int | None:
    if event.dagster_event is None:
        return None
    value = event.dagster_event.engine_event_data.metadata.get("pid")
    text = str(getattr(value, "value", ""))
    return int(text) if text.isdigit() else None


def moment(timestamp: float) -> str:
    """A time of the event log for people."""
    return f"{dt.datetime.fromtimestamp(timestamp, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"

"""Which process executes a run. It is noted on the run itself, so that every process can look."""

import contextlib
import datetime as dt
import json
import os
import socket
import time
from dataclasses import dataclass

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.tags import GRPC_INFO_TAG

from resources.instance.processes import Fate, Process, started_at, this_process

TAG = "cs_assets/process"
LAUNCHER_TAG = "cs_assets/launched_by"
_BEFORE_STARTED = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING)

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


#: A process that was just begun may live on without who began it, and says so by then.
_BEGINNING_SECONDS = 5.0


@dataclass(frozen=True)
class Launch:
    """A run of which no process has told anything yet: who asked for one, of which code server."""

    launcher: Process
    at: float
    server: str
    """As Dagster notes it; empty before it was asked."""

    def __str__(self) -> str:
        return f"{self.launcher} and the code server"

    def fate(self) -> Fate:
        """Gone with both that could begin it, unless one might just have been begun."""
        fate = self.launcher.fate()
        if fate is not Fate.GONE:
            return fate
        awaited = 0 <= time.time() - self.at < _BEGINNING_SECONDS
        return Fate.ALIVE if awaited or _answers(self.server) else Fate.GONE


def _answers(server: str) -> bool:
    """Whether somebody listens where a code server was."""
    try:
        where = json.loads(server)
        path, address = where.get("socket"), (where.get("host"), int(where.get("port") or 0))
    except (ValueError, TypeError, AttributeError):
        return False
    with contextlib.suppress(OSError, TypeError):
        if path is None:
            socket.create_connection(address, timeout=1).close()
            return True
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(path)
            return True
    return False


def note_launch(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Note that this process asks a code server to execute ``run``."""
    instance.add_run_tags(run.run_id, {LAUNCHER_TAG: f"{time.time()} {this_process().text()}"})


def _launch(noted: str, server: str) -> Launch | None:
    at, _, text = noted.partition(" ")
    launcher = Process.read(text)
    try:
        return None if launcher is None else Launch(launcher, float(at), server)
    except ValueError:
        return None


def _own(instance: dg.DagsterInstance, run: dg.DagsterRun, tag: str) -> str | None:
    """What was noted on this run; one that tries another again begins with the other's tags."""
    noted = run.tags.get(tag)
    if noted and run.parent_run_id:
        parent = instance.get_run_by_id(run.parent_run_id)
        if parent is not None and parent.tags.get(tag) == noted:
            return None
    return noted


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


def owner_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Process | Noted | Launch | None:
    """The process that executes ``run``, None when it is not known.

    Before its process has told anything that is who launched it. Runs of a version that noted
    nothing are known by what Dagster logged, but only where all that use the instance are on this
    machine: a pid says nothing of where it counts.
    """
    if noted := _own(instance, run, TAG):
        return Process.read(noted)
    if run.status in _BEFORE_STARTED and (noted := _own(instance, run, LAUNCHER_TAG)):
        return _launch(noted, run.tags.get(GRPC_INFO_TAG, ""))
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

"""Dagster's own way of launching runs, with a look at whether the process of a run is there.

Its daemon asks a launcher for the health of started runs alone; one that dies as it starts would be
found by its longest start. So a process that launches runs looks after those that died itself.
"""

import logging
import threading
from typing import Any

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

from resources.instance import run_owners
from resources.instance.dead_runs import end_dead_runs, why_dead


class WatchedRunLauncher(DefaultRunLauncher):
    """Launches runs as Dagster does; the daemon's run monitoring can ask it for their health.

    ``DefaultRunLauncher`` has no answer to that, so that a run that died stays "started" until
    it exceeds its longest run time.
    """

    _looking: "Looking | None" = None

    def launch_run(self, context: LaunchRunContext) -> None:
        """As Dagster's, noted beforehand, and looked after from the beginning."""
        run_owners.note_launch(self._instance, context.dagster_run)
        self.look_after_runs()
        super().launch_run(context)

    def look_after_runs(self) -> None:
        """From now on, while this process lives, runs that died are ended within seconds."""
        if self._looking is None:
            self._looking = Looking(self._instance)

    def dispose(self) -> None:
        if self._looking is not None:
            self._looking.stop()
        super().dispose()

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """NOT_FOUND for a run whose process is gone; whatever cannot be looked at is running."""
        reason = why_dead(self._instance, run)
        if reason is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, reason)


_SECONDS = 3.0
_LOG = logging.getLogger("cs_assets.runs")


class Looking:
    """Ends dead runs of an instance every three seconds, in a thread, until ``stop``."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._stopped = threading.Event()
        threading.Thread(
            target=self._look, args=(instance.get_ref(),), name="dead runs", daemon=True
        ).start()

    def stop(self) -> None:
        self._stopped.set()

    def _look(self, reference: Any) -> None:
        with dg.DagsterInstance.from_ref(reference) as instance:
            while not self._stopped.wait(_SECONDS):
                try:
                    for dead in end_dead_runs(instance):
                        _LOG.warning("%s", dead)
                except Exception as error:  # storage that is away; the next look may find it
                    said = type(error).__name__
                    if not self._stopped.is_set():
                        _LOG.warning("no look after runs that died: %s", said)

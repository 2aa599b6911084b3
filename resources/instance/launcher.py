"""Dagster's own way of launching runs, with a look at whether the process of a run is there."""

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

from resources.instance.dead_runs import why_dead


class WatchedRunLauncher(DefaultRunLauncher):
    """Launches runs as Dagster does; the daemon's run monitoring can ask it for their health.

    ``DefaultRunLauncher`` has no answer to that, so that a run that died stays "started" until
    it exceeds its longest run time.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """NOT_FOUND for a run whose process is gone; whatever cannot be looked at is running."""
        reason = why_dead(self._instance, run)
        if reason is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, reason)

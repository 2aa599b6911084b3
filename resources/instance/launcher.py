"""Dagster's own way of launching runs, with a look at whether the process of a run is there."""

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

from resources.instance import run_owners
from resources.instance.dead_runs import why_dead
from resources.instance.looking import Looking


class WatchedRunLauncher(DefaultRunLauncher):
    """Launches runs as Dagster does; the daemon's run monitoring can ask it for their health.

    ``DefaultRunLauncher`` has no answer to that, so that a run that died stays "started" until
    it exceeds its longest run time.
    """

    _looking: Looking | None = None

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

"""The instance whose runs say which process executes them, whatever storage it has.

Its daemon looks after those that died, also in the short while before they have started.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._daemon.types import DaemonHeartbeat

from resources.instance import run_owners
from resources.instance.launcher import WatchedRunLauncher

#: Events that are held back at most; a kill loses what no one was told of.
_TOGETHER = 1000


class NotedInstance(dg.DagsterInstance):
    """Dagster's own, which notes the process on a run as its beginning is told."""

    @classmethod
    def config_schema(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def config_defaults(cls, base_dir: str) -> Mapping[str, Any]:
        return InstanceRef.config_defaults(base_dir)

    def _get_event_batch_size(self) -> int:
        """Events of one asset's partitions, and what a run plans, are stored together.

        Dagster has this by an environment variable alone.
        """
        return _TOGETHER

    def handle_new_event(self, event: EventLogEntry, **batch: Any) -> None:
        super().handle_new_event(event, **batch)
        run_owners.note(self, event)

    def add_daemon_heartbeat(self, daemon_heartbeat: DaemonHeartbeat) -> None:
        """As Dagster's; that it beats is how a process is known to be the daemon."""
        if isinstance(launcher := self.run_launcher, WatchedRunLauncher):
            launcher.look_after_runs()
        super().add_daemon_heartbeat(daemon_heartbeat)

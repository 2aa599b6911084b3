"""Looks after runs that died, while a process lives.

Dagster's daemon asks a launcher for the health of started runs alone; one that dies as it starts
would be found by its longest start.
"""

import logging
import threading
from typing import Any

import dagster as dg

from resources.instance.dead_runs import end_dead_runs

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

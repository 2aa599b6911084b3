"""A turn of the sensor and the runs it asks for, in a process of its own, to be killed."""

import datetime as dt
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing.assets import batch_assets
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from sensors import needs_csm

#: What a turn writes, one transaction each, in this order.
WRITES = ("plan", "accounts", "books", "solution", "review", "assignments", "measures")
#: Where a turn can be killed.
POINTS = (
    *(f"{when}:{write}" for write in WRITES for when in ("before", "after")),
    "between:seeing and requesting",
    "between:requesting and running",
)


@dataclass(frozen=True)
class Turn:
    """One turn over the warehouse with the instance in ``dagster_home``, killed at ``point``.

    ``silent_seconds`` is how long a dead run is taken for a living one.
    """

    warehouse: str
    dagster_home: str
    point: str = ""
    silent_seconds: float = 0.0


def take(turn: Turn) -> None:
    """What the daemon does with the sensor: a tick, its partitions, its runs."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Dagster writes every event to standard error
    os.environ.pop("ANTHROPIC_API_KEY", None)
    os.environ["DAGSTER_HOME"] = turn.dagster_home
    os.environ["CS_ASSETS_HOME"] = os.path.dirname(turn.warehouse)
    needs_csm.SILENT_AFTER = dt.timedelta(seconds=turn.silent_seconds)
    _arm(turn.point)
    warehouse = DuckDBWarehouse(path=turn.warehouse)
    settings = Settings.load(cs_assets_home=os.path.dirname(turn.warehouse))
    with dg.DagsterInstance.get() as instance:
        context = dg.build_sensor_context(
            instance=instance, resources={"settings": settings, "warehouse": warehouse}
        )
        asked = needs_csm.build("routing_job")(context)
        _die_at(turn.point, "between:seeing and requesting")
        if not isinstance(asked, dg.SensorResult):
            return
        for request in asked.dynamic_partitions_requests or []:
            instance.add_dynamic_partitions(ROUTING_BATCHES, list(request.partition_keys))
        _die_at(turn.point, "between:requesting and running")
        for request in asked.run_requests or []:
            known = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": str(request.run_key)}))
            if not known:
                dg.materialize(
                    batch_assets,
                    partition_key=request.partition_key,
                    instance=instance,
                    tags={"dagster/run_key": str(request.run_key)},
                    resources={
                        "warehouse": warehouse,
                        "settings": settings,
                        "claude": ClaudeResource(settings=settings),
                    },
                    raise_on_error=False,
                )


def _die_at(point: str, here: str) -> None:
    if point == here:
        os.kill(os.getpid(), signal.SIGKILL)


def _arm(point: str) -> None:
    """Kill this process before or after the commit of the write that ``point`` names."""
    plain = DuckDBSession.transaction
    writes = iter([*WRITES, *["later"] * 1000])

    @contextmanager
    def counted(session: DuckDBSession, *tables: str) -> Iterator[None]:
        if session._in_transaction:
            with plain(session, *tables):
                yield
            return
        write = next(writes)
        with plain(session, *tables):
            yield
            _die_at(point, f"before:{write}")
        _die_at(point, f"after:{write}")

    DuckDBSession.transaction = counted  # type: ignore[method-assign, assignment]

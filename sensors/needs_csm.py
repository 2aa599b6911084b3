"""The sensor on new accounts that need a CSM: one run a batch, each account once."""

import datetime as dt
from typing import Any

import dagster as dg

from cs_assets.errors import Unavailable
from cs_assets.partitions import ROUTING_BATCHES, routing_batches
from cs_assets.routing import batches
from resources.warehouse import Warehouse

#: Half of the time within which a new account should be routed.
INTERVAL_SECONDS = 60
#: Runs of one batch that are started without a person.
MOST_RUNS = 3
#: A run without a sign of life for so long is dead: its machine was, and nobody told Dagster.
SILENT_AFTER = dt.timedelta(minutes=10)


def build(job: Any) -> dg.SensorDefinition:
    """The sensor that starts ``job`` (a definition, or its name).

    A tick stores the batch before it asks for a run, and asks for a run of every stored
    batch that did not come to its end. So a tick or a run that dies anywhere is made good
    by a later tick; there is no cursor to lose. Run keys keep a batch from running twice.
    """
    named = {"job_name": job} if isinstance(job, str) else {"job": job}

    @dg.sensor(
        name="needs_csm_sensor",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Starts a routing run for the accounts that began to wait for a CSM.",
        **named,
    )
    def needs_csm_sensor(
        context: dg.SensorEvaluationContext, warehouse: Warehouse
    ) -> dg.SensorResult | dg.SkipReason:
        as_of = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        try:
            with warehouse.session("needs_csm_sensor") as db:
                batches.plan(db, as_of)
                waiting = batches.open_batches(db)
        except Unavailable as error:
            return dg.SkipReason(f"the warehouse is busy, next tick tries again: {error}")
        if not waiting:
            return dg.SkipReason("no account began to wait for a CSM")
        return result(context.instance, waiting, as_of)

    return needs_csm_sensor


def run_key(instance: dg.DagsterInstance, batch: str, now: dt.datetime) -> str | None:
    """The key of the run to ask for, or None while one is under way or enough have failed."""
    runs = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": batch}))
    if any(_alive(instance, run, now) for run in runs) or len(runs) >= MOST_RUNS:
        return None
    return f"{batch}#{len(runs)}" if runs else batch


def _alive(instance: dg.DagsterInstance, record: dg.RunRecord, now: dt.datetime) -> bool:
    """Not finished, and heard of lately; a run may wait in the queue as long as it must."""
    if record.dagster_run.is_finished:
        return False
    if record.dagster_run.status == dg.DagsterRunStatus.QUEUED:
        return True
    events = instance.get_records_for_run(record.dagster_run.run_id, limit=1, ascending=False)
    heard = record.create_timestamp.timestamp()
    for event in events.records:
        heard = max(heard, event.event_log_entry.timestamp)
    return now.replace(tzinfo=dt.UTC).timestamp() - heard < SILENT_AFTER.total_seconds()


def result(instance: dg.DagsterInstance, waiting: list[str], now: dt.datetime) -> dg.SensorResult:
    """Partitions to add and runs to ask for, for these open batches.

    A batch whose run failed is asked for again under another key, a few times; after
    that the standing check of failed partitions shows it.
    """
    known = set(instance.get_dynamic_partitions(ROUTING_BATCHES))
    fresh = [batch for batch in waiting if batch not in known]
    keys = {batch: key for batch in waiting if (key := run_key(instance, batch, now)) is not None}
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, partition_key=b) for b, key in keys.items()],
        dynamic_partitions_requests=[routing_batches.build_add_request(fresh)] if fresh else [],
    )

"""The sensor on new accounts that need a CSM: one run a batch, each account once."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import dagster as dg

from cs_assets.errors import Unavailable
from cs_assets.partitions import ROUTING_BATCHES, routing_batches
from cs_assets.routing import batches, situation
from cs_assets.routing.assets import policy_in_force
from resources.settings import Settings
from resources.warehouse import Warehouse
from schedules.rhythm import Pace, built_in

#: Half of the time within which a new account should be routed.
INTERVAL_SECONDS = 60
#: Runs of one batch one after the other; more only once its data change, or after a while.
MOST_RUNS = 3
#: After so long a batch whose runs failed is tried again on the same data: as long as accounts
#: wait that found no room.
TRY_AGAIN_AFTER = batches.RETRY_AFTER
#: A run without a sign of life for so long is dead: its machine was, and nobody told Dagster.
SILENT_AFTER = dt.timedelta(minutes=10)


def build(job: Any, pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor that starts ``job`` (a definition, or its name).

    A tick stores the batch before it asks for a run, and asks for a run of every stored
    batch that did not come to its end. So a tick or a run that dies anywhere is made good
    by a later tick. Run keys keep a batch from running twice. The cursor keeps the version
    of the data with which each open batch was run last; losing it costs one run each.
    """
    pace = pace or built_in().sensors["needs_csm_sensor"]
    named = {"job_name": job} if isinstance(job, str) else {"job": job}

    @dg.sensor(
        name="needs_csm_sensor",
        minimum_interval_seconds=pace.every_seconds,
        default_status=pace.status,
        description="Starts a routing run for the accounts that began to wait for a CSM.",
        **named,
    )
    def needs_csm_sensor(
        context: dg.SensorEvaluationContext,
        warehouse: Warehouse,
        settings: dg.ResourceParam[Settings],
    ) -> dg.SensorResult | dg.SkipReason:
        as_of = _now()
        try:
            with warehouse.session("needs_csm_sensor") as db:
                batches.plan(db, as_of)
                waiting = batches.open_batches(db)
                if not waiting:
                    return dg.SkipReason("no account began to wait for a CSM")
                return result(
                    context.instance,
                    waiting,
                    as_of,
                    context.cursor,
                    lambda batch: situation.version(db, batch, lambda: policy_in_force(settings)),
                )
        except Unavailable as error:
            return dg.SkipReason(f"the warehouse is busy, next tick tries again: {error}")

    return needs_csm_sensor


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def run_key(instance: dg.DagsterInstance, batch: str, now: dt.datetime) -> str | None:
    """The key of the run to ask for, or None while one is under way or enough have failed."""
    runs = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": batch}))
    if any(_alive(instance, run, now) for run in runs) or len(runs) >= MOST_RUNS:
        return None
    return f"{batch}#{len(runs)}" if runs else batch


def run_key_again(
    instance: dg.DagsterInstance, batch: str, now: dt.datetime, changed: bool
) -> str | None:
    """The key of one more run of a batch whose runs have all failed, or None: not yet.

    At once when its data have ``changed`` since; when that did not help, twice as long after
    each run as after the one before, so that data which change all the time make no storm.
    """
    runs = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": batch}))
    if len(runs) < MOST_RUNS or any(_alive(instance, run, now) for run in runs):
        return None
    begun = max(run.create_timestamp.timestamp() for run in runs)
    more = len(runs) - MOST_RUNS
    pause = TRY_AGAIN_AFTER.total_seconds()
    if changed:
        pause = min(pause, INTERVAL_SECONDS * 2.0**more) if more else 0.0
    waited = now.replace(tzinfo=dt.UTC).timestamp() - begun
    return f"{batch}#{len(runs)}" if waited >= pause else None


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


def result(
    instance: dg.DagsterInstance,
    waiting: list[str],
    now: dt.datetime,
    cursor: str | None,
    version_of: Callable[[str], str],
) -> dg.SensorResult:
    """Partitions to add and runs to ask for, for these open batches.

    A batch whose run failed is asked for again under another key, a few times; after that
    when its data have changed, and otherwise every few hours. ``version_of`` names what a
    batch would be routed from now.
    """
    known = set(instance.get_dynamic_partitions(ROUTING_BATCHES))
    fresh = [batch for batch in waiting if batch not in known]
    before, after = _versions(cursor), {}
    keys = {}
    for batch in waiting:
        key = run_key(instance, batch, now)
        now_at = before.get(batch)
        if key is not None:
            now_at = version_of(batch)
        elif _has_failed(instance, batch, now):
            now_at = version_of(batch)
            key = run_key_again(instance, batch, now, changed=now_at != before.get(batch))
            if key is None:
                now_at = before.get(batch)
        if key is not None:
            keys[batch] = key
        if now_at is not None:
            after[batch] = now_at
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, partition_key=b) for b, key in keys.items()],
        dynamic_partitions_requests=[routing_batches.build_add_request(fresh)] if fresh else [],
        cursor=json.dumps(after, sort_keys=True),
    )


def _has_failed(instance: dg.DagsterInstance, batch: str, now: dt.datetime) -> bool:
    """All the runs that are started one after the other have ended, in vain."""
    runs = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": batch}))
    return len(runs) >= MOST_RUNS and not any(_alive(instance, run, now) for run in runs)


def _versions(cursor: str | None) -> dict[str, str]:
    """Version of the data by open batch; none where the cursor is not ours."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""The sensor on runs that were to be tried again and were not.

When the process of a run dies, Dagster's daemon asks the code server for a new run, once. Where
both died at the same time, as with their container, there is nobody to ask: the daemon notes that
the run is not tried again, and it is forgotten. This sensor is part of the code: it looks when the
code is there again.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from dagster._core.events import RunFailureReason
from dagster._core.storage.tags import RUN_FAILURE_REASON_TAG
from dagster_shared.error import SerializableErrorInfo

from schedules.rhythm import Pace, built_in

AGAIN_TAG = "cs_assets/again_for"
#: What Dagster notes on a run that failed by an asset, and says where it could not try one again.
_BY_A_STEP, _COULD_NOT = RunFailureReason.STEP_FAILURE.value, "Failed to retry run"
_WILL_RETRY, _PARENT = "dagster/will_retry", "dagster/parent_run_id"
#: How an error begins by which PostgreSQL, of the instance or of the ledger, was away for a moment.
_DATABASE_AWAY = re.compile(
    r"psycopg2?\.(errors\.)?"
    r"(OperationalError|InterfaceError|AdminShutdown|CrashShutdown|CannotConnectNow)\b"
    r"|\S*\bNoDatabase:|\S*\bLedgerUnavailable: the delivery ledger in PostgreSQL cannot be opened"
)
#: The tags of ours that a new run has as well; Dagster's own are of one run.
_OURS = "cs_assets/"
_OF_ONE_RUN = frozenset({"cs_assets/process", "cs_assets/launched_by"})
#: How far back is looked, and how long the daemon has for its own try.
_WITHIN, _GRACE = dt.timedelta(hours=12), dt.timedelta(seconds=60)
#: So often in a row a week is begun anew.
_MOST = 3


def build(jobs: Sequence[Any], pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor that begins runs of these jobs anew."""
    pace = pace or built_in().sensors["lost_runs_sensor"]

    @dg.sensor(
        name="lost_runs_sensor",
        jobs=list(jobs),
        minimum_interval_seconds=pace.every_seconds,
        default_status=pace.status,
        description="Begins anew what died together with the code server that was to retry it.",
    )
    def lost_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        now = dt.datetime.now(dt.UTC)
        asked = list(again(context.instance, [job.name for job in jobs], now))
        if not asked:
            return dg.SkipReason("no run was lost")
        return dg.SensorResult(run_requests=asked)

    return lost_runs_sensor


def again(
    instance: dg.DagsterInstance, jobs: list[str], now: dt.datetime
) -> Iterator[dg.RunRequest]:
    """A request for each run of ``jobs`` that was to be tried again and a minute later was not."""
    filters = dg.RunsFilter(updated_after=now - _WITHIN)
    records = [one for one in instance.get_run_records(filters) if one.dagster_run.job_name in jobs]
    followed = {
        run.tags.get(tag) or (run.parent_run_id if tag == _PARENT else None)
        for run in (one.dagster_run for one in records)
        for tag in (_PARENT, AGAIN_TAG)
    }
    for record in records:
        run = record.dagster_run
        seconds = record.end_time or record.update_timestamp.timestamp()
        ended = dt.datetime.fromtimestamp(seconds, dt.UTC)
        is_over = run.status == dg.DagsterRunStatus.FAILURE and now - ended >= _GRACE
        if is_over and run.run_id not in followed and _is_lost(instance, run):
            times = int(run.tags.get("cs_assets/again", "0")) + 1
            if times <= _MOST:
                yield _request(run, times)


def _is_lost(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether it was to be tried again: its process ended, the daemon could ask nobody for it, or
    the database that it is noted in was away.

    A run that failed by what it computes is not. Of a run that is found dead by several at once
    the daemon may say that it is not tried; it has no word of its own then.
    """
    if run.tags.get(_WILL_RETRY) == "true":
        return True
    if run.tags.get(RUN_FAILURE_REASON_TAG, _BY_A_STEP) != _BY_A_STEP:
        return True
    told = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    if told and all(
        one.dagster_event is not None and one.dagster_event.event_specific_data is None
        for one in told
    ):
        return True
    said = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    return any(one.message.startswith(_COULD_NOT) for one in said) or _lost_database(instance, run)


def _lost_database(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether each step that failed did so because PostgreSQL was away."""
    failed = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return bool(failed) and all(
        one.dagster_event is not None
        and any(map(_DATABASE_AWAY.match, _told(one.dagster_event.step_failure_data.error)))
        for one in failed
    )


def _told(error: SerializableErrorInfo | None) -> Iterator[str]:
    """What an error says, and each that it came from."""
    while error is not None:
        yield error.message
        error = error.cause


def _request(run: dg.DagsterRun, times: int) -> dg.RunRequest:
    ours = {
        name: value for name, value in run.tags.items()
        if name.startswith(_OURS) and name not in _OF_ONE_RUN
    }  # fmt: skip
    return dg.RunRequest(
        run_key=f"again-{run.run_id}",
        job_name=run.job_name,
        partition_key=run.tags.get("dagster/partition"),
        run_config=run.run_config,
        asset_selection=sorted(run.asset_selection) if run.asset_selection else None,
        tags={**ours, AGAIN_TAG: run.run_id, "cs_assets/again": str(times)},
    )

"""What a Dagster instance tells of itself: who is alive, what ran, what is late or failing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, InstigatorType, TickStatus
from dagster._utils.schedules import reverse_cron_string_iterator

#: A tick that has not come so long after its time is late.
LATE_AFTER = dt.timedelta(minutes=10)
#: A daemon that has shown no life for so long is dead: it writes every half minute.
SILENT_AFTER = dt.timedelta(minutes=10)
_SCHEDULED_BY = "dagster/schedule_name"
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_MOST = 10_000

Trouble = Literal["off", "late", "failing"]


def last_sign_of_life(instance: dg.DagsterInstance) -> dt.datetime | None:
    """When any part of the daemon was last seen (UTC); None: never."""
    beats = instance.get_daemon_heartbeats().values()
    newest = max((beat.timestamp for beat in beats), default=None)
    return None if newest is None else dt.datetime.fromtimestamp(newest, dt.UTC)


@dataclass(frozen=True)
class Running:
    """What an instance knows of a schedule or sensor."""

    name: str
    trouble: Trouble | None
    since: dt.datetime | None = None
    """The tick that is missing, or that failed."""


def what_runs(
    instance: dg.DagsterInstance,
    schedules: Mapping[str, tuple[str, str, bool]],
    sensors: Mapping[str, bool],
    now: dt.datetime,
) -> list[Running]:
    """Every schedule (by name: cron, zone, on at first) and sensor, with what is wrong with it.

    The switch in the UI counts above what it is at first.
    """
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    found = []
    for name, (cron, zone, on_at_first) in schedules.items():
        due = next(reverse_cron_string_iterator(now.timestamp(), cron, zone))
        found.append(_of(instance, name, states.get(name), on_at_first, due, now))
    for name, on_at_first in sensors.items():
        found.append(_of(instance, name, states.get(name), on_at_first, None, now))
    return found


def _of(
    instance: dg.DagsterInstance,
    name: str,
    state: InstigatorState | None,
    on_at_first: bool,
    due: dt.datetime | None,
    now: dt.datetime,
) -> Running:
    if not (state.is_running if state is not None else on_at_first):
        return Running(name, "off")
    ticks = (
        instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        if state is not None
        else []
    )
    if ticks and ticks[0].status is TickStatus.FAILURE:
        return Running(name, "failing", dt.datetime.fromtimestamp(ticks[0].timestamp, dt.UTC))
    if due is None or now - due < LATE_AFTER:
        return Running(name, None)
    # One that was switched on after its last time has nothing to catch up with.
    began = getattr(state.instigator_data, "start_timestamp", None) if state is not None else None
    newest = max(filter(None, (began, ticks[0].timestamp if ticks else None)), default=None)
    is_late = newest is not None and newest < due.timestamp()
    return Running(name, "late" if is_late else None, due if is_late else None)


def scheduled_runs(instance: dg.DagsterInstance, day: dt.date) -> list[tuple[str, bool]]:
    """Job and whether it ended well, of runs that a schedule began on the day (UTC)."""
    begin, end = _span(day)
    records = instance.get_run_records(
        dg.RunsFilter(statuses=_ENDED, created_after=begin, created_before=end), limit=_MOST
    )
    return [
        (record.dagster_run.job_name, record.dagster_run.status is dg.DagsterRunStatus.SUCCESS)
        for record in records
        if _SCHEDULED_BY in record.dagster_run.tags
    ]


def minutes_alive(instance: dg.DagsterInstance, day: dt.date) -> int | None:
    """Minutes of the day in which daemon and code server answered; None where no sensor is on.

    A sensor that looks at least every minute leaves a tick when both are alive, and only then.
    """
    sensors = [
        state
        for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
        if state.is_running
    ]
    if not sensors:
        return None
    begin, end = (moment.timestamp() for moment in _span(day))
    seen = {
        int((tick.timestamp - begin) // 60)
        for state in sensors
        for tick in instance.get_ticks(
            state.instigator_origin_id, state.selector_id, before=end, after=begin - 0.001
        )
        if tick.status is not TickStatus.FAILURE
    }
    return len(seen)


def failed_checks(
    instance: dg.DagsterInstance, keys: list[dg.AssetCheckKey]
) -> Iterator[tuple[dg.AssetCheckKey, str, dt.date]]:
    """Checks whose latest evaluation is an error: the run and day (UTC) in which that began."""
    storage = instance.event_log_storage
    for key in keys:
        first = None
        for record in storage.get_asset_check_execution_history(key, limit=50):
            evaluation = record.evaluation
            if evaluation is None or evaluation.passed:
                break
            if evaluation.severity is not dg.AssetCheckSeverity.ERROR:
                break
            first = record
        if first is not None:
            day = dt.datetime.fromtimestamp(first.create_timestamp, dt.UTC).date()
            yield key, first.run_id, day


def stale_assets(
    instance: dg.DagsterInstance, keys: list[dg.AssetKey]
) -> Iterator[tuple[dg.AssetKey, dt.datetime]]:
    """Assets whose freshness policy is broken, and since when that is known."""
    for key, record in instance.get_freshness_state_records(keys).items():
        if str(record.freshness_state.value).upper() == "FAIL":
            yield key, record.updated_at


def _span(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    begin = dt.datetime.combine(day, dt.time(), dt.UTC)
    return begin, begin + dt.timedelta(days=1)

"""How far back schedules read calls: one rule, for staging and for scoring.

Calls appear late, change and vanish. The frequent schedules cover the look-back of the
settings, the nightly ones five weeks; and what a nightly read has staged, the scoring after
it covers with a week to spare, so that a read that took longer than its night, or was missed
for some days, leaves nothing staged and unscored.
"""

import datetime as dt

import dagster as dg

from cs_assets.partitions import days
from resources.settings import Settings

#: Days that the nightly read goes back at least.
NIGHTLY_DAYS = 35
#: Days that the nightly scoring goes back beyond the nightly read.
_TO_SPARE = 7
#: What calls are scored from; an asset that had nothing to stage says "unchanged" in its metadata.
_STAGED = ("stg_gong_calls", "stg_gong_call_transcripts")
#: Records read at once.
_AT_ONCE = 200


def frequent_days(settings: Settings) -> int:
    """Days before today that the frequent schedules cover; yesterday at least."""
    return max(1, settings.gong_look_back_days)


def staged_nightly(settings: Settings) -> int:
    """Days before today that the nightly read covers."""
    return max(NIGHTLY_DAYS, frequent_days(settings))


def scored_nightly(settings: Settings) -> int:
    """Days before today that the nightly scoring covers: all that a read may have staged."""
    return staged_nightly(settings) + _TO_SPARE


def staged_since(context: dg.ScheduleEvaluationContext, job: str) -> bool:
    """Whether anything was staged since the last good run of ``job`` began, by Dagster's records.

    So that a schedule with nothing to do asks no warehouse. True as well where the job never ran.
    """
    instance = context.instance
    good = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(good, limit=1)
    if not records:
        return True
    since = records[0].start_time or records[0].create_timestamp.timestamp()
    return any(_has_staged(instance, asset, since) for asset in _STAGED)


def _has_staged(instance: dg.DagsterInstance, asset: str, since: float) -> bool:
    of_asset = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), after_timestamp=since)
    cursor = None
    while True:
        found = instance.fetch_materializations(of_asset, limit=_AT_ONCE, cursor=cursor)
        for record in found.records:
            made = record.asset_materialization
            if made is None or "unchanged" not in made.metadata:
                return True
        if not found.has_more:
            return False
        cursor = found.cursor


def run_of_days(context: dg.ScheduleEvaluationContext, back: int) -> dg.RunRequest:
    """One run over today (UTC) and so many days before it, from the first partition on."""
    today = context.scheduled_execution_time.astimezone(dt.UTC).date()
    first = max(today - dt.timedelta(days=back), days.start.date())
    return dg.RunRequest(
        tags={
            "dagster/asset_partition_range_start": first.isoformat(),
            "dagster/asset_partition_range_end": today.isoformat(),
        }
    )

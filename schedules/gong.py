"""New calls every 15 minutes: today and the days of the look-back as one run.

Calls appear late, change and vanish, and Gong has no feed of changes; so the
days before are read again each time. What is the same is not stored again.
"""

import datetime as dt

import dagster as dg

#: Days before today that are read again (``GONG_LOOK_BACK_DAYS`` is for the days of one run).
LOOK_BACK_DAYS = 7

gong_job = dg.define_asset_job(
    "gong_job",
    dg.AssetSelection.groups("gong"),
    description="Days of calls from Gong, staged. A range of days is one run.",
)


@dg.schedule(
    name="gong_schedule",
    job=gong_job,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    description="Every 15 minutes: today's calls and those of the look-back.",
)
def gong_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    today = context.scheduled_execution_time.astimezone(dt.UTC).date()
    return dg.RunRequest(
        tags={
            "dagster/asset_partition_range_start": (
                today - dt.timedelta(days=LOOK_BACK_DAYS)
            ).isoformat(),
            "dagster/asset_partition_range_end": today.isoformat(),
        }
    )


schedules = [gong_schedule]

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


def frequent_days(settings: Settings) -> int:
    """Days before today that the frequent schedules cover; yesterday at least."""
    return max(1, settings.gong_look_back_days)


def staged_nightly(settings: Settings) -> int:
    """Days before today that the nightly read covers."""
    return max(NIGHTLY_DAYS, frequent_days(settings))


def scored_nightly(settings: Settings) -> int:
    """Days before today that the nightly scoring covers: all that a read may have staged."""
    return staged_nightly(settings) + _TO_SPARE


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

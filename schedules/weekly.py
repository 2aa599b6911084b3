"""The weekly schedules. All ask for the week that has just ended (UTC)."""

import dagster as dg

from cs_assets.jobs import rebalancing_job, weekly_coaching_job, weekly_reviews_job
from cs_assets.partitions import last_full_week
from resources.settings import Settings
from schedules import review_shards
from schedules.rhythm import schedule


def _for_last_week(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    week = last_full_week(context.scheduled_execution_time)
    return dg.RunRequest(run_key=week, partition_key=week)


@schedule(
    "weekly_reviews_schedule",
    weekly_reviews_job,
    "Executive reviews of the week that has just ended",
)
def weekly_reviews_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    return review_shards.requested(context, settings)


@schedule(
    "weekly_coaching_schedule",
    weekly_coaching_job,
    "Coaching digests of the week that has just ended",
)
def weekly_coaching_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _for_last_week(context)


@schedule(
    "rebalancing_schedule",
    rebalancing_job,
    "Proposals to rebalance the books",
)
def rebalancing_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _for_last_week(context)


schedules = [rebalancing_schedule, weekly_reviews_schedule, weekly_coaching_schedule]

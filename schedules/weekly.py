"""The Monday schedules. All ask for the week that has just ended (UTC)."""

import dagster as dg

from cs_assets.jobs import rebalancing_job, weekly_coaching_job, weekly_reviews_job
from cs_assets.partitions import last_full_week


def _for_last_week(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    week = last_full_week(context.scheduled_execution_time)
    return dg.RunRequest(run_key=week, partition_key=week)


@dg.schedule(
    name="weekly_reviews_schedule",
    job=weekly_reviews_job,
    cron_schedule="0 8 * * 1",
    execution_timezone="America/Los_Angeles",
    description="Executive reviews, Mondays at 08:00 in Los Angeles.",
)
def weekly_reviews_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _for_last_week(context)


@dg.schedule(
    name="weekly_coaching_schedule",
    job=weekly_coaching_job,
    cron_schedule="0 6 * * 1",
    execution_timezone="UTC",
    description="Coaching digests, Mondays at 06:00 UTC.",
)
def weekly_coaching_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _for_last_week(context)


@dg.schedule(
    name="rebalancing_schedule",
    job=rebalancing_job,
    cron_schedule="0 5 * * 1",
    execution_timezone="UTC",
    description="Proposals to rebalance the books, Mondays at 05:00 UTC.",
)
def rebalancing_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _for_last_week(context)


schedules = [rebalancing_schedule, weekly_reviews_schedule, weekly_coaching_schedule]

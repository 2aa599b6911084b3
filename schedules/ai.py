"""What models cost: the ledger is copied to the warehouse and checked every day."""

import dagster as dg

from cs_assets.jobs import ai_usage_job
from schedules.rhythm import schedule


@schedule(
    "ai_usage_schedule",
    ai_usage_job,
    "The ledger of model calls and its checks",
)
def ai_usage_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())


schedules = [ai_usage_schedule]

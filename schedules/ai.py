"""What models cost: the ledger is copied to the warehouse and checked every day."""

import dagster as dg

from cs_assets.jobs import ai_usage_job


@dg.schedule(
    name="ai_usage_schedule",
    job=ai_usage_job,
    cron_schedule="30 5 * * *",
    execution_timezone="UTC",
    description="Every day at 05:30 UTC: the ledger of model calls and its checks.",
)
def ai_usage_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())


schedules = [ai_usage_schedule]

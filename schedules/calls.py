"""Call intelligence follows the calls: analysis every hour, vectors every two.

Each run covers the days of the look-back as one range, because calls and
transcripts appear late; what has not changed is not judged again.
"""

import datetime as dt

import dagster as dg

LOOK_BACK_DAYS = 7


def days_back(now: dt.datetime, days: int) -> dict[str, str]:
    """Tags that make one run cover the last ``days`` days up to today (UTC)."""
    today = now.astimezone(dt.UTC).date()
    return {
        "dagster/asset_partition_range_start": (today - dt.timedelta(days=days)).isoformat(),
        "dagster/asset_partition_range_end": today.isoformat(),
    }


call_analysis_job = dg.define_asset_job(
    "call_analysis_job",
    dg.AssetSelection.assets("call_sentiment", "call_summaries", "call_analysis"),
    description="Sentiment, summary and scores of recent calls.",
)

transcript_embeddings_job = dg.define_asset_job(
    "transcript_embeddings_job",
    dg.AssetSelection.assets("transcript_embeddings"),
    description="Vectors of recent transcripts.",
)


@dg.schedule(
    name="call_analysis_schedule",
    job=call_analysis_job,
    cron_schedule="10 * * * *",
    execution_timezone="UTC",
    description="Every hour: sentiment, summaries and scores of the look-back.",
)
def call_analysis_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(tags=days_back(context.scheduled_execution_time, LOOK_BACK_DAYS))


@dg.schedule(
    name="transcript_embeddings_schedule",
    job=transcript_embeddings_job,
    cron_schedule="20 */2 * * *",
    execution_timezone="UTC",
    description="Every two hours: vectors of the look-back's transcripts.",
)
def transcript_embeddings_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(tags=days_back(context.scheduled_execution_time, LOOK_BACK_DAYS))


schedules = [call_analysis_schedule, transcript_embeddings_schedule]

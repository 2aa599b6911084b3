"""The sensor on the first run of a sharded week: once it has succeeded, shards are asked for."""

from collections.abc import Sequence

import dagster as dg

from cs_assets.jobs import weekly_reviews_job
from schedules.review_shards import SHARDS_TAG, shards_of
from schedules.rhythm import Pace, built_in


def build(pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor; it does nothing where ``CS_ASSETS_REVIEW_SHARDS`` is one."""
    pace = pace or built_in().sensors["review_shards_sensor"]
    return dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="review_shards_sensor",
        monitored_jobs=[weekly_reviews_job],
        request_job=weekly_reviews_job,
        minimum_interval_seconds=pace.every_seconds,
        default_status=pace.status,
        description="Asks for the shards of a week of reviews, once what they rest on is made.",
    )(_asked)


def _asked(context: dg.RunStatusSensorContext) -> Sequence[dg.RunRequest] | dg.SkipReason:
    run = context.dagster_run
    if SHARDS_TAG not in run.tags or context.repository_def is None:
        return dg.SkipReason(f"run {run.run_id[:8]} was no first run of a sharded week")
    return list(shards_of(run, context.repository_def))

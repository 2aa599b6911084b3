"""A week of reviews as several runs, side by side: what all of them rest on first, then shards.

``CS_ASSETS_REVIEW_SHARDS`` says into how many. Metrics of customers are made once, by the run that
the schedule asks for; ``sensors.review_shards`` asks for the shards when that one has succeeded.
"""

from collections.abc import Iterator

import dagster as dg

from cs_assets.delivery.assets import ALLOW_LATE_TAG
from cs_assets.jobs import weekly_reviews_job
from cs_assets.partitions import last_full_week
from resources.settings import Settings

#: Into how many shards the week of a run is to be made, and which of them a run makes.
SHARDS_TAG, SHARD_TAG = "cs_assets/shards", "cs_assets/shard"
#: The assets that are told their shard.
SHARDED = ("review_facts", "weekly_reports", "weekly_report_pdfs", "book_mails")
#: Made with the metrics of customers, although of another group: they are of the whole week.
_ONCE = frozenset({"customer_alert_deliveries"})


def requested(context: dg.ScheduleEvaluationContext, settings: Settings) -> dg.RunRequest:
    """The run of the week that has just ended: all of it, or what its shards rest on."""
    week = last_full_week(context.scheduled_execution_time)
    shards = settings.cs_assets_review_shards
    if shards == 1:
        return dg.RunRequest(run_key=week, partition_key=week)
    once, _ = parts(context.repository_def)
    tags = {SHARDS_TAG: str(shards)}
    return dg.RunRequest(run_key=week, partition_key=week, asset_selection=once, tags=tags)


def shards_of(run: dg.DagsterRun, repository: dg.RepositoryDefinition) -> Iterator[dg.RunRequest]:
    """What is asked for once ``run`` has succeeded: a run for each shard of its week."""
    shards = int(run.tags.get(SHARDS_TAG, "1"))
    week = run.tags["dagster/partition"]
    handed_on = {name: run.tags[name] for name in (ALLOW_LATE_TAG,) if name in run.tags}
    _, sharded = parts(repository)
    for shard in range(1, shards + 1) if shards > 1 else ():
        config = {"shard": shard, "shards": shards}
        yield dg.RunRequest(
            run_key=f"{week}-{shard}-of-{shards}-{run.run_id}",
            partition_key=week,
            asset_selection=sharded,
            run_config={"ops": {name: {"config": config} for name in SHARDED}},
            tags={**handed_on, SHARD_TAG: f"{shard}-of-{shards}"},
        )


def parts(
    repository: dg.RepositoryDefinition | None,
) -> tuple[list[dg.AssetKey], list[dg.AssetKey]]:
    """The assets of the weekly job that are made once, and those that each shard makes."""
    if repository is None:
        raise dg.DagsterInvariantViolationError("shards are known of loaded definitions only")
    layer = repository.get_job(weekly_reviews_job.name).asset_layer
    keys = sorted(layer.selected_asset_keys)
    once = [
        key
        for key in keys
        if layer.asset_graph.get(key).group_name == "customers" or key.to_user_string() in _ONCE
    ]
    return once, [key for key in keys if key not in once]

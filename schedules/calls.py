"""Call intelligence follows the calls: analysis every hour, vectors every two, both every night.

Each run covers days as one range, because calls and transcripts appear late; what has not
changed is not judged again, and where nothing was staged the frequent ones do not run. What
a schedule of Gong stages, one of these scores (``look_back``): the frequent ones the frequent
reads, the nightly one the nightly read.
"""

import dagster as dg

from cs_assets.jobs import AUTOMATION
from resources.settings import Settings
from schedules.look_back import frequent_days, run_of_days, scored_nightly, staged_since
from schedules.rhythm import schedule

_NOTHING_NEW = "nothing was staged since the last run; what a night may change, the night scores"

_SCORED = dg.AssetSelection.assets(
    "call_sentiment", "call_signals", "call_summaries", "call_analysis", "call_judgements"
)

call_analysis_job = dg.define_asset_job(
    "call_analysis_job",
    _SCORED | dg.AssetSelection.assets("gong_reconciliation"),
    tags=AUTOMATION,
    description="Sentiment, summary and scores of recent calls.",
)

transcript_embeddings_job = dg.define_asset_job(
    "transcript_embeddings_job",
    dg.AssetSelection.assets("transcript_embeddings"),
    tags=AUTOMATION,
    description="Vectors of recent transcripts.",
)

calls_nightly_job = dg.define_asset_job(
    "calls_nightly_job",
    _SCORED | transcript_embeddings_job.selection,
    tags=AUTOMATION,
    description="Sentiment, summary, scores and vectors of all calls that came in late.",
)


@schedule(
    "call_analysis_schedule",
    call_analysis_job,
    "Sentiment, summaries and scores of the look-back",
)
def call_analysis_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    if not staged_since(context, call_analysis_job.name):
        return dg.SkipReason(_NOTHING_NEW)
    return run_of_days(context, frequent_days(settings))


@schedule(
    "transcript_embeddings_schedule",
    transcript_embeddings_job,
    "Vectors of the look-back's transcripts",
)
def transcript_embeddings_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    if not staged_since(context, transcript_embeddings_job.name):
        return dg.SkipReason(_NOTHING_NEW)
    return run_of_days(context, frequent_days(settings))


@schedule(
    "calls_nightly_schedule",
    calls_nightly_job,
    "The days that the nightly read staged, and a week more",
)
def calls_nightly_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    return run_of_days(context, scored_nightly(settings))


schedules = [call_analysis_schedule, transcript_embeddings_schedule, calls_nightly_schedule]

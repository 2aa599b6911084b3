"""The jobs: which assets run together. One partitions definition each."""

import warnings

import dagster as dg

# A week's job takes one week a run as soon as one of its assets does; that is what is meant.
warnings.filterwarnings("ignore", message="Asset job .* materializes assets with varying")
# Sources that are observed are in a group too.
warnings.filterwarnings("ignore", message="Parameter `include_sources`")

_groups = dg.AssetSelection.groups
_assets = dg.AssetSelection.assets

#: The sensor asks again by itself.
_ASKED_AGAIN = {"dagster/max_retries": "0"}
#: A week whose process was lost goes on where it was; what may have gone out meanwhile is held.
_GOES_ON = {"dagster/max_retries": "3"}
#: What a run is for: the tag by which the UI's list of runs is filtered.
_PURPOSE = "cs_assets/purpose"
_REVIEW, _COACHING = {_PURPOSE: "weekly-review"}, {_PURPOSE: "coaching"}
_REPORTING, AUTOMATION = {_PURPOSE: "reporting"}, {_PURPOSE: "automation"}

load_sources_job = dg.define_asset_job(
    "load_sources_job",
    _groups("source", include_sources=True),  # elsewhere they are observed
    tags=AUTOMATION,
    description="Loads the source tables from CSV on the embedded default; observes others.",
)

calls_job = dg.define_asset_job(
    "calls_job",
    _groups("gong", "calls"),
    tags=AUTOMATION,
    description="Days of calls: from the Gong answers to scores. A range of days is one run.",
)

customers_job = dg.define_asset_job(
    "customers_job",
    _groups("customers"),
    tags=_REPORTING,
    description="Weeks of customer metrics, adoption, segments and insights.",
)

coaching_history_job = dg.define_asset_job(
    "coaching_history_job",
    _assets("rep_week_scores", "rep_week_objections", "rep_week_trends"),
    tags=_COACHING,
    description="Weeks of rep scores, objections and trends, without digests.",
)

weekly_reviews_job = dg.define_asset_job(
    "weekly_reviews_job",
    _groups("customers", "reviews")
    | _assets("book_deliveries", "weekly_report_deliveries", "customer_alert_deliveries"),
    tags=_GOES_ON | _REVIEW,
    description="One week: customer metrics, executive reviews, their PDFs, and the mails.",
)

weekly_coaching_job = dg.define_asset_job(
    "weekly_coaching_job",
    _groups("coaching") | _assets("rep_digest_deliveries", "team_summary_delivery", "review_site"),
    tags=_GOES_ON | _COACHING,
    description="One week: rep scores, digests, the team summary, the mails, and the viewer.",
)

waiting_deliveries_job = dg.define_asset_job(
    "waiting_deliveries_job",
    _groups("delivery"),
    tags=_ASKED_AGAIN | AUTOMATION,
    description="What waits of deliveries, of whatever week, is tried again.",
)

routing_job = dg.define_asset_job(
    "routing_job",
    _groups("routing"),
    tags=AUTOMATION,
    description="One batch of accounts that need a CSM: recommendation, review, assignment.",
)

ai_usage_job = dg.define_asset_job(
    "ai_usage_job",
    _assets("ai_usage", "service_levels", "snowflake_usage"),
    tags=_REPORTING,
    description="Once a day: what models cost, and how well the platform ran, with their checks.",
)

rebalancing_job = dg.define_asset_job(
    "rebalancing_job",
    _groups("rebalancing"),
    tags=_REPORTING,
    description="One week: which moves between books would help most. Proposed, never applied.",
)

#: Begun anew when the process of a run is lost, whoever was lost with it.
weekly_jobs = [weekly_reviews_job, weekly_coaching_job]

jobs = [
    rebalancing_job,
    load_sources_job,
    calls_job,
    customers_job,
    coaching_history_job,
    weekly_reviews_job,
    weekly_coaching_job,
    waiting_deliveries_job,
    routing_job,
    ai_usage_job,
]

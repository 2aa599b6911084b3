"""The asset ``review_facts``, and what its room's other assets share: whom a run is for."""

import datetime as dt
from collections import Counter
from typing import Any, cast, get_args

import dagster as dg
from pydantic import Field

from cs_assets.kit.assets import partition_dates, result, table_asset
from cs_assets.partitions import weeks
from cs_assets.reviews import configuration
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.readings import Customers, read
from cs_assets.reviews.facts.sheets import review_facts as facts_of
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.scope import UnknownScope, Wanted, choose
from resources.settings import Settings
from resources.warehouse import Scope, Session, Warehouse

GROUP = "reviews"
#: Customers whose facts, texts and files are in memory at once; a report is a megabyte of them.
AT_ONCE = 100


class ReviewScope(dg.Config):
    """Narrows a run to CSMs, customers or shard ``shard`` of ``shards``; names the edition."""

    csm_ids: list[str] = Field(default_factory=list)
    customer_ids: list[str] = Field(default_factory=list)
    shard: int = 1
    shards: int = 1
    kind: str = "weekly"
    """``weekly``, or ``quarterly``: the last thirteen weeks, for the customer."""

    @property
    def edition(self) -> Edition:
        if self.kind not in get_args(Edition):
            raise UnknownScope(f"kind {self.kind}: one of {', '.join(get_args(Edition))}")
        return cast(Edition, self.kind)

    def wanted(self) -> Wanted:
        return Wanted(tuple(self.csm_ids), tuple(self.customer_ids), self.shard, self.shards)


def load_settings(settings: Settings) -> ReviewSettings:
    """The review settings in force."""
    return configuration.review_settings(settings.cs_assets_config_dir)


def chosen(db: Session, config: ReviewScope) -> Customers:
    return choose(config.wanted(), db.query("reviews/assigned_customers"))


def rows_of(week: dt.date, customers: Customers, edition: Edition) -> Scope:
    """What a run may replace: the week's rows of its edition, of the customers in scope only."""
    scope: dict[str, Any] = {"week_start": week, "edition": edition}
    if customers.ids is not None:
        scope["customer_id"] = list(customers.ids)
    return scope


@dg.asset(
    **table_asset(
        "analytics.review_facts",
        group=GROUP,
        deps=[
            "source_customers",
            "source_exchange_rates",
            "source_csm_assignments",
            "source_csms",
            "source_conversions",
            "source_attributions",
            "source_historical_engagement",
            "source_industry_benchmarks",
            "customer_metrics",
            "customer_gaps",
            "module_adoption",
            "customer_segments",
            "customer_modules",
            "customer_insights",
            "call_signals",
            "customer_texts",
            "source_module_usage",
            "source_products",
        ],
        partitions_def=weeks,
        single_run=True,
    )
)
def review_facts(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    counts: Counter[str] = Counter()
    customers = 0
    for week in partition_dates(context):
        windows = windows_of(week, config.edition, policy)
        with warehouse.session("review_facts") as db:
            scope = chosen(db, config)
            readings = read(db.query, windows, scope)
        rows = facts_of(readings, windows, policy, config.edition)
        with warehouse.session("review_facts") as db:
            db.replace("analytics.review_facts", rows, rows_of(week, scope, config.edition))
        counts.update({str(one): int(many) for one, many in rows["status"].value_counts().items()})
        customers += rows["customer_id"].nunique()
    return result(
        counts.total(),
        {"customers": customers, "facts_by_status": dg.MetadataValue.json(dict(counts))},
    )

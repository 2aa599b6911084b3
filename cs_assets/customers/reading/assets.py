"""The views that reports read."""

import dagster as dg

from cs_assets.customers.reading import views
from cs_assets.kit.assets import OWNER
from cs_assets.kit.column_lineage import VIEWS
from resources.warehouse import Warehouse


@dg.asset(
    group_name="customers",
    kinds={"view", "sql"},
    owners=[OWNER],
    deps=[
        "customer_metrics", "customer_segments", "customer_risks", "customer_insights",
        "customer_modules", "module_adoption", "customer_transitions", "stg_gong_calls",
        "call_sentiment", "call_summaries", "call_analysis", "call_signals", "gong_users",
    ],
    metadata={VIEWS: ", ".join(f"analytics.{name}" for name in views.VIEWS)},
    description="The views analytics.v_*: documented, with columns that stay.",
)  # fmt: skip
def customer_views(warehouse: Warehouse) -> dg.MaterializeResult:
    with warehouse.session("customer_views") as db:
        for name in views.VIEWS:
            db.make_view(f"customers/create_{name}")
    return dg.MaterializeResult(metadata={"views": ", ".join(views.VIEWS)})


assets = [customer_views]

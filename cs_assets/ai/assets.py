"""The AI ledger in the warehouse: what every model call was for and what it cost."""

from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.ai import configuration
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.ledger.usage import calls_frame, chart, reconciled, usage
from cs_assets.errors import CsAssetsError
from cs_assets.kit.assets import result, table_asset
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Warehouse


@dg.asset(
    **{
        **table_asset(
            "ops.ai_calls",
            group="ai",
            deps=["weekly_reports", "routing_review"],
            made_of="the AI ledger, a SQLite file beside the warehouse",
        ),
        "name": "ai_usage",
    }
)
def ai_usage(
    warehouse: Warehouse, home: HomeResource, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Copy the ledger into ``ops.ai_calls`` and show what was used."""
    config = configuration.load(settings.cs_assets_config_dir)
    calls = calls_frame(AiLedger(home.paths.ai_ledger, config.ceilings).rows(), config)
    with warehouse.session("ai_usage") as db:
        merged = db.merge("ops.ai_calls", calls)
        by_week = db.query("ai/usage")
    made = calls[calls["state"] != "reused"]
    shown: dict[str, Any] = {
        "calls": len(made),
        "reused": len(calls) - len(made),
        "failed": int((calls["state"] == "failed").sum()),
        "cost_usd": round(float(calls["cost_usd"].sum()), 4),
        "prices_as_of": config.prices_as_of.isoformat(),
        "rows_changed": merged.changed,
    }
    if by_week.empty:
        shown["usage"] = dg.MetadataValue.md("No model has been called: all texts are by rules.")
        return result(0, shown)
    for way in ("asset", "model"):
        table = usage(calls, way).to_markdown(index=False, floatfmt=",.2f")
        shown[f"by_{way}"] = dg.MetadataValue.md(table)
    if not isinstance(warehouse, DuckDBWarehouse):
        shown["reconciliation"] = _reconciliation(warehouse, calls, config)
    shown["chart"] = dg.MetadataValue.md(f"![cost by week and asset]({chart(by_week)})")
    return result(len(calls), shown)


def _reconciliation(
    warehouse: Warehouse, calls: pd.DataFrame, config: AiConfiguration
) -> dg.MarkdownMetadataValue:
    """The ledger's AI statements against Snowflake's own usage view."""
    first, last = calls["reserved_at"].min(), calls["reserved_at"].max()
    until = last.floor("D") + pd.Timedelta(days=1)
    try:
        with warehouse.session("ai_usage") as db:
            billed = db.query(
                "ai/cortex_usage", [first.floor("D").to_pydatetime(), until.to_pydatetime()]
            )
    except CsAssetsError as error:
        # Reading it takes a grant that many accounts withhold; the copy of the ledger stands.
        return dg.MetadataValue.md(f"Snowflake's usage view could not be read: {error}")
    table = reconciled(calls, billed, config.dollars_a_credit)
    return dg.MetadataValue.md(table.to_markdown(index=False, floatfmt=",.2f"))


assets: list[Any] = [ai_usage]

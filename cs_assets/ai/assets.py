"""The AI ledger in the warehouse: what every model call was for and what it cost."""

from typing import Any

import dagster as dg

from cs_assets.ai import configuration
from cs_assets.ai.ledger import AiLedger
from cs_assets.ai.usage import calls_frame, usage
from cs_assets.ai.usage_chart import chart
from cs_assets.asset_kit import result, table_asset
from resources.home import HomeResource
from resources.settings import Settings
from resources.warehouse import Warehouse


@dg.asset(
    **{
        **table_asset("ops.ai_calls", group="ai", deps=["weekly_reports", "routing_review"]),
        "name": "ai_usage",
    }
)
def ai_usage(warehouse: Warehouse, home: HomeResource) -> dg.MaterializeResult:
    """Copy the ledger into ``ops.ai_calls`` and show what was used."""
    settings = Settings.load()
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
    shown["chart"] = dg.MetadataValue.md(f"![cost by week and asset]({chart(by_week)})")
    return result(len(calls), shown)


assets: list[Any] = [ai_usage]

"""Checks of the AI ledger: settled calls, rare failures, room below the month's ceilings."""

import datetime as dt
from typing import Any

import dagster as dg

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.ledger.usage import room_left
from cs_assets.kit.checks import WARN, no_rows
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Warehouse

_FEW_CALLS = 20
_MOST_FAILED = 0.05
_WARN_FROM = 0.8


every_call_is_settled = no_rows(
    "every_call_is_settled",
    "ai_usage",
    "ai/lost_calls",
    holds="No call was made whose end is unknown: such calls cost their estimate.",
    mend="processes die while they ask; compare with the provider's usage page, "
    "their estimates count until then",
    severity=WARN,
)


@dg.asset_check(asset="ai_usage", description="Few calls fail.")
def failures_are_rare(warehouse: Warehouse) -> dg.AssetCheckResult:
    """At most 5 % of the calls of the latest week with calls; not judged below 20 calls."""
    with warehouse.session("failures_are_rare") as db:
        usage = db.query("ai/usage")
    latest = usage[usage["week_start"] == usage["week_start"].max()]
    calls, failed = int(latest["calls"].sum()), int(latest["failed"].sum())
    share = failed / calls if calls else 0.0
    return dg.AssetCheckResult(
        passed=calls < _FEW_CALLS or share <= _MOST_FAILED,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "calls": calls,
            "failed": failed,
            "share": round(share, 4),
            "judged": calls >= _FEW_CALLS,
        },
    )


@dg.asset_check(asset="ai_usage", description="The month's ceilings leave room.")
def the_month_leaves_room(
    home: HomeResource, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """Warns from 80 % of the calls, tokens or dollars of the month of the latest call."""
    config = configuration.load(settings.cs_assets_config_dir)
    ledger = AiLedger(home.paths.ai_ledger, config.ceilings)
    rows = ledger.rows()
    if not rows:
        return dg.AssetCheckResult(passed=True, metadata={"calls": 0})
    month = dt.datetime.fromisoformat(str(rows[-1]["reserved_at"])).strftime("%Y-%m")
    used = room_left(ledger.spent("month", month), config.ceilings.month)
    return dg.AssetCheckResult(
        passed=max(used.values()) < _WARN_FROM,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "month": month,
            **{f"{name}_used": f"{share:.1%}" for name, share in used.items()},
            "to_mend": "raise ceilings.month in ai.yaml, or set CS_ASSETS_WRITER=rules",
        },
    )


checks: list[Any] = [every_call_is_settled, failures_are_rare, the_month_leaves_room]

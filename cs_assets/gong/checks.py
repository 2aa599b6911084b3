"""Checks of what came in from Gong."""

import dagster as dg

from cs_assets.gong.assets import gong_calls_raw, stg_gong_call_transcripts, stg_gong_calls
from resources.warehouse import Warehouse


@dg.asset_check(asset=gong_calls_raw, description="No record waits unread in gong_dead_letters.")
def no_dead_letters(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check no_dead_letters") as db:
        letters = db.query("gong/open_dead_letters")
    return dg.AssetCheckResult(
        passed=letters.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "records": int(letters.records.sum()) if not letters.empty else 0,
            "by reason": dg.MetadataValue.md(letters.to_markdown(index=False)),
            "mend": "correct the records at their origin, then: cs-assets gong retry-dead-letters",
        },
    )


@dg.asset_check(asset=stg_gong_calls, description="There are calls at all.")
def some_calls(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check some_calls") as db:
        calls = int(db.query("gong/count_calls").calls[0])
    return dg.AssetCheckResult(
        passed=calls > 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "calls": calls,
            "mend": "an empty answer may mean a key that may see no calls: check its permissions",
        },
    )


@dg.asset_check(
    asset=stg_gong_call_transcripts,
    description="No sentence of a private call is staged.",
)
def no_private_words(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check no_private_words") as db:
        found = db.query("gong/private_words")
    return dg.AssetCheckResult(
        passed=found.empty, metadata={"calls": found.call_id.astype(str).tolist()[:20]}
    )


checks = [no_dead_letters, some_calls, no_private_words]

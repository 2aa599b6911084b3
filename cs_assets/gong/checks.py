"""Checks of what came in from Gong; each says what to do when it does not pass."""

import datetime as dt
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.gong.assets import (
    gong_call_transcripts_raw,
    gong_calls_raw,
    gong_reconciliation,
    stg_gong_call_transcripts,
    stg_gong_calls,
)
from resources.settings import Settings
from resources.warehouse import Warehouse

#: From visible in Gong to staged.
FRESH_MINUTES = 15.0

_SHOWN = 20


def _shown(rows: pd.DataFrame) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(rows.head(_SHOWN).to_markdown(index=False) or "")


@dg.asset_check(asset=gong_calls_raw, description="No record waits unread in gong_dead_letters.")
def no_dead_letters(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check no_dead_letters") as db:
        letters = db.query("gong/open_dead_letters")
    return dg.AssetCheckResult(
        passed=letters.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "records": int(letters.records.sum()),
            "by reason": _shown(letters),
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
    description="No word of a private or vanished call is kept.",
)
def no_private_words(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check no_private_words") as db:
        found = db.query("gong/private_words")
    return dg.AssetCheckResult(
        passed=found.empty,
        metadata={"calls": len(found), "call ids": found.call_id.astype(str).tolist()[:_SHOWN]},
    )


@dg.asset_check(
    asset=gong_call_transcripts_raw,
    description="No call waits for its transcript longer than GONG_PENDING_DAYS.",
)
def no_overdue_transcripts(
    warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    patience = settings.gong_pending_days
    with warehouse.session("check no_overdue_transcripts") as db:
        overdue = db.query("gong/overdue_transcripts", [patience])
    return dg.AssetCheckResult(
        passed=overdue.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "calls": len(overdue),
            "days": patience,
            "waiting": _shown(overdue),
            "mend": "look at these calls in Gong; a day is asked for again by materialising it",
        },
    )


@dg.asset_check(
    asset=gong_reconciliation,
    description="Each day adds up: known = stored + dead-lettered, and stored = staged.",
)
def days_balance(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check days_balance") as db:
        unbalanced = db.query("gong/unbalanced_days")
    return dg.AssetCheckResult(
        passed=unbalanced.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "days": len(unbalanced),
            "by day": _shown(unbalanced),
            "mend": "materialise these days again; if calls stay away from Gong's answer in "
            "number, check what the key may see before anything is deleted",
        },
    )


@dg.asset_check(
    asset=stg_gong_calls,
    description="Calls of the last day were staged within 15 minutes of becoming visible.",
)
def staged_in_time(warehouse: Warehouse) -> dg.AssetCheckResult:
    since = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).replace(tzinfo=None)
    with warehouse.session("check staged_in_time") as db:
        row = db.query("gong/freshness", [since]).iloc[0]
    calls = int(row.calls)
    metadata: dict[str, Any] = {"calls": calls, "target minutes": FRESH_MINUTES}
    if calls:
        metadata |= {
            "median minutes, at most": round(float(row.median_minutes), 1),
            "95 % within minutes, at most": round(float(row.p95_minutes), 1),
            "longest minutes, at most": round(float(row.longest_minutes), 1),
        }
    else:
        metadata["note"] = "no call became visible between two reads of the last day"
    return dg.AssetCheckResult(
        passed=not calls or float(row.p95_minutes) <= FRESH_MINUTES,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


checks = [
    no_dead_letters,
    some_calls,
    no_private_words,
    no_overdue_transcripts,
    days_balance,
    staged_in_time,
]

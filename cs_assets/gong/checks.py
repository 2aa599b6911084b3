"""Checks of what came in from Gong; each says what to do when it does not pass."""

import datetime as dt
from typing import Any

import dagster as dg

from cs_assets.gong.assets import (
    gong_call_transcripts_raw,
    gong_calls_raw,
    gong_purges,
    gong_reconciliation,
    gong_users,
    stg_gong_call_participants,
    stg_gong_call_topics,
    stg_gong_call_transcripts,
    stg_gong_calls,
    vw_enriched_gong_calls,
)
from cs_assets.kit import days_to_make
from cs_assets.kit.checks import WARN, no_rows, passed_today, unique_grains, verdict
from resources.settings import Settings
from resources.warehouse import Warehouse

#: From visible in Gong to staged.
FRESH_MINUTES = 15.0

#: Tables whose key no day may break: a call moved to another day would stand in both.
_KEYED = {
    "gong_users": gong_users,
    "gong_purges": gong_purges,
    "stg_gong_call_participants": stg_gong_call_participants,
    "stg_gong_call_topics": stg_gong_call_topics,
    "stg_gong_calls": stg_gong_calls,
}


def _rests(context: dg.AssetCheckExecutionContext) -> bool:
    """Whether this run has read and staged nothing new."""
    return days_to_make.are_none(
        context, "gong_calls_raw", "gong_call_transcripts_raw"
    ) and _no_letters(context)


def _no_letters(context: dg.AssetCheckExecutionContext) -> bool:
    """Whether this run knows that no record waits unread."""
    calls = days_to_make.said_in_run(context, "gong_calls_raw") or {}
    words = days_to_make.said_in_run(context, "gong_call_transcripts_raw") or {}
    return calls.get("letters_waiting") == 0 and words.get("dead_letters") == 0


no_dead_letters = no_rows(
    "no_dead_letters",
    gong_calls_raw,
    "gong/open_dead_letters",
    holds="No record waits unread in gong_dead_letters.",
    mend="correct the records at their origin, then: cs-assets gong retry-dead-letters",
    severity=WARN,
    unless=_no_letters,
)


@dg.asset_check(asset=stg_gong_calls, description="There are calls at all.")
def some_calls(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> dg.AssetCheckResult:
    if before := passed_today(context, stg_gong_calls, "some_calls"):
        return before
    with warehouse.session("check some_calls") as db:
        calls = int(db.query("gong/count_calls").calls[0])
    return dg.AssetCheckResult(
        passed=calls > 0,
        severity=WARN,
        metadata={
            "calls": calls,
            "mend": "an empty answer may mean a key that may see no calls: check its permissions",
        },
    )


no_private_words = no_rows(
    "no_private_words",
    stg_gong_call_transcripts,
    "gong/private_words",
    holds="No word of a private or vanished call is kept.",
    mend="materialise gong_purges, then the days of these calls",
    unless=_rests,
)


@dg.asset_check(
    asset=gong_call_transcripts_raw,
    description="No call waits for its transcript longer than GONG_PENDING_DAYS.",
)
def no_overdue_transcripts(
    context: dg.AssetCheckExecutionContext,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    # Days are counted, and it is written down once a day that a call is asked for in vain.
    if before := passed_today(context, gong_call_transcripts_raw, "no_overdue_transcripts"):
        return before
    patience = settings.gong_pending_days
    with warehouse.session("check no_overdue_transcripts") as db:
        overdue = db.query("gong/overdue_transcripts", [patience])
    return verdict(
        overdue,
        severity=WARN,
        mend="look at these calls in Gong; a day is asked for again by materialising it",
        metadata={"days": patience},
    )


days_balance = no_rows(
    "days_balance",
    gong_reconciliation,
    "gong/unbalanced_days",
    holds="Each day adds up: known = stored + dead-lettered, and stored = staged.",
    mend="materialise these days again; if calls stay away from Gong's answer in number, "
    "check what the key may see before anything is deleted",
    severity=WARN,
    unless=_rests,
)


@dg.asset_check(
    asset=stg_gong_calls,
    description="Calls of the last day were staged within 15 minutes of becoming visible.",
)
def staged_in_time(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    if _rests(context) and (before := passed_today(context, stg_gong_calls, "staged_in_time")):
        return before
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
        severity=WARN,
        metadata=metadata,
    )


no_call_lost_by_the_view = no_rows(
    "no_call_lost_by_the_view",
    vw_enriched_gong_calls,
    "gong/check_enriched_calls",
    holds="Every staged call stands once in the view.",
    mend="calls that are lost or doubled by a join: look for keys that stand twice in the tables "
    "of the CRM (checks of source_hubspot_*), load these again",
    unless=_rests,
)


checks = [
    no_call_lost_by_the_view,
    no_dead_letters,
    some_calls,
    no_private_words,
    no_overdue_transcripts,
    days_balance,
    staged_in_time,
    unique_grains("gong", {f"gong.{name}": asset for name, asset in _KEYED.items()}, unless=_rests),
]

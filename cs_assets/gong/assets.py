"""Calls in: raw answers of Gong, and the tables staged from them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.asset_kit import OWNER, partition_dates, partition_span, result, table_asset
from cs_assets.gong.changes import call_changes, transcript_changes
from cs_assets.gong.intake import Intake, take_calls, take_transcripts, take_users
from cs_assets.gong.rules import as_table, load_rules
from cs_assets.partitions import days
from resources.gong import GongSource, Page, Window
from resources.settings import Settings
from resources.warehouse import Between, Scope, Session, Warehouse

GROUP = "gong"

#: Pages held in memory and stored at once: bounded memory, few transactions.
_PAGES_AT_ONCE = 20

#: A call may have moved by this many days since it was stored and still be found again.
_MOVES_AT_MOST = dt.timedelta(days=31)


def _daily(table: str, deps: Iterable[Any]) -> dict[str, Any]:
    return table_asset(table, group=GROUP, deps=deps, partitions_def=days, single_run=True)


@dg.asset(**table_asset("gong.gong_users", group=GROUP, kinds=("api",)))
def gong_users(gong: GongSource, warehouse: Warehouse) -> dg.MaterializeResult:
    intake = take_users(gong.users())
    with warehouse.session("gong_users") as db, db.transaction():
        rows = db.replace("gong.gong_users", intake.frame("user_id"), {}) if intake.rows else 0
        dead = _bury(db, intake)
    return result(rows, {"dead_letters": dead, "requests": intake.pages})


@dg.asset(
    **table_asset(
        "gong.gong_calls_raw",
        group=GROUP,
        partitions_def=days,
        single_run=True,
        kinds=("api",),
    )
)
def gong_calls_raw(
    context: dg.AssetExecutionContext, gong: GongSource, warehouse: Warehouse
) -> dg.MaterializeResult:
    dates = partition_dates(context)
    with warehouse.session("gong_calls_raw") as db:
        known = _known_calls(db, dates)
    read = new = changed = dead = requests = 0
    for pages in _bundles(gong.calls(Window.of_days(dates[0], dates[-1]))):
        intake = take_calls(pages)
        frame = intake.frame("call_id").assign(is_deleted=False)
        changes = call_changes(frame, known)
        with warehouse.session("gong_calls_raw") as db, db.transaction():
            db.merge("gong.gong_calls_raw", changes.rows)
            _unstage(db, changes.moved)
            dead += _bury(db, intake)
        read, new, changed = read + len(frame), new + changes.new, changed + changes.changed
        requests += intake.pages
    return result(
        read, {"new": new, "changed": changed, "dead_letters": dead, "requests": requests}
    )


@dg.asset(**_daily("gong.gong_call_transcripts_raw", ["gong_calls_raw"]))
def gong_call_transcripts_raw(
    context: dg.AssetExecutionContext, gong: GongSource, warehouse: Warehouse
) -> dg.MaterializeResult:
    dates = partition_dates(context)
    with warehouse.session("gong_call_transcripts_raw") as db, db.transaction():
        span = [dates[0], dates[-1]]
        db.execute("gong/align_transcript_days", span)
        db.execute("gong/drop_private_transcripts", span)
        wanted = db.query("gong/known_transcripts", span)
    day_of = dict(zip(wanted.call_id, wanted.call_date.dt.date, strict=True))
    hash_of = dict(zip(wanted.call_id, wanted.content_hash, strict=True))
    read = changed = dead = requests = 0
    for pages in _bundles(gong.transcripts(list(day_of)) if day_of else iter(())):
        intake = take_transcripts(pages)
        frame = intake.frame("call_id")
        if not frame.empty:
            frame = frame[frame.call_id.isin(list(day_of))]
        rows = transcript_changes(frame, hash_of)
        with warehouse.session("gong_call_transcripts_raw") as db, db.transaction():
            if not rows.empty:
                rows = rows.assign(call_date=rows.call_id.map(day_of))
                db.merge("gong.gong_call_transcripts_raw", rows)
            dead += _bury(db, intake)
        read, changed, requests = read + len(frame), changed + len(rows), requests + intake.pages
    return result(
        read,
        {
            "changed": changed,
            "pending": len(day_of) - read,
            "dead_letters": dead,
            "requests": requests,
        },
    )


@dg.asset(
    **_daily("gong.stg_gong_call_participants", ["gong_calls_raw", "source_hubspot_contacts"])
)
def stg_gong_call_participants(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("stg_gong_call_participants") as db, db.transaction():
        _restage(db, "gong.gong_call_parties", "gong/shred_parties", span)
        _restage(db, "gong.gong_call_crm_objects", "gong/shred_crm_objects", span)
        rows = _restage(db, "gong.stg_gong_call_participants", "gong/stage_participants", span)
    return result(rows)


@dg.asset(**_daily("gong.stg_gong_call_topics", ["gong_calls_raw"]))
def stg_gong_call_topics(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("stg_gong_call_topics") as db:
        rows = _restage(db, "gong.stg_gong_call_topics", "gong/shred_topics", span)
    return result(rows)


@dg.asset(
    **_daily(
        "gong.stg_gong_calls",
        [
            "gong_calls_raw",
            "stg_gong_call_participants",
            "stg_gong_call_topics",
            "source_hubspot_deals",
            "source_hubspot_companies",
            "source_hubspot_contacts",
            "source_customers",
        ],
    )
)
def stg_gong_calls(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    span = partition_span(context)
    rules = as_table(load_rules(Settings.load().cs_assets_config_dir))
    with warehouse.session("stg_gong_calls") as db, db.transaction():
        db.replace("gong.gong_staging_rules", rules, {})
        _restage(db, "gong.gong_call_headers", "gong/shred_headers", span)
        _restage(db, "gong.gong_call_links", "gong/link_calls", span)
        rows = _restage(db, "gong.stg_gong_calls", "gong/stage_calls", span)
    return result(rows)


@dg.asset(
    **_daily(
        "gong.stg_gong_call_transcripts",
        ["gong_call_transcripts_raw", "gong_calls_raw", "stg_gong_call_participants"],
    )
)
def stg_gong_call_transcripts(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("stg_gong_call_transcripts") as db:
        rows = _restage(db, "gong.stg_gong_call_transcripts", "gong/stage_transcripts", span)
    return result(rows)


@dg.asset(
    group_name=GROUP,
    kinds={"view", "sql"},
    owners=[OWNER],
    deps=[
        "stg_gong_calls",
        "stg_gong_call_participants",
        "stg_gong_call_transcripts",
        "gong_users",
        "source_hubspot_deals",
        "source_hubspot_companies",
        "source_hubspot_contacts",
        "source_customers",
    ],
    metadata={"dagster/table_name": "gong.vw_enriched_gong_calls"},
    description="One row per call with host, deal, company, contact and customer by name.",
)
def vw_enriched_gong_calls(warehouse: Warehouse) -> dg.MaterializeResult:
    with warehouse.session("vw_enriched_gong_calls") as db:
        db.execute("gong/create_vw_enriched_gong_calls")
        matches = db.query("gong/enriched_matches")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": int(matches.calls.sum()),
            "how calls were linked": dg.MetadataValue.md(matches.to_markdown(index=False)),
        }
    )


def _bundles(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Some pages at a time; each bundle is stored before the next is read."""
    while bundle := list(islice(pages, _PAGES_AT_ONCE)):
        yield bundle


def _known_calls(db: Session, dates: list[dt.date]) -> pd.DataFrame:
    known = db.query("gong/known_calls", [dates[0] - _MOVES_AT_MOST, dates[-1] + _MOVES_AT_MOST])
    return known.assign(call_date=known.call_date.dt.date)


def _bury(db: Session, intake: Intake) -> int:
    """Keep the records that could not be read; the number of them."""
    letters = intake.dead_frame()
    if not letters.empty:
        db.merge("gong.gong_dead_letters", letters)
    return len(letters)


def _restage(db: Session, table: str, statement: str, span: Between) -> int:
    scope: Scope = {"call_date": span}
    return db.replace_from(table, statement, [span.first, span.last], scope)


_STAGED = (
    "gong.gong_call_parties",
    "gong.gong_call_crm_objects",
    "gong.gong_call_headers",
    "gong.gong_call_links",
    "gong.stg_gong_calls",
    "gong.stg_gong_call_participants",
    "gong.stg_gong_call_topics",
    "gong.stg_gong_call_transcripts",
)


def _unstage(db: Session, call_ids: list[str]) -> None:
    """Remove calls from the staged tables, where they lie under a day that is no longer theirs."""
    if not call_ids:
        return
    for table in _STAGED:
        db.replace(table, pd.DataFrame(), {"call_id": call_ids})


assets = [
    gong_users,
    gong_calls_raw,
    gong_call_transcripts_raw,
    stg_gong_call_participants,
    stg_gong_call_topics,
    stg_gong_calls,
    stg_gong_call_transcripts,
    vw_enriched_gong_calls,
]

"""Checks of coaching: every rep has a digest, every number a fact, every quote a call."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.assets import load_policy
from cs_assets.coaching.digest.gate import content_reasons
from cs_assets.kit.assets import partition_dates
from cs_assets.kit.checks import unique_grain
from cs_assets.partitions import weeks
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

#: Rows named in a check's metadata, at most.
_NAMED = 30


def _verdict(
    bad: list[str],
    looked_at: int,
    mend: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not bad,
        severity=severity,
        description=f"{len(bad)} of {looked_at}: {mend}" if bad else f"all {looked_at} are right",
        metadata={"rows": bad[:_NAMED], "count": len(bad), "looked_at": looked_at},
    )


def _rows(db: Session, statement: str, mondays: list[dt.date]) -> list[dict[str, Any]]:
    frame = db.query(statement, [mondays[0], mondays[-1]])
    records = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    return [{**row, "week_start": pd.Timestamp(row["week_start"]).date()} for row in records]


def _digests(db: Session, mondays: list[dt.date]) -> list[dict[str, Any]]:
    """The digests that were made; failed reps and reps without calls left out."""
    rows = _rows(db, "coaching/rep_digests", mondays)
    return [row for row in rows if row["status"] in ("written", "nothing_new")]


def _name(row: dict[str, Any]) -> str:
    return f"{row.get('rep_user_id') or row['audience_id']} {row['week_start']}"


@dg.asset_check(
    asset="rep_digests",
    name="every_rep_has_a_digest",
    description="Every rep with a scored call in the window has a digest of the week.",
    partitions_def=weeks,
)
def every_rep_has_a_digest(
    context: dg.AssetCheckExecutionContext,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    missing: list[str] = []
    with warehouse.session("every_rep_has_a_digest") as db:
        rows = _rows(db, "coaching/rep_digests", mondays)
        for monday in mondays:
            window = windows.recent(monday, policy.window_weeks)
            found = db.query("coaching/reps_without_digest", [monday, window.first, window.last])
            missing += [f"{rep} {monday}" for rep in found["rep_user_id"]]
    reasons = {_name(row): row["failure"] for row in rows if row["status"] == "failed"}
    bad = [f"{rep}: {reasons.get(rep) or 'no row'}" for rep in missing]
    made = sum(row["status"] != "no_calls" for row in rows)
    return _verdict(bad, made, "reps without a digest; mend the reason and materialise again")


@dg.asset_check(
    asset="rep_digests",
    name="every_number_is_a_fact",
    description="No digit stands in a digest's HTML or text that no fact accounts for.",
    partitions_def=weeks,
)
def every_number_is_a_fact(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse, home: HomeResource
) -> dg.AssetCheckResult:
    with warehouse.session("every_number_is_a_fact") as db:
        rows = _digests(db, partition_dates(context))
    bad = [f"{_name(row)}: {why}" for row in rows for why in _loose(row, home.paths.root)]
    return _verdict(bad, len(rows), "digests show numbers without a fact; they are held")


def _loose(row: dict[str, Any], root: Path) -> list[str]:
    """Numbers without a fact in the files of a digest or summary, or that a file is gone."""
    try:
        text = (root / row["text_path"]).read_text(encoding="utf-8")
        html = None
        if not pd.isna(row["html_path"]):
            html = (root / row["html_path"]).read_text(encoding="utf-8")
    except OSError as error:
        return [f"{error.filename} cannot be read ({error.strerror}); materialise again"]
    return [reason.detail for reason in content_reasons(html, text, json.loads(row["texts"]))]


@dg.asset_check(
    asset="rep_digests",
    name="quotes_are_verbatim",
    description="Every quote of a digest stands word for word in the transcript of its call.",
    partitions_def=weeks,
)
def quotes_are_verbatim(
    context: dg.AssetCheckExecutionContext,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    first = windows.recent(mondays[0], policy.window_weeks).first
    with warehouse.session("quotes_are_verbatim") as db:
        rows = _digests(db, mondays)
        last = windows.week(mondays[-1]).last
        sentences = db.query("coaching/sentences_of_window", [first, last])
    said: dict[str, list[tuple[int, str]]] = {}
    for call, start, sentence in zip(
        sentences["call_id"], sentences["start_ms"], sentences["sentence"], strict=True
    ):
        said.setdefault(str(call), []).append((int(start), str(sentence)))
    quotes = [(row, quote) for row in rows for quote in json.loads(row["sheet"])["quotes"]]
    bad = [
        f"{_name(row)}: {quote['quote_id']} of call {quote['source_id']}"
        for row, quote in quotes
        if not any(
            start == round(quote["start_seconds"] * 1000) and quote["text"] in sentence
            for start, sentence in said.get(quote["source_id"], [])
        )
    ]
    return _verdict(bad, len(quotes), "quotes are not in their call; materialise the week again")


@dg.asset_check(
    asset="rep_digests",
    name="digests_fit_mail_programs",
    description="No digest's HTML is larger than mail programs show whole.",
    partitions_def=weeks,
)
def digests_fit_mail_programs(
    context: dg.AssetCheckExecutionContext,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    limit = load_policy(settings).html_limit_bytes
    with warehouse.session("digests_fit_mail_programs") as db:
        rows = _digests(db, partition_dates(context))
    bad = [f"{_name(r)}: {r['html_bytes']} bytes" for r in rows if r["html_bytes"] > limit]
    return _verdict(bad, len(rows), f"digests are larger than {limit} bytes")


@dg.asset_check(
    asset="rep_digests",
    name="held_digests",
    description="Names the digests and summaries that the gate holds back, and why.",
    partitions_def=weeks,
)
def held_digests(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    mondays = partition_dates(context)
    with warehouse.session("held_digests") as db:
        gate = db.query("coaching/gate_of_weeks", [mondays[0], mondays[-1]])
    digests = gate[gate["kind"] == "rep_digest"]
    held = digests[digests["verdict"] == "hold"]
    bad = [
        f"{artefact} {pd.Timestamp(week).date()}: {reasons}"
        for artefact, week, reasons in zip(
            held["artefact_id"], held["period_start"], held["reasons"], strict=True
        )
    ]
    return _verdict(bad, len(digests), "digests are held", dg.AssetCheckSeverity.WARN)


@dg.asset_check(
    asset="team_summary",
    name="team_covers_every_digest",
    description="The summary counts every digest of its week, and shows no number without a fact.",
    partitions_def=weeks,
)
def team_covers_every_digest(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse, home: HomeResource
) -> dg.AssetCheckResult:
    mondays = partition_dates(context)
    with warehouse.session("team_covers_every_digest") as db:
        digests = _digests(db, mondays)
        summaries = _rows(db, "coaching/team_summary", mondays)
    bad = [f"{_name(row)}: {why}" for row in summaries for why in _loose(row, home.paths.root)]
    for monday in mondays:
        made = sum(row["week_start"] == monday for row in digests)
        told = [r for r in summaries if r["week_start"] == monday and r["audience_id"] == "team"]
        if made != sum(int(row["digests"]) for row in told):
            bad.append(f"team {monday}: {made} digests were made, but the summary differs")
    return _verdict(bad, len(summaries), "summaries are wrong; materialise the week again")


checks = [
    every_rep_has_a_digest,
    every_number_is_a_fact,
    quotes_are_verbatim,
    digests_fit_mail_programs,
    held_digests,
    team_covers_every_digest,
    unique_grain("rep_week_scores", "analytics.rep_week_scores"),
    unique_grain("rep_week_objections", "analytics.rep_week_objections"),
    unique_grain("rep_week_trends", "analytics.rep_week_trends"),
]

"""Checks of coaching: every rep has a digest, every number a fact, every quote a call."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.assets import load_policy
from cs_assets.coaching.digest.gate import content_reasons
from cs_assets.kit.checks import WARN, Findings, Look, nothing_wrong, unique_grains
from cs_assets.partitions import weeks

Row = dict[str, Any]


def _rows(look: Look, statement: str) -> list[Row]:
    mondays = look.dates
    frame = look.query(statement, [mondays[0], mondays[-1]])
    records = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    return [{**row, "week_start": pd.Timestamp(row["week_start"]).date()} for row in records]


def _digests(look: Look) -> list[Row]:
    """The digests that were made; failed reps and reps without calls left out."""
    rows = _rows(look, "coaching/rep_digests")
    return [row for row in rows if row["status"] in ("written", "nothing_new")]


def _name(row: Row) -> str:
    return f"{row.get('rep_user_id') or row['audience_id']} {row['week_start']}"


@nothing_wrong(
    "rep_digests",
    holds="Every rep with a scored call in the window has a digest of the week.",
    mend="reps without a digest; mend the reason and materialise again",
    partitions_def=weeks,
    needs={"settings"},
)
def every_rep_has_a_digest(look: Look) -> Findings:
    rows = _rows(look, "coaching/rep_digests")
    reasons = {_name(row): row["failure"] for row in rows if row["status"] == "failed"}
    missing = [f"{rep} {monday}" for monday in look.dates for rep in _without_digest(look, monday)]
    made = sum(row["status"] != "no_calls" for row in rows)
    return Findings({rep: reasons.get(rep) or "no row" for rep in missing}, made)


def _without_digest(look: Look, monday: dt.date) -> list[str]:
    window = windows.recent(monday, load_policy(look.resources.settings).window_weeks)
    found = look.query("coaching/reps_without_digest", [monday, window.first, window.last])
    return list(found["rep_user_id"])


@nothing_wrong(
    "rep_digests",
    holds="No digit stands in a digest's HTML or text that no fact accounts for.",
    mend="digests show numbers without a fact; they are held",
    partitions_def=weeks,
    needs={"home"},
)
def every_number_is_a_fact(look: Look) -> Findings:
    rows = _digests(look)
    root = look.resources.home.paths.root
    return Findings(
        [f"{_name(row)}: {why}" for row in rows for why in _loose(row, root)], len(rows)
    )


def _loose(row: Row, root: Path) -> list[str]:
    """Numbers without a fact in the files of a digest or summary, or that a file is gone."""
    try:
        text = (root / row["text_path"]).read_text(encoding="utf-8")
        html = None
        if not pd.isna(row["html_path"]):
            html = (root / row["html_path"]).read_text(encoding="utf-8")
    except OSError as error:
        return [f"{error.filename} cannot be read ({error.strerror}); materialise again"]
    return [reason.detail for reason in content_reasons(html, text, json.loads(row["texts"]))]


@nothing_wrong(
    "rep_digests",
    holds="Every quote of a digest stands word for word in the transcript of its call.",
    mend="quotes are not in their call; materialise the week again",
    partitions_def=weeks,
    needs={"settings"},
)
def quotes_are_verbatim(look: Look) -> Findings:
    mondays = look.dates
    window_weeks = load_policy(look.resources.settings).window_weeks
    first = windows.recent(mondays[0], window_weeks).first
    rows, last = _digests(look), windows.week(mondays[-1]).last
    said: dict[str, list[tuple[int, str]]] = {}
    sentences = look.query("coaching/sentences_of_window", [first, last])
    for call, start, sentence in zip(
        sentences["call_id"], sentences["start_ms"], sentences["sentence"], strict=True
    ):
        said.setdefault(str(call), []).append((int(start), str(sentence)))
    quotes = [(row, quote) for row in rows for quote in json.loads(row["sheet"])["quotes"]]
    wrong = [
        f"{_name(row)}: {quote['quote_id']} of call {quote['source_id']}"
        for row, quote in quotes
        if not any(
            start == round(quote["start_seconds"] * 1000) and quote["text"] in sentence
            for start, sentence in said.get(quote["source_id"], [])
        )
    ]
    return Findings(wrong, len(quotes))


@nothing_wrong(
    "rep_digests",
    holds="No digest's HTML is larger than mail programs show whole.",
    mend="digests that mail programs cut; fewer calls and moments a digest make it shorter",
    partitions_def=weeks,
    needs={"settings"},
)
def digests_fit_mail_programs(look: Look) -> Findings:
    limit, rows = load_policy(look.resources.settings).html_limit_bytes, _digests(look)
    wrong = {_name(row): f"{row['html_bytes']} bytes" for row in rows if row["html_bytes"] > limit}
    return Findings(wrong, len(rows), {"limit in bytes": limit})


@nothing_wrong(
    "rep_digests",
    holds="Names the digests and summaries that the gate holds back, and why.",
    mend="digests are held; mend what the reasons name, then materialise again",
    severity=WARN,
    partitions_def=weeks,
)
def held_digests(look: Look) -> Findings:
    gate = look.query("coaching/gate_of_weeks", [look.dates[0], look.dates[-1]])
    digests = gate[gate["kind"] == "rep_digest"]
    held = digests[digests["verdict"] == "hold"]
    wrong = {
        f"{artefact} {pd.Timestamp(week).date()}": reasons
        for artefact, week, reasons in zip(
            held["artefact_id"], held["period_start"], held["reasons"], strict=True
        )
    }
    return Findings(wrong, len(digests))


@nothing_wrong(
    "team_summary",
    holds="The summary counts every digest of its week, and shows no number without a fact.",
    mend="summaries are wrong; materialise the week again",
    partitions_def=weeks,
    needs={"home"},
)
def team_covers_every_digest(look: Look) -> Findings:
    digests, summaries = _digests(look), _rows(look, "coaching/team_summary")
    root = look.resources.home.paths.root
    wrong = [f"{_name(row)}: {why}" for row in summaries for why in _loose(row, root)]
    for monday in look.dates:
        made = sum(row["week_start"] == monday for row in digests)
        told = [r for r in summaries if r["week_start"] == monday and r["audience_id"] == "team"]
        if made != sum(int(row["digests"]) for row in told):
            wrong.append(f"team {monday}: {made} digests were made, but the summary differs")
    return Findings(wrong, len(summaries))


#: Tables of which no key may stand twice.
_KEYED = ("rep_week_scores", "rep_week_objections", "rep_week_trends")

checks = [
    every_rep_has_a_digest,
    every_number_is_a_fact,
    quotes_are_verbatim,
    digests_fit_mail_programs,
    held_digests,
    team_covers_every_digest,
    unique_grains("coaching", {f"analytics.{name}": name for name in _KEYED}),
]

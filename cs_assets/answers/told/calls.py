"""Calls: signals in their own words, calls that are alike, why a score, what was promised."""

import datetime as dt
import json
from typing import Any

from cs_assets.answers.model import Answer
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.frames import number_or_none, text_or_none

#: Days looked back when none are asked for.
_QUARTER = 91
_ANALYSIS = "analytics.call_analysis"
_DIMENSIONS = ("product_knowledge", "discovery", "objection_handling", "engagement")
_SIDES = {"Internal": "us", "External": "customer"}
#: Kinds of signals in words.
_KINDS = {
    "churn": "word of leaving",
    "expansion": "word of buying more",
    "competitor": "word of a competitor",
    "outage": "word of an outage",
    "complaint_repeated": "repeated complaint",
    "decision_maker": "word of a new decision maker",
}


def signals(told: Telling) -> Answer:
    """Signals of a customer with their quotes, newest first; of none, in how many calls."""
    customer, kind = told.plan.values["customer"], told.plan.values.get("signal")
    first, last = _days(told)
    rows = told.reader.rows("answers/signals", [customer, kind, first, last])
    heard = _heard(told, [customer, None, first, last])
    whom = told.whom()
    if rows:
        return told.listed(
            f"Signals from {whom}: {_found(told, rows)}, in {heard}:", rows, signal_told
        )
    none = f"No {_KINDS[kind] if kind else 'signal'} was heard from {whom} in {heard}."
    others = told.reader.rows("answers/signals", [customer, None, first, last]) if kind else []
    if others:
        return told.listed(f"{none} Other signals: {_found(told, others)}:", others, signal_told)
    return told.answer(none, status="nothing")


def _found(told: Telling, rows: list[dict[str, Any]]) -> str:
    return told.counted("found", "signals", len(rows), "analytics.call_signals")


def signal_told(told: Telling, at: int, row: Row) -> str:
    """A signal: call, kind, how sure, and the words."""
    key = (row["call_id"], row["kind"], row["sentence_index"])
    table = "analytics.call_signals"
    kind = told.plain(f"row{at}.kind", "kind of signal", row, (table, key, "kind"))
    sure = told.cell(f"row{at}.confidence", "how sure", row, (table, key, "confidence"), "ratio")
    said = told.quote(row["sentence"], row["call_id"], "customer", row["start_ms"])
    return f"{_call(told, f'row{at}', row)}, {kind} (confidence {sure}): “{said}”"


def _call(told: Telling, prefix: str, row: Row) -> str:
    key = (row["call_id"],)
    table = "gong.stg_gong_calls"
    day = told.cell(f"{prefix}.day", "day of the call", row, (table, key, "call_date"), "date")
    call = told.cell(f"{prefix}.call", "call", row, (table, key, "call_id"))
    return f"{day}, call {call}"


def titled(told: Telling, prefix: str, row: Row) -> str:
    """A call with day, id and title, under fact ids that begin with ``prefix``."""
    proof = ("gong.stg_gong_calls", (row["call_id"],), "title")
    title = told.cell(f"{prefix}.title", "title", row, proof, reason="the call has no title")
    return f"{_call(told, prefix, row)}, {title}"


def _days(told: Telling) -> tuple[dt.date, dt.date]:
    """The days looked at, up to the end of the newest week."""
    last = told.last_day
    return last - dt.timedelta(days=told.number("days", _QUARTER) - 1), last


def _heard(told: Telling, asked: list[Any]) -> str:
    """How many calls there were to hear it in, and how many of them have words."""
    rows = told.reader.rows("answers/calls_counted", asked)
    calls = sum(int(row["calls"]) for row in rows)
    worded = sum(int(row["calls_with_words"]) for row in rows)
    days = told.number("days", _QUARTER)
    span = told.fact("days", "days looked back", days, "days", ("asked", ["days"], "days"), n=1)
    total = told.counted("calls", "calls", calls, "gong.stg_gong_calls")
    read = told.counted("calls_with_words", "calls with words", worded, _ANALYSIS)
    until = told.fact(
        "until", "last day looked at", told.last_day, "date", ("asked", ["until"], "days"), n=1
    )
    what = "call" if calls == 1 else "calls"
    return f"{total} {what} of the {span} up to {until} ({read} with words)"


def alike(told: Telling) -> Answer:
    """Calls in scope nearest to one, by their vectors."""
    call = told.plan.values["call"]
    most = min(told.most, 5) if "most" not in told.plan.values else told.most
    found = told.reader.alike(call, most)
    if not found:
        return told.not_known("vectors of that call and of others that you may read")
    lines = []
    for at, row in enumerate(found, start=1):
        near = told.fact(f"row{at}.similarity", "similarity", row["similarity"], "ratio",
                         ("analytics.transcript_embeddings", (call, row["call_id"]), "embedding"),
                         n=1)  # fmt: skip
        lines.append(f"{titled(told, f'row{at}', row)}: similarity {near}")
    return told.answer("Nearest by what was talked about:", rows=lines)


def why_score(told: Telling) -> Answer:
    """Each dimension with its score, the reason, and the evidence as it was said."""
    rows = told.reader.rows("answers/score_of_call", [told.plan.values["call"]])
    if not rows:
        return told.not_known("the analysis of that call, or the right to read its rep's scores")
    row = rows[0]
    key = (row["call_id"],)
    if row["status"] != "scored":
        why = told.cell(
            "status_reason", "why it was not scored", row, (_ANALYSIS, key, "status_reason")
        )
        return told.answer(f"The call was not scored: {why}.")
    overall = told.cell(
        "overall", "overall score", row, (_ANALYSIS, key, "overall_score"), "points"
    )
    evidence = json.loads(row["evidence"])
    lines = [
        line for name in _DIMENSIONS for line in _dimension(told, row, name, evidence.get(name))
    ]
    rep = told.fact("rep", "rep", row["rep_name"], "text",
                    ("gong.gong_users", (row["rep_user_id"],), "full_name"), n=1)  # fmt: skip
    day = told.cell(
        "day", "day of the call", row, ("gong.stg_gong_calls", key, "call_date"), "date"
    )
    return told.answer(f"{rep} on {day}: {overall} points overall.", rows=lines)


def _dimension(told: Telling, row: Row, name: str, evidence: Any) -> list[str]:
    if not isinstance(evidence, dict):
        return []
    key = (row["call_id"],)
    score = told.fact(name, name.replace("_", " "), row[f"{name}_score"], "points",
                      (_ANALYSIS, key, f"{name}_score"), n=1,
                      reason="the call gave no chance to show it")  # fmt: skip
    reason = told.fact(f"{name}.reason", "reason", evidence.get("reason") or None, "text",
                       (_ANALYSIS, key, "evidence"), n=1)  # fmt: skip
    points = "" if number_or_none(row[f"{name}_score"]) is None else " points"
    lines = [f"{name.replace('_', ' ').capitalize()}, {score}{points}: {reason}"]
    for said in (evidence.get("quotes") or [])[:2]:
        quote = told.quote(said["text"], row["call_id"], said["speaker"], said["start_ms"])
        shows = f"{said['shows']}, " if said.get("shows") else ""
        lines.append(f"  {shows}{said['speaker']}: “{quote}”")
    return lines


def promises(told: Telling) -> Answer:
    """Next steps that were agreed in calls, in the words they were agreed in."""
    values = told.plan.values
    first, last = _days(told)
    asked = [values.get("customer"), values.get("rep"), first, last]
    rows = told.reader.rows("answers/promises", asked)
    heard = _heard(told, asked)
    whom = told.of_whom("with")
    if not rows:
        return told.answer(f"No next step{whom} was agreed in {heard}.", status="nothing")
    found = told.counted("found", "next steps", len(rows), _ANALYSIS)
    return told.listed(f"Next steps{whom}: {found}, in {heard}:", rows, _promise)


def _promise(told: Telling, at: int, row: Row) -> str:
    key = (row["call_id"],)
    who = told.cell(f"row{at}.owner", "who is to do it", row, (_ANALYSIS, key, "next_step_owner"))
    when = "no day was named"
    if text_or_none(row["next_step_due"]):
        proof = (_ANALYSIS, key, "next_step_due")
        when = f"due {told.cell(f'row{at}.due', 'due', row, proof, 'date')}"
    speaker = _SIDES.get(text_or_none(row["affiliation"]) or "", "unknown")
    said = told.quote(row["next_step"], row["call_id"], speaker, number_or_none(row["start_ms"]))
    return f"{titled(told, f'row{at}', row)}; owed by {who}, {when}: “{said}”"

"""Objections heard by a rep in the window: the rows of ``analytics.rep_week_objections``."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts, Words
from cs_assets.coaching.scored_calls import on_scale, scale_of, within
from cs_assets.collector import collector_off
from cs_assets.statistics.intervals import wilson

COLUMNS = [
    "rep_user_id",
    "week_start",
    "objection_type",
    "is_brush_off",
    "scored_calls",
    "calls",
    "calls_week",
    "accounts",
    "calls_no_account",
    "share_low",
    "share_high",
    "resolved",
    "open_calls",
    "outcomes",
    "is_recurring",
    "quote",
    "quote_call_id",
    "quote_sentence_index",
    "quote_start_ms",
]


@dataclass(frozen=True)
class Mention:
    """One objection in one call."""

    kind: str
    outcome: str
    sentence_index: int
    text: str
    call_id: str
    call_date: dt.date
    account_key: str | None


def mentions(call: Mapping[str, Any]) -> list[Mention]:
    """The objections of one call of ``evidence.readable``."""
    account = call["account_key"]
    return [
        Mention(
            kind=objection.type,
            outcome=objection.outcome,
            sentence_index=objection.sentence_index,
            text=objection.text,
            call_id=str(call["call_id"]),
            call_date=call["call_date"],
            account_key=None if pd.isna(account) else str(account),
        )
        for objection in call["objections"]
    ]


@collector_off()
def week_objections(
    calls: pd.DataFrame, transcripts: Transcripts, monday: dt.date, policy: CoachingPolicy
) -> pd.DataFrame:
    """One row per rep and type heard in the window.

    ``calls``: as ``evidence.readable`` gives them. Counts are of distinct calls and
    accounts, never of mentions: ten mentions in one call are one customer. The interval
    of the share is Wilson's.
    """
    recent = within(calls, windows.recent(monday, policy.window_weeks))
    scored = recent[recent["status"] == "scored"]
    scale = scale_of(scored)
    if scale is None:
        return pd.DataFrame(columns=COLUMNS)
    rows: list[dict[str, Any]] = []
    for rep, own in on_scale(scored, scale).groupby("rep_user_id", sort=True):
        by_kind: dict[str, list[Mention]] = {}
        for call in own.to_dict("records"):
            for mention in mentions(call):  # type: ignore[arg-type]
                by_kind.setdefault(mention.kind, []).append(mention)
        for kind, heard in sorted(by_kind.items()):
            row = _row(kind, heard, len(own), transcripts, monday, policy)
            rows.append({"rep_user_id": rep, "week_start": monday, **row})
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(
    kind: str,
    heard: list[Mention],
    scored_calls: int,
    transcripts: Transcripts,
    monday: dt.date,
    policy: CoachingPolicy,
) -> dict[str, Any]:
    calls = {mention.call_id for mention in heard}
    accounts = {mention.account_key for mention in heard if mention.account_key}
    open_calls = {mention.call_id for mention in heard if mention.outcome != "resolved"}
    share = wilson(len(calls), scored_calls)
    week = windows.week(monday)
    quote = _quote(heard, transcripts)
    brush_off = policy.objection(kind).is_brush_off
    return {
        "objection_type": kind,
        "is_brush_off": brush_off,
        "scored_calls": scored_calls,
        "calls": len(calls),
        "calls_week": len({mention.call_id for mention in heard if mention.call_date in week}),
        "accounts": len(accounts),
        "calls_no_account": len({m.call_id for m in heard if not m.account_key}),
        "share_low": share.low,
        "share_high": share.high,
        "resolved": len(calls - open_calls),
        "open_calls": len(open_calls),
        "outcomes": json.dumps(_outcomes(heard), sort_keys=True),
        "is_recurring": not brush_off and len(accounts) >= policy.recurring_accounts,
        "quote": quote.text if quote else None,
        "quote_call_id": quote.call_id if quote else None,
        "quote_sentence_index": quote.sentence_index if quote else None,
        "quote_start_ms": quote.start_ms if quote else None,
    }


def _outcomes(heard: Iterable[Mention]) -> dict[str, int]:
    by_outcome: dict[str, set[str]] = {}
    for mention in heard:
        by_outcome.setdefault(mention.outcome, set()).add(mention.call_id)
    return {outcome: len(calls) for outcome, calls in by_outcome.items()}


def _quote(heard: list[Mention], transcripts: Transcripts) -> Words | None:
    """The customer's words that can be found in the call: open before resolved, then latest."""
    order = sorted(
        heard,
        key=lambda m: (
            m.outcome == "resolved",
            -m.call_date.toordinal(),
            m.call_id,
            m.sentence_index,
        ),
    )
    for mention in order:
        words = transcripts.find(mention.call_id, mention.sentence_index, mention.text)
        if words is not None and words.affiliation != "Internal":
            return words
    return None

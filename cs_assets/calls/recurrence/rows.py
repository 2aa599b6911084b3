"""Rows of the week's patterns: what recurs over calls, and which behaviours go with won deals."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.calls.patterns import Pattern
from cs_assets.calls.recurrence.recurring import Heard, Recurring
from cs_assets.calls.scoring.rubric import Taxonomy
from cs_assets.frames import records, text_or_none
from sql import catalog

COLUMNS = catalog.table("analytics.call_patterns").column_names


def heard(rows: pd.DataFrame) -> list[Heard]:
    """Sentences of customers; ``rows``: of ``calls/customer_words``."""
    return [
        Heard(
            str(row["call_id"]),
            row["call_date"].date(),
            text_or_none(row["account_key"]) or "",
            int(row["sentence_index"]),
            int(row["start_ms"]),
            str(row["sentence"]),
        )
        for row in records(rows)
    ]


def objections(rows: pd.DataFrame, said: list[Heard], taxonomy: Taxonomy) -> dict[str, list[Heard]]:
    """The sentences of each kind of objection by its label; doubtful ones and brush-offs are none.

    ``rows``: of ``calls/list_calls``; ``said``: what customers said in them.
    """
    spoken = {(one.call_id, one.sentence_index): one for one in said}
    found: dict[str, list[Heard]] = defaultdict(list)
    for row in records(rows):
        for one in json.loads(text_or_none(row["objections"]) or "[]"):
            at = spoken.get((str(row["call_id"]), int(one["sentence_index"])))
            known = one["type"] in taxonomy.kinds and one.get("is_certain", True)
            if at is not None and known and not one["is_brush_off"]:
                found[taxonomy.kinds[one["type"]].label].append(at)
    return dict(found)


def of_week(monday: dt.date, recurring: list[Recurring], behaviours: list[Pattern]) -> pd.DataFrame:
    """Rows of ``analytics.call_patterns`` of one week."""
    rows: list[Mapping[str, Any]] = [
        {
            "week_start": monday, "kind": one.kind, "name": one.name, "place": place,
            "calls": one.calls, "accounts": one.accounts,
            "accounts_recent": one.recent, "spoken_recent": one.of_recent,
            "accounts_before": one.before, "spoken_before": one.of_before,
            "q_value": one.q_value, "verdict": one.verdict, "call_id": quote.call_id,
            "sentence_index": quote.sentence_index, "start_ms": quote.start_ms,
            "sentence": quote.text,
        }
        for one in recurring
        for place, quote in enumerate(one.quotes, start=1)
    ]  # fmt: skip
    rows += [
        {
            "week_start": monday, "kind": "behaviour", "name": one.label, "place": 0,
            "won": one.won, "lost": one.lost, "mean_won": one.mean_won,
            "mean_lost": one.mean_lost, "difference": one.difference, "low": one.low,
            "high": one.high, "q_value": one.q_value, "verdict": one.verdict,
        }
        for one in behaviours
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)

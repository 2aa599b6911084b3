"""Calls with something to work on, the most pressing first."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cs_assets.frames import number_or_none, text_or_none

_PRESSING = ("Critical", "High", "Medium", "Low")


def worth_an_hour(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls with something to work on, the most pressing first, then the newest.

    ``rows``: of ``calls/list_calls``, scored ones.
    """
    found = [
        {
            "call_id": str(row["call_id"]),
            "call_date": row["call_date"].date(),
            "account": text_or_none(row["account_name"]),
            "rep": text_or_none(row["rep_name"]),
            "priority": row["priority"],
            "overall_score": number_or_none(row["overall_score"]),
            "insights": insights,
        }
        for row in rows
        if (insights := json.loads(row["coaching_insights"]))
    ]
    newest = sorted(found, key=lambda one: (one["call_date"], one["call_id"]), reverse=True)
    return sorted(newest, key=lambda one: _PRESSING.index(one["priority"]))

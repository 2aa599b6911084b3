"""Business impact week by week: what the deals behind the calls are worth, and what is at risk.

A deal counts once a week, at its latest call; its risk is the highest that a call
of the week showed. Weeks that are not over are marked and compared with nothing.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from cs_assets.frames import number_or_none, records, text_or_none

_LEVELS = ("unknown", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class WeekImpact:
    """One week (Monday). Amounts in USD over distinct deals; means over ``scored`` calls."""

    week_start: dt.date
    is_complete: bool
    calls: int
    scored: int
    deals: int
    deals_without_amount: int
    amount: float
    amount_at_high_risk: float
    deals_at_high_risk: int
    negative_calls: int
    judged_calls: int
    mean_score: float | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def by_week(rows: pd.DataFrame, last: dt.date) -> list[WeekImpact]:
    """Weeks in order from rows of ``calls/list_calls``; ``last`` is the last day covered."""
    weeks: dict[dt.date, list[dict[str, Any]]] = {}
    for row in records(rows):
        day = row["call_date"].date()
        weeks.setdefault(day - dt.timedelta(days=day.weekday()), []).append(row)
    return [_week(monday, weeks[monday], last) for monday in sorted(weeks)]


def _week(monday: dt.date, rows: list[dict[str, Any]], last: dt.date) -> WeekImpact:
    scored = [row for row in rows if row["status"] == "scored"]
    deals = _deals(scored)
    known = [deal for deal in deals.values() if deal["amount"] is not None]
    high = [deal for deal in deals.values() if deal["risk"] == "high"]
    sentiments = [text_or_none(row["sentiment_category"]) for row in rows]
    scores = [float(row["overall_score"]) for row in scored]
    return WeekImpact(
        week_start=monday,
        is_complete=monday + dt.timedelta(days=6) <= last,
        calls=len(rows),
        scored=len(scored),
        deals=len(deals),
        deals_without_amount=len(deals) - len(known),
        amount=sum(deal["amount"] for deal in known),
        amount_at_high_risk=sum(deal["amount"] or 0.0 for deal in high),
        deals_at_high_risk=len(high),
        negative_calls=sentiments.count("negative"),
        judged_calls=sum(s is not None and s != "unknown" for s in sentiments),
        mean_score=sum(scores) / len(scores) if scores else None,
    )


def _deals(scored: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Deals of the week: amount at the latest call, highest risk of any call."""
    deals: dict[str, dict[str, Any]] = {}
    for row in sorted(scored, key=lambda row: (row["started"], row["call_id"])):
        deal = text_or_none(row["hubspot_deal_id"])
        if deal is None:
            continue
        risk = _risk(row)
        before = deals.get(deal, {"risk": "unknown"})["risk"]
        deals[deal] = {
            "amount": number_or_none(row["deal_amount"]),
            "risk": max(risk, before, key=_LEVELS.index),
        }
    return deals


def _risk(row: Mapping[str, Any]) -> str:
    return str(json.loads(row["business_impact"])["risk"])

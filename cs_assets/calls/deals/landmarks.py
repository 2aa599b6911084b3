"""Deals seen every so many days while they were open: what was known then, and what came of them.

Landmarks (H. van Houwelingen, "Dynamic prediction by landmarking in event history analysis", 2007)
are counted back from today, so that an open deal is looked at today as the past was looked at.
"""

import bisect
import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.config.deals import DealRules, ended
from cs_assets.frames import number_or_none, records, text_or_none

#: What is known of an open deal on a day, and how a person says it; missing where nobody knows.
FEATURES: Mapping[str, Callable[[float], str]] = {
    "age": lambda v: f"first call {_days(v)} ago",
    "in_stage": lambda v: f"in its stage for {_days(v)} or more",
    "silent": lambda v: f"last call {_days(v)} ago",
    "recent": lambda v: f"{_calls(v)} of late",
    "risk": lambda v: f"risk of {v:.0f} points shown in its last calls",
    "next_step": lambda v: f"a next step in {v:.0%} of its last calls",
    "sentiment": lambda v: f"sentiment {v:+.2f} in its last calls",
    "against": lambda v: (
        "leaving or another vendor spoken of" if v else "no word of leaving or of another vendor"
    ),
    "more": lambda v: "asked for more" if v else "did not ask for more",
}
#: Counted in days or calls: twice as many matters, not one more.
COUNTED = ("age", "in_stage", "silent", "recent")


#: The last calls of a deal: one call says little, and what was long ago as well.
_LAST = 3


def _days(value: float) -> str:
    return f"{value:.0f} day{'' if value == 1 else 's'}"


def _calls(value: float) -> str:
    return f"{value:.0f} call{'' if value == 1 else 's'}" if value else "no call"


def landmarks(rows: pd.DataFrame, today: dt.date, rules: DealRules) -> pd.DataFrame:
    """One row per deal and day looked at, from rows of ``calls/deal_calls``.

    Columns: ``deal_id``, ``day``, ``stage``, ``FEATURES``, ``won_after`` (days until it was
    won, missing if it was not), ``is_today`` (the deal is open; its stage is the CRM's).
    """
    by_deal: dict[str, list[dict[str, Any]]] = {}
    for row in records(rows):
        by_deal.setdefault(str(row["deal_id"]), []).append(row)
    columns = ["deal_id", "day", "stage", *FEATURES, "won_after", "is_today"]
    seen = [one for deal, its in by_deal.items() for one in _of_deal(deal, its, today, rules)]
    return pd.DataFrame(seen, columns=columns)


def _of_deal(
    deal: str, rows: Sequence[dict[str, Any]], today: dt.date, rules: DealRules
) -> Iterator[dict[str, Any]]:
    now = str(rows[-1]["stage_now"])
    end, closing = ended(now), rows[-1]["close_date"]
    if end is not None and pd.isna(closing):
        return  # it ended, and nobody knows when: nothing can be learned from it
    closed = pd.Timestamp(closing).date() if end is not None else None
    days = [pd.Timestamp(row["call_date"]).date() for row in rows]
    day = today
    while day >= days[0]:
        known = bisect.bisect_right(days, day)
        if closed is None or day < closed:
            is_today = day == today and end is None
            stage = now if is_today else text_or_none(rows[known - 1]["stage"])
            if stage is not None and ended(stage) is None:
                won = closed if end == "won" else None
                yield {
                    "deal_id": deal, "day": day, "stage": stage,
                    **_known(rows[:known], days[:known], day, stage, rules),
                    "won_after": (won - day).days if won else math.nan, "is_today": is_today,
                }  # fmt: skip
        day -= dt.timedelta(days=rules.every_days)


def _known(
    rows: Sequence[dict[str, Any]],
    days: Sequence[dt.date],
    day: dt.date,
    stage: str,
    rules: DealRules,
) -> dict[str, float]:
    since = len(rows)
    while since and rows[since - 1]["stage"] == stage:
        since -= 1
    last = rows[-_LAST:]
    judged = [row for row in last if row["status"] == "scored"]
    risks = [float(json.loads(str(row["business_impact"]))["risk_points"]) for row in judged]
    recent = bisect.bisect_right(days, day - dt.timedelta(days=rules.recent_days))
    return {
        "age": float((day - days[0]).days),
        "in_stage": float((day - days[since]).days) if since < len(rows) else 0.0,
        "silent": float((day - days[-1]).days),
        "recent": float(len(days) - recent),
        "risk": _mean(risks),
        "next_step": _mean([float(row["next_step"]) for row in judged]),
        "sentiment": _mean([number_or_none(row["sentiment_score"]) for row in last]),
        "against": float(any(row["churn"] or row["competitor"] for row in rows)),
        "more": float(any(row["expansion"] for row in rows)),
    }


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else math.nan

"""Segments by rule, each with its reason, and how long they have held."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.customers.health import UNKNOWN_WITH, of_policy
from cs_assets.customers.policy import CustomerPolicy, SegmentRule, ValueTiers
from cs_assets.frames import records

_COLUMNS = [
    "customer_id",
    "week_start",
    "value_tier",
    "behaviour_segment",
    "reason",
    "previous_segment",
    "segment_since",
]


def segment_rows(
    metrics: pd.DataFrame, before: pd.DataFrame, week: dt.date, policy: CustomerPolicy
) -> pd.DataFrame:
    """Rows of ``analytics.customer_segments`` for one week.

    ``metrics``: that week's ``analytics.customer_metrics`` with ``lifecycle_stage``;
    ``before``: segments of the week before (``customer_id, behaviour_segment, segment_since``).
    """
    held = {
        row["customer_id"]: (row["behaviour_segment"], row["segment_since"])
        for row in records(before)
    }
    rows = []
    for row in records(of_policy(metrics, policy)):
        previous, since = held.get(row["customer_id"], (None, None))
        segment, reason = decide(row, policy.segments, previous)
        rows.append(
            {
                "customer_id": row["customer_id"],
                "week_start": week,
                "value_tier": value_tier(row["arr"], policy.value_tiers),
                "behaviour_segment": segment,
                "reason": reason,
                "previous_segment": previous,
                "segment_since": since if previous == segment else week,
            }
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


def decide(
    metrics: Mapping[str, Any], rules: list[SegmentRule], previous: str | None = None
) -> tuple[str, str]:
    """The first segment whose rule fits, and the conditions that made it fit, in words.

    Where a rule before it could fit if data were there that are not, the segment stays what it was
    (``previous``): what has not arrived moves nobody.
    """
    gone = {feed: hidden for of, (feed, hidden) in UNKNOWN_WITH.items() if _is_empty(metrics, of)}
    unknown = {metric for hidden in gone.values() for metric in hidden}
    caveat = f"{' and '.join(gone)} are not all there"
    is_open = False
    for rule in rules:
        fitting = rule.fitting(metrics)
        if fitting is not None and is_open and previous is not None:
            return previous, f"as the week before: {caveat}"
        if fitting is not None:
            found = "; ".join(condition.in_words(metrics) for condition in fitting)
            reason = found or "none of the other rules fits"
            return rule.segment, f"{reason}; {caveat}" if is_open else reason
        is_open = is_open or rule.may_fit(metrics, unknown)
    raise AssertionError("the policy's last rule always fits")


def _is_empty(metrics: Mapping[str, Any], name: str) -> bool:
    value = metrics.get(name, 0)
    return value is None or bool(pd.isna(value))


def value_tier(arr: float | None, tiers: ValueTiers) -> str:
    """By annual recurring revenue; unknown is no tier."""
    if arr is None or pd.isna(arr):
        return "Unknown"
    if arr >= tiers.high_from:
        return "High"
    return "Medium" if arr >= tiers.medium_from else "Low"

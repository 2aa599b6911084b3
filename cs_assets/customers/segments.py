"""Segments by rule, each with its reason, and how long they have held."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.customers.health import derived
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
    for row in records(derived(metrics, policy.minimum_conversions)):
        segment, reason = decide(row, policy.segments)
        previous, since = held.get(row["customer_id"], (None, None))
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


def decide(metrics: Mapping[str, Any], rules: list[SegmentRule]) -> tuple[str, str]:
    """The first segment whose rule fits, and the conditions that made it fit, in words."""
    for rule in rules:
        fitting = rule.fitting(metrics)
        if fitting is not None:
            found = "; ".join(condition.in_words(metrics) for condition in fitting)
            return rule.segment, found or "none of the other rules fits"
    raise AssertionError("the policy's last rule always fits")


def value_tier(arr: float | None, tiers: ValueTiers) -> str:
    """By annual recurring revenue; unknown is no tier."""
    if arr is None or pd.isna(arr):
        return "Unknown"
    if arr >= tiers.high_from:
        return "High"
    return "Medium" if arr >= tiers.medium_from else "Low"

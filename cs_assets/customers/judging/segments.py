"""Segments by rule, each with its reason, and how long they have held."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.customers.judging.health import UNKNOWN_WITH, of_policy
from cs_assets.customers.judging.held import HIDDEN, holds
from cs_assets.customers.policy import CustomerPolicy, SegmentRule, ValueTiers
from cs_assets.frames import records
from sql import catalog


def segment_rows(
    metrics: pd.DataFrame, before: pd.DataFrame, week: dt.date, policy: CustomerPolicy
) -> pd.DataFrame:
    """Rows of ``analytics.customer_segments`` for one week.

    ``metrics``: that week's ``analytics.customer_metrics`` with ``lifecycle_stage``;
    ``before``: segments of the week before (``customer_id, behaviour_segment, segment_since``).
    """
    held = before.drop_duplicates("customer_id").set_index("customer_id")
    rows = of_policy(metrics, policy)
    rows.index = pd.RangeIndex(len(rows))
    previous = rows["customer_id"].map(held["behaviour_segment"]).astype(object)
    previous = previous.where(previous.notna(), None)
    decided = _decided(rows, policy.segments, previous)
    since = pd.to_datetime(rows["customer_id"].map(held["segment_since"]))
    stays = previous.eq(decided["behaviour_segment"]) & since.notna()
    found = decided.assign(
        customer_id=rows["customer_id"],
        week_start=week,
        value_tier=[value_tier(arr, policy.value_tiers) for arr in rows["arr"]],
        previous_segment=previous,
        segment_since=since.where(stays, pd.Timestamp(week)).dt.date,
        rules_version=policy.digest,
    )
    return found[catalog.table("analytics.customer_segments").column_names]


def decide(
    metrics: Mapping[str, Any], rules: Sequence[SegmentRule], previous: str | None = None
) -> tuple[str, str]:
    """The segment of one customer and the reason, as ``segment_rows`` finds them."""
    one = _decided(pd.DataFrame([dict(metrics)]), rules, pd.Series([previous], dtype=object))
    return str(one["behaviour_segment"].iloc[0]), str(one["reason"].iloc[0])


def _decided(
    rows: pd.DataFrame, rules: Sequence[SegmentRule], previous: "pd.Series[Any]"
) -> pd.DataFrame:
    """The first segment whose rule fits, and the conditions that made it fit, in words.

    Where a rule before it could fit if data were there that have gone or are late, the segment
    stays what it was (``previous``): what has not arrived moves nobody.
    """
    lost = _lost(rows)
    gone = _gone(rows, lost)
    unknown, holding = _hidden(gone), _hidden(lost)
    place = np.full(len(rows), -1)
    is_open, is_held = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for number, rule in enumerate(rules):
        undecided = place < 0
        fits = rule.mask(rows).to_numpy()
        place[undecided & fits] = number
        passed = undecided & ~fits
        is_open |= passed & rule.mask_may_fit(rows, unknown).to_numpy()
        is_held |= passed & rule.mask_may_fit(rows, holding).to_numpy()
    found = pd.DataFrame(
        {"behaviour_segment": "", "reason": "", "rule_number": place + 1, "rule_values": "{}"},
        index=rows.index,
    )
    for number in np.unique(place):
        mine = place == number
        found.loc[mine, ["reason", "rule_values"]] = _told(rows[mine], rules[number])
        found.loc[mine, "behaviour_segment"] = rules[number].segment
    caveat = _caveats(rows, gone)
    stays = is_held & previous.notna().to_numpy()
    found["behaviour_segment"] = found["behaviour_segment"].mask(stays, previous)
    found["reason"] = found["reason"].mask(is_open & ~stays, found["reason"] + "; " + caveat)
    found["reason"] = found["reason"].mask(stays, "as the week before: " + caveat)
    return found


def _told(rows: pd.DataFrame, rule: SegmentRule) -> list[list[str]]:
    """Reason in words and values as JSON, of rows that the rule fits."""
    wanted = list(dict.fromkeys(c.metric for c in (*rule.all, *rule.any)))
    if not wanted:
        return [["none of the other rules fits", "{}"]] * len(rows)
    told = []
    for row in records(rows.reindex(columns=wanted)):
        fitting = rule.fitting(row) or []
        values = {c.metric: _plain(row[c.metric]) for c in fitting}
        words = "; ".join(dict.fromkeys(c.in_words(row) for c in fitting))
        told.append([words, json.dumps(values)])
    return told


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else round(float(value), 4)


def _lost(rows: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    """Feeds that hold customers as they were, and whom."""
    if "not_known" not in rows.columns:
        return {}
    return {feed: holds(rows["not_known"], feed) for feed in HIDDEN}


def _gone(
    rows: pd.DataFrame, lost: Mapping[str, "pd.Series[bool]"]
) -> dict[str, "pd.Series[bool]"]:
    """Feeds of which something is missing, and whose."""
    nobody = pd.Series(False, index=rows.index)
    return {
        feed: (rows[of].isna() if of in rows.columns else nobody) | lost.get(feed, nobody)
        for of, feed in UNKNOWN_WITH.items()
    }


def _hidden(feeds: Mapping[str, "pd.Series[bool]"]) -> dict[str, "pd.Series[bool]"]:
    """Whose metrics are not known, by metric."""
    found: dict[str, pd.Series[bool]] = {}
    for feed, mask in feeds.items():
        for metric in HIDDEN[feed]:
            found[metric] = found[metric] | mask if metric in found else mask
    return found


def _caveats(rows: pd.DataFrame, gone: Mapping[str, "pd.Series[bool]"]) -> "pd.Series[str]":
    names = [""] * len(rows)
    for feed, mask in gone.items():
        names = [
            (f"{name} and {feed}" if name else feed) if missing else name
            for name, missing in zip(names, mask, strict=True)
        ]
    return pd.Series([f"{name} are not all there" for name in names], index=rows.index)


def value_tier(arr: float | None, tiers: ValueTiers) -> str:
    """By annual recurring revenue; unknown is no tier."""
    if arr is None or pd.isna(arr):
        return "Unknown"
    if arr >= tiers.high_from:
        return "High"
    return "Medium" if arr >= tiers.medium_from else "Low"

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
from cs_assets.frames import as_times, records
from sql import catalog


def segment_rows(
    metrics: pd.DataFrame, before: pd.DataFrame, week: dt.date, policy: CustomerPolicy
) -> pd.DataFrame:
    """Rows of ``analytics.customer_segments`` for one week.

    ``metrics``: that week's ``analytics.customer_metrics`` with ``lifecycle_stage``;
    ``before``: segments of the week before (``customer_id, behaviour_segment, reason,
    segment_since``).
    """
    held = before.drop_duplicates("customer_id").set_index("customer_id")
    rows = of_policy(metrics, policy)
    rows.index = pd.RangeIndex(len(rows))
    previous = rows["customer_id"].map(held["behaviour_segment"]).astype(object)
    previous = previous.where(previous.notna(), None)
    decided = _decided(rows, policy.segments, previous)
    reasons = rows["customer_id"].map(held["reason"])
    decided["reason"] = _with_what_ended(decided, rows, previous, reasons, policy.segments)
    since = as_times(rows["customer_id"].map(held["segment_since"]))
    stays = previous.eq(decided["behaviour_segment"]) & since.notna()
    found = decided.assign(
        customer_id=rows["customer_id"],
        week_start=week,
        value_tier=value_tiers(rows["arr"], policy.value_tiers),
        previous_segment=previous,
        segment_since=since.where(stays, pd.Timestamp(week)),
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
        if unknown:
            is_open |= passed & rule.mask_may_fit(rows, unknown).to_numpy()
        if holding:
            is_held |= passed & rule.mask_may_fit(rows, holding).to_numpy()
    names, words, values = (np.full(len(rows), text, dtype=object) for text in ("", "", "{}"))
    for number in np.unique(place):
        mine = place == number
        names[mine] = rules[number].segment
        words[mine], values[mine] = _told(rows, mine, rules[number])
    stays = is_held & previous.notna().to_numpy()
    names = np.where(stays, previous, names)
    if (unsure := is_open | stays).any():
        because = _caveats(unsure, gone)
        said = words[unsure] + "; " + because
        words[unsure] = np.where(stays[unsure], "as the week before: " + because, said)
    return pd.DataFrame(
        {
            "behaviour_segment": names, "reason": words, "rule_number": place + 1,
            "rule_values": values,
        },
        index=rows.index,
    )  # fmt: skip


def _with_what_ended(
    decided: pd.DataFrame,
    rows: pd.DataFrame,
    previous: "pd.Series[Any]",
    reasons: "pd.Series[Any]",
    rules: Sequence[SegmentRule],
) -> list[str]:
    """Reasons; of who is only left over since this week, with what no longer puts it elsewhere."""
    said = decided["reason"].tolist()
    left_over = decided["rule_number"].eq(len(rules)) & previous.notna()
    moved = left_over & previous.ne(decided["behaviour_segment"])
    by_name = {rule.segment: rule for rule in reversed(rules)}
    wanted = list(dict.fromkeys(c.metric for rule in rules for c in rule.all))
    for place, row in zip(
        np.flatnonzero(moved), records(rows.reindex(columns=wanted)[moved]), strict=True
    ):
        was = previous.iloc[place]
        needed = by_name[was].all if was in by_name else []
        gone = [c.in_words(row) for c in needed if pd.notna(row[c.metric]) and not c.fits(row)]
        # What was so is one part of the reason: none of it is read as what is so.
        once = str(reasons.iloc[place]).replace("; ", ", and ")
        said[place] += f"; no longer {was}: {'; '.join(gone)}" if gone else f"; before: {once}"
    return said


def _told(
    rows: pd.DataFrame, mine: "np.ndarray[Any, Any]", rule: SegmentRule
) -> tuple[list[str], list[str]]:
    """Reasons in words and values as JSON, of the rows (``mine``) that the rule fits."""
    n = int(mine.sum())
    if not rule.conditions:
        return ["none of the other rules fits"] * n, ["{}"] * n
    words: list[dict[str, None]] = [{} for _ in range(n)]
    values: list[dict[str, None]] = [{} for _ in range(n)]
    for condition in rule.conditions:
        metric = condition.metric
        if metric not in rows.columns:
            continue
        # Condition by condition: each value is put into words once, not once a customer.
        found = rows[[metric]][mine]
        fits = condition.mask(found).to_numpy()
        said = {
            value: (condition.in_words({metric: value}), json.dumps({metric: _plain(value)})[1:-1])
            for value in found[metric][fits].unique()
        }
        for place, value in zip(np.flatnonzero(fits), found[metric][fits], strict=True):
            word, pair = said[value]
            words[place][word] = values[place][pair] = None
    return ["; ".join(one) for one in words], ["{" + ", ".join(one) + "}" for one in values]


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
    """Whose metrics are not known, by metric, of those that somebody's are not."""
    found: dict[str, pd.Series[bool]] = {}
    for feed, mask in feeds.items():
        for metric in HIDDEN[feed] if mask.any() else ():
            found[metric] = found[metric] | mask if metric in found else mask
    return found


def _caveats(unsure: "np.ndarray[Any, Any]", gone: Mapping[str, "pd.Series[bool]"]) -> Any:
    """What is not all there, of the customers that are ``unsure``."""
    masks = [(feed, mask.to_numpy()[unsure]) for feed, mask in gone.items()]
    told = [
        " and ".join(feed for feed, mask in masks if mask[place]) + " are not all there"
        for place in range(int(unsure.sum()))
    ]
    return np.array(told, dtype=object)


def value_tiers(arr: "pd.Series[Any]", tiers: ValueTiers) -> Any:
    """By annual recurring revenue; unknown is no tier."""
    amounts = arr.astype(float).to_numpy()
    is_known = ~np.isnan(amounts)
    cases = [~is_known, amounts >= tiers.high_from, amounts >= tiers.medium_from]
    return np.select(cases, ["Unknown", "High", "Medium"], "Low").astype(object)

"""What peers reach: published benchmarks whose level fits what customers of the tenant reach."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from cs_assets.sample.clock import LAST_DAY, REPORTED_WEEK
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import Customer

Rows = list[dict[str, Any]]

ALL_INDUSTRIES, ALL_SIZES = "All industries", "All sizes"
_PERCENTILES = (25, 50, 75)
_MEDIAN = (50,)
#: Share of the peers in each size; what grows with size is published by size.
_SIZES = {"Enterprise": 0.2, "Mid-Market": 0.45, "Small Business": 0.35}
_OF_SIZE = ("conversions_per_week", "conversion_value_per_week")


@dataclass(frozen=True)
class _Quarter:
    """A published quarter: its level to the newest, and which percentiles it has."""

    level: float
    of_all: tuple[int, ...]
    by_size: tuple[int, ...]
    """Of what grows with size, by size; without any it is published for all sizes together."""


_QUARTERS = (
    _Quarter(1.0, _PERCENTILES, _PERCENTILES),
    _Quarter(0.97, _PERCENTILES, _MEDIAN),
    _Quarter(0.95, _MEDIAN, ()),
    _Quarter(0.98, _MEDIAN, _MEDIAN),
)
#: So many customers of an industry make its level as much their own as that of all.
_PULL = 4
#: Distinct customers in each peer group. One group is too small to be shown.
_PEERS = {
    "Municipal Government": 41,
    "Public Utilities": 27,
    "Education": 23,
    "Healthcare": 19,
    "Financial Services": 14,
    "Manufacturing": 16,
    "Transportation": 12,
    "Retail": 9,
    "Nonprofit": 4,
}


def benchmarks(
    company: Sequence[Customer],
    conversion_rows: Rows,
    engagement_rows: Rows,
    last_day: dt.date = LAST_DAY,
) -> Rows:
    """500 published benchmarks, of the four quarters that were over by ``last_day``.

    An industry's level is that of all customers, pulled towards that of its own.
    """
    measured = _measured(company, conversion_rows, engagement_rows)
    by_key = {c.customer_id: c for c in company}
    rows: Rows = []
    for number, (first, last) in enumerate(_quarters(last_day)):
        quarter = _QUARTERS[number]
        is_oldest = number == len(_QUARTERS) - 1
        for industry in (ALL_INDUSTRIES, *_PEERS):
            draw = stream("benchmarks", industry)
            for metric, values in measured.items():
                factor = quarter.level * draw.uniform(0.95, 1.05)
                by_size = metric in _OF_SIZE and not is_oldest
                shown = quarter.by_size if by_size else quarter.of_all
                for size in _SIZES if by_size else (ALL_SIZES,):
                    peers = {
                        key: value
                        for key, value in values.items()
                        if size in (ALL_SIZES, by_key[key].segment)
                    }
                    peers = peers if len(peers) >= len(_PERCENTILES) else values
                    own = [v for key, v in peers.items() if by_key[key].industry == industry]
                    level = factor * _level(own, list(peers.values()))
                    bands = quantiles(peers.values(), n=4)
                    rows += [
                        {
                            "industry_vertical": industry,
                            "customer_segment": size,
                            "metric_name": metric,
                            "metric_value": round(bands[_PERCENTILES.index(rank)] * level, 2),
                            "percentile_rank": rank,
                            "peer_count": _peers_of(industry, size),
                            "period_start": first,
                            "period_end": last,
                        }
                        for rank in shown
                    ]
    return rows


def _peers_of(industry: str, size: str) -> int:
    whole = sum(_PEERS.values()) if industry == ALL_INDUSTRIES else _PEERS[industry]
    return whole if size == ALL_SIZES else round(whole * _SIZES[size])


def _quarters(last_day: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First and last day of the four calendar quarters before ``last_day``, newest first."""
    first = dt.date(last_day.year, 3 * ((last_day.month - 1) // 3) + 1, 1)
    found = []
    for _ in _QUARTERS:
        last = first - dt.timedelta(days=1)
        first = dt.date(last.year, last.month - 2, 1)
        found.append((first, last))
    return found


def _level(own: list[float], every: list[float]) -> float:
    """How the industry's own customers stand to all, weighed by how many they are."""
    if not own:
        return 1.0
    ratio = max(median(own), 1e-9) / median(every)
    return math.exp(math.log(ratio) * len(own) / (len(own) + _PULL))


def _measured(
    company: Sequence[Customer], conversion_rows: Rows, engagement_rows: Rows
) -> dict[str, dict[str, float]]:
    """Each metric's value of each customer that has been there for the whole last quarter."""
    since = REPORTED_WEEK - dt.timedelta(weeks=12)
    weeks = ((LAST_DAY - since).days + 1) / 7
    there = [c.customer_id for c in company if c.since < since - dt.timedelta(weeks=8)]
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in conversion_rows:
        if row["conversion_date"] >= since:
            sums[row["customer_id"]]["conversions"] += 1
            sums[row["customer_id"]]["value"] += float(row["conversion_value"])
    for row in engagement_rows:
        if row["engagement_date"] >= since:
            mine = sums[row["customer_id"]]
            mine["sent"] += row["messages_sent"]
            mine["opened"] += row["messages_opened"]
            mine["clicked"] += row["messages_clicked"]
            mine["score"] += row["engagement_score"]
            mine["rows"] += 1
    every = {key: sums[key] for key in there if sums[key]["rows"]}
    return {
        "open_rate": {key: 100 * one["opened"] / one["sent"] for key, one in every.items()},
        "click_rate": {key: 100 * one["clicked"] / one["sent"] for key, one in every.items()},
        "engagement_score": {key: one["score"] / one["rows"] for key, one in every.items()},
        "conversions_per_week": {key: one["conversions"] / weeks for key, one in every.items()},
        "conversion_value_per_week": {key: one["value"] / weeks for key, one in every.items()},
    }

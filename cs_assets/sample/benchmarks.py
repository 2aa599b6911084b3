"""What peers reach: published benchmarks whose level fits what customers of the tenant reach."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from cs_assets.sample.clock import LAST_DAY, REPORTED_WEEK
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import Customer

Rows = list[dict[str, Any]]

ALL_INDUSTRIES = "All industries"
_PERCENTILES = (25, 50, 75)
#: How each of the four published quarters stands to the newest; the oldest has medians only.
_LEVEL_OF_QUARTER = (1.0, 0.97, 0.95, 0.98)
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
    industry_of = {c.customer_id: c.industry for c in company}
    quarters = _quarters(last_day)
    rows: Rows = []
    for (first, last), level in zip(quarters, _LEVEL_OF_QUARTER, strict=True):
        for industry in (ALL_INDUSTRIES, *_PEERS):
            draw = stream("benchmarks", industry)
            peers = sum(_PEERS.values()) if industry == ALL_INDUSTRIES else _PEERS[industry]
            for metric, values in measured.items():
                factor = level * draw.uniform(0.95, 1.05)
                if industry != ALL_INDUSTRIES:
                    own = [v for key, v in values.items() if industry_of[key] == industry]
                    factor *= _level(own, list(values.values()))
                bands = quantiles(values.values(), n=4)
                shown = (50,) if first == quarters[-1][0] else _PERCENTILES
                rows += [
                    {
                        "industry_vertical": industry,
                        "metric_name": metric,
                        "metric_value": round(bands[_PERCENTILES.index(percentile)] * factor, 2),
                        "percentile_rank": percentile,
                        "peer_count": peers,
                        "period_start": first,
                        "period_end": last,
                    }
                    for percentile in shown
                ]
    return rows


def _quarters(last_day: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First and last day of the four calendar quarters before ``last_day``, newest first."""
    first = dt.date(last_day.year, 3 * ((last_day.month - 1) // 3) + 1, 1)
    found = []
    for _ in _LEVEL_OF_QUARTER:
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

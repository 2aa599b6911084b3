"""Conversions, touchpoints and engagement of every customer, and what peers reach."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import quantiles
from typing import Any

from cs_assets.sample.clock import ACTIVITY_WEEKS, LAST_DAY, REPORTED_WEEK, weeks_ago
from cs_assets.sample.randomness import shares, stream
from cs_assets.sample.roster import CUSTOMERS, Customer
from cs_assets.sample.truths import (
    DECLINING_CUSTOMER,
    GROWING_CUSTOMER,
    NO_CONVERSIONS_CUSTOMER,
    slope,
)

Rows = list[dict[str, Any]]

CONVERSIONS = 5_000
ATTRIBUTIONS = 8_000
ENGAGEMENT_ROWS = 10_000

_REGIONS_BESIDE_OWN = ("North America", "Asia Pacific", "Europe", "Latin America")
#: Bills go out from July to November; the rest of the year is quiet.
_BUSY_MONTHS = range(7, 12)
_QUIET = 0.25
_STEADY = (DECLINING_CUSTOMER, GROWING_CUSTOMER)


def conversions() -> Rows:
    """5,000 conversions; each customer but one has some in the reported week."""
    converting = [c for c in CUSTOMERS if c.customer_id != NO_CONVERSIONS_CUSTOMER]
    weights = [_week_weights(customer) for customer in converting]
    totals = shares(stream("conversion totals"), [sum(w) for w in weights], CONVERSIONS)
    rows: Rows = []
    for customer, by_week, total in zip(converting, weights, totals, strict=True):
        draw = stream("conversions", customer.customer_id)
        typical = draw.uniform(90, 420) * (2.2 if customer.segment == "Enterprise" else 1.0)
        for week, count in zip(ACTIVITY_WEEKS, _spread(draw, by_week, total), strict=True):
            rows += [_conversion(draw, customer, week, typical) for _ in range(count)]
    rows.sort(key=lambda row: (row["conversion_date"], row["customer_id"]))
    return [{"conversion_id": f"CONV_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _week_weights(customer: Customer) -> list[float]:
    draw = stream("conversion weeks", customer.customer_id)
    found = []
    for week in ACTIVITY_WEEKS:
        steady = customer.customer_id in _STEADY or week.month in _BUSY_MONTHS
        noise = (
            draw.uniform(0.85, 1.15) if customer.customer_id in _STEADY else draw.uniform(0.5, 1.5)
        )
        norm = customer.weekly_conversions * (1.0 if steady else _QUIET)
        found.append(norm * noise * slope(customer.customer_id, weeks_ago(week)))
    return found


def _spread(draw: random.Random, weights: Sequence[float], total: int) -> list[int]:
    """``total`` over the weeks by rounding the running sum; the last week is never empty."""
    scale, offset = total / sum(weights), draw.random()
    counts, running, given = [], 0.0, 0
    for weight in weights:
        running += weight * scale
        upto = min(total, int(running + offset))
        counts.append(upto - given)
        given = upto
    counts[-1] += total - given
    if counts[-1] == 0:
        busiest = max(range(len(counts)), key=lambda i: counts[i])
        counts[busiest] -= 1
        counts[-1] += 1
    return counts


def _conversion(
    draw: random.Random, customer: Customer, week: dt.date, typical: float
) -> dict[str, Any]:
    channel_weights = [3.0, *[1.6] * (len(customer.channels) - 1)]
    own_region = draw.random() < 0.86
    return {
        "customer_id": customer.customer_id,
        "conversion_date": week + dt.timedelta(days=_weekday(draw)),
        "channel": draw.choices(customer.channels, channel_weights)[0],
        "conversion_value": Decimal(round(100 * typical * draw.lognormvariate(0, 0.45))) / 100,
        "region": customer.region if own_region else draw.choice(_REGIONS_BESIDE_OWN),
        "industry": customer.industry,
    }


def _weekday(draw: random.Random) -> int:
    return draw.choices(range(7), (5, 6, 6, 6, 5, 2, 1))[0]


def attributions(conversion_rows: Rows) -> Rows:
    """8,000 touchpoints: each conversion's value is shared by one to three of them, to the cent."""
    draw = stream("attributions")
    channels = {c.customer_id: c.channels for c in CUSTOMERS}
    numbers = [1] * 2_500 + [2] * 2_000 + [3] * 500
    draw.shuffle(numbers)
    rows: Rows = []
    for conversion, number in zip(conversion_rows, numbers, strict=True):
        rows += _touchpoints(draw, conversion, number, channels[conversion["customer_id"]])
    rows.sort(key=lambda row: (row["touchpoint_date"], row["customer_id"]))
    return [{"attribution_id": f"ATTR_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _touchpoints(
    draw: random.Random, conversion: dict[str, Any], number: int, channels: Sequence[str]
) -> Rows:
    hundredths = shares(draw, [draw.uniform(1, 3) for _ in range(number)], 100)
    cents = shares(draw, hundredths, int(conversion["conversion_value"] * 100))
    rows: Rows = []
    for position in range(number):
        last = position == number - 1
        before = draw.randrange(0, 2) if last else draw.randrange(1, 9)
        rows.append(
            {
                "customer_id": conversion["customer_id"],
                "touchpoint_date": conversion["conversion_date"] - dt.timedelta(days=before),
                "channel": conversion["channel"] if last else draw.choice(channels),
                "attribution_weight": hundredths[position] / 100,
                "attributed_revenue": Decimal(cents[position]) / 100,
            }
        )
    return rows


#: Typical share of messages opened, and of opened ones clicked, by channel.
_RATES = {
    "email": (0.27, 0.14),
    "sms": (0.82, 0.09),
    "push": (0.11, 0.22),
    "web": (0.36, 0.10),
    "social": (0.07, 0.18),
}
_AUDIENCE = {"Enterprise": 9_000, "Mid-Market": 3_200, "Small Business": 900}


def engagement() -> Rows:
    """10,000 rows: one send a week on each of a customer's channels, some early ones missed."""
    cells = [
        (week, c, channel) for week in ACTIVITY_WEEKS for c in CUSTOMERS for channel in c.channels
    ]
    early = [i for i, (week, _, _) in enumerate(cells) if weeks_ago(week) >= 40]
    missed = set(stream("missed sends").sample(early, len(cells) - ENGAGEMENT_ROWS))
    streams = {c.customer_id: stream("engagement", c.customer_id) for c in CUSTOMERS}
    quality = {c.customer_id: streams[c.customer_id].uniform(0.8, 1.2) for c in CUSTOMERS}
    return [
        {
            "engagement_id": f"ENG_{i:06d}",
            **_sent(streams[c.customer_id], c, week, channel, quality[c.customer_id]),
        }
        for i, (week, c, channel) in enumerate(
            (cell for number, cell in enumerate(cells) if number not in missed), start=1
        )
    ]


def _sent(
    draw: random.Random, customer: Customer, week: dt.date, channel: str, quality: float
) -> dict[str, Any]:
    # Who declines loses opens faster than sends; who grows gains sends and a few opens.
    course = slope(customer.customer_id, weeks_ago(week))
    opening, clicking = _RATES[channel]
    sent = round(_AUDIENCE[customer.segment] * draw.uniform(0.85, 1.15) * (0.4 + 0.6 * course))
    attention = quality * draw.uniform(0.93, 1.07) * course ** (0.6 if course < 1 else 0.2)
    opened = round(sent * min(0.97, opening * attention))
    clicked = round(opened * min(0.9, clicking * draw.uniform(0.9, 1.1) * course**0.2))
    return {
        "customer_id": customer.customer_id,
        "engagement_date": week + dt.timedelta(days=_weekday(draw)),
        "channel": channel,
        "messages_sent": sent,
        "messages_opened": opened,
        "messages_clicked": clicked,
        "engagement_score": round(min(100.0, 60 * attention + draw.uniform(-3, 3)), 1),
    }


ALL_INDUSTRIES = "All industries"
_PERCENTILES = (25, 50, 75)
_METRICS = (
    "open_rate",
    "click_rate",
    "engagement_score",
    "conversions_per_week",
    "conversion_value_per_week",
)
#: Last days of the published quarters, newest first. The oldest was published as medians only.
_QUARTERS = (
    (dt.date(2026, 7, 1), dt.date(2026, 9, 30)),
    (dt.date(2026, 4, 1), dt.date(2026, 6, 30)),
    (dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    (dt.date(2025, 10, 1), dt.date(2025, 12, 31)),
)
_LEVEL_OF_QUARTER = (1.0, 0.97, 0.95, 0.98)
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


def benchmarks(conversion_rows: Rows, engagement_rows: Rows) -> Rows:
    """500 published benchmarks whose level fits what the tenant's own customers reach."""
    measured = _measured(conversion_rows, engagement_rows)
    rows: Rows = []
    for (first, last), level in zip(_QUARTERS, _LEVEL_OF_QUARTER, strict=True):
        for industry in (ALL_INDUSTRIES, *_PEERS):
            draw = stream("benchmarks", industry)
            peers = sum(_PEERS.values()) if industry == ALL_INDUSTRIES else _PEERS[industry]
            for metric in _METRICS:
                factor = 1.0 if industry == ALL_INDUSTRIES else draw.uniform(0.88, 1.12)
                bands = dict(zip(_PERCENTILES, quantiles(measured[metric], n=4), strict=True))
                shown = (50,) if (first, last) == _QUARTERS[-1] else _PERCENTILES
                rows += [
                    {
                        "industry_vertical": industry,
                        "metric_name": metric,
                        "metric_value": round(bands[percentile] * factor * level, 2),
                        "percentile_rank": percentile,
                        "peer_count": peers,
                        "period_start": first,
                        "period_end": last,
                    }
                    for percentile in shown
                ]
    return rows


def _measured(conversion_rows: Rows, engagement_rows: Rows) -> dict[str, list[float]]:
    """Each metric's value for each customer over the last quarter, reported week included."""
    since = REPORTED_WEEK - dt.timedelta(weeks=12)
    weeks = ((LAST_DAY - since).days + 1) / 7
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
    every = list(sums.values())
    return {
        "open_rate": [100 * mine["opened"] / mine["sent"] for mine in every],
        "click_rate": [100 * mine["clicked"] / mine["sent"] for mine in every],
        "engagement_score": [mine["score"] / mine["rows"] for mine in every],
        "conversions_per_week": [mine["conversions"] / weeks for mine in every],
        "conversion_value_per_week": [mine["value"] / weeks for mine in every],
    }

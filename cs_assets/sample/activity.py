"""Conversions, touchpoints and engagement of every customer."""

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cs_assets.sample.clock import ACTIVITY_WEEKS, place, weeks_ago
from cs_assets.sample.lives import FIRST_CAMPAIGN_WEEKS, Life, life
from cs_assets.sample.randomness import shares, stream
from cs_assets.sample.roster import Customer
from cs_assets.sample.truths import (
    DECLINING_CUSTOMER,
    DORMANT_WEEKS,
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
#: What a conversion of an Enterprise customer is worth, against one of the others.
_LARGER = 1.5


def conversions(company: Sequence[Customer], total: int = CONVERSIONS) -> Rows:
    """``total`` conversions of customers under contract; all but two have some in the last week."""
    weights = {
        customer: by_week
        for customer in company
        if customer.customer_id != NO_CONVERSIONS_CUSTOMER
        and any(by_week := _week_weights(life(customer)))
    }
    totals = shares(stream("conversion totals"), [sum(w) for w in weights.values()], total)
    rows: Rows = []
    for (customer, by_week), number in zip(weights.items(), totals, strict=True):
        draw = stream("conversions", customer.customer_id)
        typical = draw.uniform(140, 320) * (_LARGER if customer.segment == "Enterprise" else 1.0)
        for week, count in zip(ACTIVITY_WEEKS, _spread(draw, by_week, number), strict=True):
            rows += [_conversion(draw, customer, week, typical) for _ in range(count)]
    rows.sort(key=lambda row: (row["conversion_date"], row["customer_id"]))
    return [{"conversion_id": f"CONV_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _week_weights(lived: Life) -> list[float]:
    """How many conversions a week is good for; none before the first campaign."""
    customer = lived.customer
    draw = stream("conversion weeks", customer.customer_id)
    planted = customer.customer_id in _STEADY
    found = []
    for week in ACTIVITY_WEEKS:
        noise = draw.uniform(0.85, 1.15) if planted else draw.uniform(0.5, 1.5)
        if planted:
            norm = slope(customer.customer_id, weeks_ago(week))
        else:
            norm = _outcome(lived, week) * (1.0 if week.month in _BUSY_MONTHS else _QUIET)
        found.append(customer.weekly_conversions * noise * norm)
    return found


def _outcome(lived: Life, week: dt.date) -> float:
    """Campaigns convert where people work with the product: by the square root of vitality."""
    if not _campaigning(lived, week) or lived.customer.course == "onboarding":
        return 0.0
    return float(lived.vitality[place(week)] ** 0.5)


def _campaigning(lived: Life, week: dt.date) -> bool:
    first = lived.customer.since + dt.timedelta(weeks=FIRST_CAMPAIGN_WEEKS)
    asleep = lived.customer.course == "dormant" and weeks_ago(week) < DORMANT_WEEKS
    return week >= first and not asleep


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
    if counts[-1] == 0 and weights[-1] > 0:
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


def attributions(company: Sequence[Customer], conversion_rows: Rows) -> Rows:
    """Eight touchpoints for five conversions: a conversion's value is shared by one to three."""
    draw = stream("attributions")
    by_id = {c.customer_id: c for c in company}
    several, many = 2 * len(conversion_rows) // 5, len(conversion_rows) // 10
    numbers = [1] * (len(conversion_rows) - several - many) + [2] * several + [3] * many
    draw.shuffle(numbers)
    rows: Rows = []
    for conversion, number in zip(conversion_rows, numbers, strict=True):
        rows += _touchpoints(draw, conversion, number, by_id[conversion["customer_id"]])
    rows.sort(key=lambda row: (row["touchpoint_date"], row["customer_id"]))
    return [{"attribution_id": f"ATTR_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _touchpoints(
    draw: random.Random, conversion: dict[str, Any], number: int, customer: Customer
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
                "touchpoint_date": max(
                    customer.since, conversion["conversion_date"] - dt.timedelta(days=before)
                ),
                "channel": conversion["channel"] if last else draw.choice(customer.channels),
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


def engagement(company: Sequence[Customer], total: int | None = ENGAGEMENT_ROWS) -> Rows:
    """One send a week on each channel of customers under contract; of old ones some are missed."""
    lives = {c.customer_id: life(c) for c in company}
    cells = [
        (week, c, channel)
        for week in ACTIVITY_WEEKS
        for c in company
        if _campaigning(lives[c.customer_id], week)
        for channel in c.channels
    ]
    early = [i for i, (week, _, _) in enumerate(cells) if weeks_ago(week) >= 40]
    surplus = 0 if total is None else len(cells) - total
    missed = set(stream("missed sends").sample(early, surplus))
    streams = {c.customer_id: stream("engagement", c.customer_id) for c in company}
    quality = {
        c.customer_id: streams[c.customer_id].uniform(*lives[c.customer_id].nature.attention)
        for c in company
    }
    return [
        {
            "engagement_id": f"ENG_{i:06d}",
            **_sent(streams[c.customer_id], lives[c.customer_id], week, channel, quality),
        }
        for i, (week, c, channel) in enumerate(
            (cell for number, cell in enumerate(cells) if number not in missed), start=1
        )
    ]


def _sent(
    draw: random.Random, lived: Life, week: dt.date, channel: str, quality: dict[str, float]
) -> dict[str, Any]:
    # Who declines loses opens faster than sends; who grows gains sends and a few opens.
    customer = lived.customer
    course = slope(customer.customer_id, weeks_ago(week))
    if customer.customer_id not in _STEADY:  # readers turn away later, and less, than users
        course = min(1.2, lived.vitality[place(week)]) ** 0.35
    opening, clicking = _RATES[channel]
    sent = round(_AUDIENCE[customer.segment] * draw.uniform(0.85, 1.15) * (0.4 + 0.6 * course))
    attention = quality[customer.customer_id] * draw.uniform(0.93, 1.07)
    attention *= course ** (0.6 if course < 1 else 0.2)
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

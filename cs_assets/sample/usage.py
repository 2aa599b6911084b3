"""How much people use the modules they have: by week for half a year, by quarter for three."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

from cs_assets.sample.clock import HISTORY_WEEKS, QUARTER_WEEKS, USAGE_WEEKS, place, weeks_ago
from cs_assets.sample.contracts import seats
from cs_assets.sample.lives import Life, Owned
from cs_assets.sample.randomness import stream
from cs_assets.sample.truths import COLLAPSE_WEEKS, USAGE_COLLAPSE_CUSTOMER, USAGE_COLLAPSE_MODULE

Rows = list[dict[str, Any]]

#: Weeks from the signature to the first use; until then no use is recorded, which is not zero.
FIRST_USE_WEEKS = 3
#: Of the seats of a module that is hardly used.
_NEGLECTED = (0.05, 0.24)


def module_usage(lives: Sequence[Life]) -> Rows:
    """Use by week of every module while it was under contract; weeks without use are zeros."""
    rows: Rows = []
    for lived in lives:
        if lived.customer.course == "onboarding":
            continue
        for module in lived.modules:
            rows += _module_weeks(lived, module)
    rows.sort(key=lambda row: (row["week_start"], row["customer_id"], row["module_code"]))
    return rows


def _module_weeks(lived: Life, module: Owned) -> Rows:
    customer = lived.customer
    draw = stream("usage", customer.customer_id, module.code)
    bought = seats(customer, module.code)
    depth, share = _habits(lived, module, draw)
    last_used: dt.date | None = None
    rows: Rows = []
    for week in USAGE_WEEKS:
        if not _in_use(lived, module, week):
            continue
        course = _course(lived, module, week)
        users = min(bought, round(bought * share * course * draw.uniform(0.93, 1.07)))
        actions = round(users * depth * draw.uniform(0.85, 1.15))
        if users:
            last_used = week + dt.timedelta(days=_last_working_day(draw))
        rows.append(
            {
                "customer_id": customer.customer_id,
                "module_code": module.code,
                "week_start": week,
                "active_users": users,
                "key_actions": actions,
                "last_used_on": last_used,
            }
        )
    return rows


def _habits(lived: Life, module: Owned, draw: random.Random) -> tuple[float, float]:
    """Key actions of a user in a week, and the share of seats in use at the customer's norm."""
    depth = draw.uniform(7, 22)
    share = draw.uniform(*lived.nature.adoption)
    neglected = draw.random() < lived.nature.neglected
    if neglected and module.code != lived.customer.modules[0]:
        share = min(share, draw.uniform(*_NEGLECTED))
    return depth, share


def _in_use(lived: Life, module: Owned, week: dt.date) -> bool:
    first = module.since + dt.timedelta(weeks=FIRST_USE_WEEKS)
    end = module.until or lived.ended_on
    return week >= first and (end is None or week + dt.timedelta(days=6) < end)


def _course(lived: Life, module: Owned, week: dt.date) -> float:
    """How use stands to its norm in ``week``."""
    customer_id = lived.customer.customer_id
    if customer_id == USAGE_COLLAPSE_CUSTOMER and module.code == USAGE_COLLAPSE_MODULE:
        return 0.06 if weeks_ago(week) < COLLAPSE_WEEKS else 1.0
    return lived.vitality[place(week)]


def _last_working_day(draw: random.Random) -> int:
    return draw.choices(range(5), (1, 1, 1, 3, 8))[0]


def usage_quarters(lives: Sequence[Life], weekly: Rows) -> Rows:
    """Use by quarter of 13 weeks, the newest from the weeks that are there."""
    by_module: dict[tuple[str, str], Rows] = {}
    for row in weekly:
        by_module.setdefault((row["customer_id"], row["module_code"]), []).append(row)
    rows: Rows = []
    for lived in lives:
        for module in lived.modules:
            key = (lived.customer.customer_id, module.code)
            rows += _module_quarters(lived, module, by_module.get(key, []))
    rows.sort(key=lambda row: (row["period_end"], row["customer_id"], row["module_code"]))
    return rows


def _module_quarters(lived: Life, module: Owned, weekly: Rows) -> Iterator[dict[str, Any]]:
    depth, share = _habits(lived, module, stream("usage", lived.customer.customer_id, module.code))
    draw = stream("usage quarters", lived.customer.customer_id, module.code)
    bought = seats(lived.customer, module.code)
    if lived.customer.course == "onboarding":
        return
    for first in range(0, len(HISTORY_WEEKS), QUARTER_WEEKS):
        weeks = [
            w for w in HISTORY_WEEKS[first : first + QUARTER_WEEKS] if _in_use(lived, module, w)
        ]
        if not weeks:
            continue
        mine = [row for row in weekly if row["week_start"] in weeks]
        if len(mine) == len(weeks):
            users = sum(row["active_users"] for row in mine) / len(weeks)
            actions = sum(row["key_actions"] for row in mine)
        else:
            course = sum(_course(lived, module, week) for week in weeks) / len(weeks)
            users = min(bought, bought * share * course * draw.uniform(0.97, 1.03))
            actions = round(users * depth * draw.uniform(0.95, 1.05) * len(weeks))
        yield {
            "customer_id": lived.customer.customer_id,
            "module_code": module.code,
            "period_end": HISTORY_WEEKS[first + QUARTER_WEEKS - 1] + dt.timedelta(days=6),
            "weeks": len(weeks),
            "contracted_seats": bought,
            "active_users": round(users, 1),
            "key_actions": actions,
        }

"""What customers bought, module by module, and how much their people use it."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from cs_assets.sample.clock import REPORTED_WEEK, USAGE_WEEKS, weeks_ago
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CUSTOMERS, Customer
from cs_assets.sample.truths import (
    COLLAPSE_WEEKS,
    DECLINING_CUSTOMER,
    GROWING_CUSTOMER,
    USAGE_COLLAPSE_CUSTOMER,
    USAGE_COLLAPSE_MODULE,
    slope,
)

Rows = list[dict[str, Any]]

#: List price a year in USD by segment, for a module of average size.
_PRICE = {"Enterprise": 48_000, "Mid-Market": 18_000, "Small Business": 5_400}
_MODULE_WEIGHT = {"GL": 1.0, "AP": 0.8, "AR": 0.7, "CR": 0.5}
_SEATS = {"Enterprise": 60, "Mid-Market": 22, "Small Business": 6}
_EMPLOYEES = {"Enterprise": 2_400, "Mid-Market": 420, "Small Business": 55}

#: Still being set up: no use has been recorded yet, which is not the same as zero.
ONBOARDING_CUSTOMERS = ("CUST_41367", "CUST_11254")
#: Gave a module back: it stays in the contract table as cancelled.
_CANCELLED = {
    ("CUST_23456", "CR"): dt.date(2026, 8, 31),
    ("CUST_30755", "AP"): dt.date(2026, 3, 31),
    ("CUST_40567", "AR"): dt.date(2026, 6, 30),
}

_GOALS = (
    "Close the month in five working days instead of nine",
    "Raise the share of invoices paid online to 60 percent",
    "Cut overdue receivables by a quarter before the fiscal year ends",
    "Approve supplier invoices without paper in every department",
    "Reach residents by text message before a bill becomes overdue",
    "One view of cash across all departments, updated daily",
)


def customers() -> Rows:
    """One row per customer; its revenue is the sum of its active modules."""
    revenue: dict[str, Decimal] = {}
    for product in products():
        if product["status"] == "active":
            key = product["customer_id"]
            revenue[key] = revenue.get(key, Decimal(0)) + product["annual_price"]
    return [_customer(customer, revenue[customer.customer_id]) for customer in CUSTOMERS]


def _customer(customer: Customer, revenue: Decimal) -> dict[str, Any]:
    draw = stream("customer row", customer.customer_id)
    new = customer.customer_id in ONBOARDING_CUSTOMERS
    start = _first_purchase(customer)
    renewal = start.replace(year=2027 if (start.month, start.day) <= (11, 15) else 2026)
    in_renewal = (renewal - REPORTED_WEEK).days <= 120
    return {
        "customer_id": customer.customer_id,
        "customer_name": customer.name,
        "industry": customer.industry,
        "segment": customer.segment,
        "region": customer.region,
        "country": customer.country,
        "employee_count": round(_EMPLOYEES[customer.segment] * draw.uniform(0.5, 1.9)),
        "arr": revenue,
        "contract_start": start,
        "renewal_date": renewal,
        "lifecycle_stage": "onboarding" if new else "renewal" if in_renewal else "steady",
        "goal": None if draw.random() < 0.1 else draw.choice(_GOALS),
        "company_domain": customer.domain,
    }


def _first_purchase(customer: Customer) -> dt.date:
    draw = stream("first purchase", customer.customer_id)
    if customer.customer_id in ONBOARDING_CUSTOMERS:
        return dt.date(2026, 9, 1) + dt.timedelta(days=draw.randrange(30))
    return dt.date(2019, 1, 1) + dt.timedelta(days=draw.randrange(2_000))


def csm_assignments() -> Rows:
    """Each customer's CSM today."""
    return [
        {
            "customer_id": c.customer_id,
            "csm_id": c.csm_id,
            "assigned_on": _first_purchase(c) + dt.timedelta(days=45),
        }
        for c in CUSTOMERS
    ]


def products() -> Rows:
    """One row per customer and module, cancelled ones included."""
    rows: Rows = []
    for customer in CUSTOMERS:
        rows += [_product(customer, module, None) for module in customer.modules]
        rows += [
            _product(customer, module, cancelled_on)
            for (customer_id, module), cancelled_on in _CANCELLED.items()
            if customer_id == customer.customer_id
        ]
    return rows


def _product(customer: Customer, module: str, cancelled_on: dt.date | None) -> dict[str, Any]:
    draw = stream("product", customer.customer_id, module)
    later = 0 if module == "GL" else draw.randrange(0, 500)
    purchased = _first_purchase(customer) + dt.timedelta(days=later)
    if customer.customer_id in ONBOARDING_CUSTOMERS:
        purchased = _first_purchase(customer)
    price = _PRICE[customer.segment] * _MODULE_WEIGHT[module] * draw.uniform(0.8, 1.3)
    return {
        "customer_id": customer.customer_id,
        "module_code": module,
        "purchased_on": purchased,
        "status": "cancelled" if cancelled_on else "active",
        "contracted_seats": _seats(customer, module),
        "annual_price": Decimal(round(price / 50) * 50),
        "cancelled_on": cancelled_on,
    }


def _seats(customer: Customer, module: str) -> int:
    draw = stream("seats", customer.customer_id, module)
    return max(2, round(_SEATS[customer.segment] * _MODULE_WEIGHT[module] * draw.uniform(0.7, 1.4)))


def module_usage() -> Rows:
    """26 weeks of use for every active module; weeks without use are rows with zero."""
    rows: Rows = []
    for customer in CUSTOMERS:
        if customer.customer_id in ONBOARDING_CUSTOMERS:
            continue
        for module in customer.modules:
            rows += _module_weeks(customer, module)
    rows.sort(key=lambda row: (row["week_start"], row["customer_id"], row["module_code"]))
    return rows


def _module_weeks(customer: Customer, module: str) -> Rows:
    draw = stream("usage", customer.customer_id, module)
    seats = _seats(customer, module)
    depth = draw.uniform(7, 22)
    adoption = draw.uniform(0.45, 0.85)
    if customer.customer_id == USAGE_COLLAPSE_CUSTOMER:
        adoption = max(adoption, 0.7)
    last_used: dt.date | None = None
    rows: Rows = []
    for week in USAGE_WEEKS:
        course = _usage_course(customer.customer_id, module, week)
        users = min(seats, round(seats * adoption * course * draw.uniform(0.93, 1.07)))
        actions = round(users * depth * draw.uniform(0.85, 1.15))
        if users:
            last_used = week + dt.timedelta(days=_last_working_day(draw))
        rows.append(
            {
                "customer_id": customer.customer_id,
                "module_code": module,
                "week_start": week,
                "active_users": users,
                "key_actions": actions,
                "last_used_on": last_used,
            }
        )
    return rows


def _usage_course(customer_id: str, module: str, week: dt.date) -> float:
    """How use stands to its norm in ``week``."""
    if customer_id == USAGE_COLLAPSE_CUSTOMER and module == USAGE_COLLAPSE_MODULE:
        return 0.06 if weeks_ago(week) < COLLAPSE_WEEKS else 1.0
    if customer_id in (DECLINING_CUSTOMER, GROWING_CUSTOMER):
        return float(slope(customer_id, weeks_ago(week)) ** 0.4)
    return 1.0


def _last_working_day(draw: random.Random) -> int:
    return draw.choices(range(5), (1, 1, 1, 3, 8))[0]

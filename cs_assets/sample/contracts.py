"""What customers bought and what became of it: customers, modules, contract years, owners."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cs_assets.sample.clock import LAST_DAY
from cs_assets.sample.lives import NEW, Life, Owned, Term, life
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import Customer

Rows = list[dict[str, Any]]

#: List price a year in USD by segment, for a module of average size.
_PRICE = {"Enterprise": 48_000, "Mid-Market": 18_000, "Small Business": 5_400}
_MODULE_WEIGHT = {"GL": 1.0, "AP": 0.8, "AR": 0.7, "CR": 0.5}
_SEATS = {"Enterprise": 60, "Mid-Market": 22, "Small Business": 6}
_EMPLOYEES = {"Enterprise": 2_400, "Mid-Market": 420, "Small Business": 55}
#: Prices rise by so much with each renewal; what was cut when no module was given back.
_UPLIFT, _CUT = 1.03, 0.88
_NOTICE_DAYS = 60

_GOALS = (
    "Close the month in five working days instead of nine",
    "Raise the share of invoices paid online to 60 percent",
    "Cut overdue receivables by a quarter before the fiscal year ends",
    "Approve supplier invoices without paper in every department",
    "Reach residents by text message before a bill becomes overdue",
    "One view of cash across all departments, updated daily",
)


def customers(company: Sequence[Customer]) -> Rows:
    """One row per customer of today; its revenue is the sum of its active modules."""
    return [_customer(life(customer)) for customer in company]


def _customer(lived: Life) -> dict[str, Any]:
    customer = lived.customer
    draw = stream("customer row", customer.customer_id)
    return {
        "customer_id": customer.customer_id,
        "customer_name": customer.name,
        "industry": customer.industry,
        "segment": customer.segment,
        "region": customer.region,
        "country": customer.country,
        "employee_count": round(_EMPLOYEES[customer.segment] * draw.uniform(0.5, 1.9)),
        "arr": revenue(customer),
        "contract_start": customer.since,
        "renewal_date": lived.terms[-1].end,
        "lifecycle_stage": stage(lived),
        "goal": None if draw.random() < 0.1 else draw.choice(_GOALS),
        "company_domain": customer.domain,
        "currency": "USD",
    }


def stage(lived: Life) -> str:
    """Where a customer stands today."""
    if lived.customer.course in NEW:
        return "onboarding"
    return "renewal" if (lived.terms[-1].end - LAST_DAY).days <= 120 else "steady"


def csm_assignments(company: Sequence[Customer]) -> Rows:
    """Each customer's CSM today."""
    return [
        {
            "customer_id": c.customer_id,
            "csm_id": c.csm_id,
            "assigned_on": c.since + dt.timedelta(days=45),
        }
        for c in company
    ]


def products(company: Sequence[Customer]) -> Rows:
    """One row per customer and module, those given back included."""
    return [_product(customer, module) for customer in company for module in life(customer).modules]


def _product(customer: Customer, module: Owned) -> dict[str, Any]:
    return {
        "customer_id": customer.customer_id,
        "module_code": module.code,
        "purchased_on": module.since,
        "status": "cancelled" if module.until else "active",
        "contracted_seats": seats(customer, module.code),
        "annual_price": price(customer, module.code),
        "cancelled_on": module.until,
    }


def price(customer: Customer, module: str) -> Decimal:
    """The price of a module a year, today."""
    draw = stream("product", customer.customer_id, module)
    if module != "GL":
        draw.randrange(0, 500)
    value = _PRICE[customer.segment] * _MODULE_WEIGHT[module] * draw.uniform(0.8, 1.3)
    return Decimal(round(value / 50) * 50)


def revenue(customer: Customer) -> Decimal:
    """What a customer pays a year for the modules that it has."""
    return sum((price(customer, code) for code in customer.modules), Decimal(0))


def seats(customer: Customer, module: str) -> int:
    """The seats of a module under contract."""
    draw = stream("seats", customer.customer_id, module)
    return max(2, round(_SEATS[customer.segment] * _MODULE_WEIGHT[module] * draw.uniform(0.7, 1.4)))


def contract_terms(lives: Sequence[Life]) -> Rows:
    """The contract years of three years, and the one that runs, of customers old and of today."""
    rows: Rows = []
    for lived in lives:
        levels = _levels(lived)
        for number, term in enumerate(lived.terms):
            after = levels[number + 1] if number + 1 < len(levels) else None
            rows.append(_term(lived, term, levels[number], after))
    rows.sort(key=lambda row: (row["term_end"], row["customer_id"]))
    return rows


def _levels(lived: Life) -> list[Decimal]:
    """What each contract year was worth at its end; the running one as of today."""
    found: list[Decimal] = []
    factor = 1.0
    following: Term | None = None
    for term in reversed(lived.terms):
        if following is not None:
            factor /= _UPLIFT
            given_back = any(module.until == term.end for module in lived.modules)
            if term.outcome == "contracted" and not given_back:
                factor /= _CUT
        last_day = LAST_DAY if term.outcome == "open" else term.end - dt.timedelta(days=1)
        owned = [
            price(lived.customer, m.code)
            for m in lived.modules
            if m.since <= last_day and (m.until is None or m.until > last_day)
        ]
        value = float(sum(owned)) * factor
        found.append(Decimal(round(value / 50) * 50) if following else sum(owned, Decimal(0)))
        following = term
    return found[::-1]


def _term(lived: Life, term: Term, value: Decimal, after: Decimal | None) -> dict[str, Any]:
    customer = lived.customer
    return {
        "customer_id": customer.customer_id,
        "customer_name": customer.name,
        "industry": customer.industry,
        "segment": customer.segment,
        "term_start": term.start,
        "term_end": term.end,
        "notice_date": term.end - dt.timedelta(days=_NOTICE_DAYS),
        "arr": value,
        "outcome": term.outcome,
        "decided_on": term.decided_on,
        "renewed_arr": Decimal(0) if term.outcome == "cancelled" else after,
        "reason": term.reason,
    }


def exchange_rates() -> list[dict[str, Any]]:
    """What a unit of a currency is in USD; the company's own money is in USD alone."""
    return [{"currency": "USD", "usd_rate": 1.0, "as_of": LAST_DAY}]

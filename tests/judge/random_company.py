"""A random company of N customers, for figures of judgement: whole source tables that agree.

``random_company(seed, customers)`` draws customers of every course (``cs_assets.sample.lives``:
thriving, solid, middling, slipping, in trouble, rising, dormant, new) with the shares of the sample
tenant, and makes all that the rooms read of them with the sample's own generators: contracts, use,
campaigns, benchmarks, tickets, survey answers, people. Two seeds share nothing; the same seed gives
the same rows. ``Company.course`` tells what was planted, which no room sees.

A company has no calls, no CRM and nobody who waits for a CSM: those tables are empty.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_assets.sample import activity, benchmarks, contracts, feedback, usage
from cs_assets.sample.accounts import csms
from cs_assets.sample.clock import LAST_DAY
from cs_assets.sample.lives import NEW, life
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CSMS, CUSTOMERS, Customer, customer_of
from cs_assets.sample.tables import write_rows
from sql import catalog

Rows = list[dict[str, Any]]

_SEGMENTS = {"Enterprise": 15, "Mid-Market": 27, "Small Business": 20}
_INDUSTRIES = tuple(dict.fromkeys(customer.industry for customer in CUSTOMERS))
#: Courses that only planted customers have, and what random ones have in their place.
_INSTEAD = {"declining": "slipping", "growing": "rising", "collapsing": "solid"}
_MODULES = {"Enterprise": (2, 4), "Mid-Market": (2, 3), "Small Business": (1, 2)}


@dataclass(frozen=True)
class Company:
    """The tables by name without schema, and the course that each customer was drawn with."""

    tables: dict[str, Rows]
    course: dict[str, str]

    def write(self, folder: Path) -> dict[str, int]:
        """Every source table as CSV in ``folder``, also those that are empty; rows by table."""
        source = [t.name for t in catalog.tables().values() if t.schema == "source"]
        return write_rows(folder, {name: self.tables.get(name, []) for name in source})


def random_company(seed: int, customers: int = 200) -> Company:
    """``customers`` customers drawn with ``seed``; sizes grow with their number.

    Conversions are 80 a customer as in the sample, touchpoints eight for five of them.
    """
    people = [_customer(seed, number) for number in range(1, customers + 1)]
    lives = [life(customer) for customer in people]
    converted = activity.conversions(people, 80 * customers)
    sent = activity.engagement(people, None)
    tickets = feedback.support_tickets(lives)
    weekly = usage.module_usage(lives)
    tables: dict[str, Rows] = {
        "attributions": activity.attributions(people, converted),
        "contract_terms": contracts.contract_terms(lives),
        "conversions": converted,
        "csm_assignments": contracts.csm_assignments(people),
        "csms": csms(),
        "customers": contracts.customers(people),
        "historical_engagement": sent,
        "industry_benchmarks": benchmarks.benchmarks(people, converted, sent),
        "module_usage": weekly,
        "products": contracts.products(people),
        "support_tickets": tickets,
        "survey_responses": feedback.survey_responses(lives),
        "usage_quarters": usage.usage_quarters(lives, weekly),
    }
    return Company(tables, {customer.customer_id: customer.course for customer in people})


def _customer(seed: int, number: int) -> Customer:
    draw = stream("random company", seed, number)
    segment = draw.choices(list(_SEGMENTS), list(_SEGMENTS.values()))[0]
    few, many = _MODULES[segment]
    owned = draw.sample(("AP", "AR", "CR"), draw.randint(few, many) - 1)
    course = draw.choice(CUSTOMERS).course
    course = _INSTEAD.get(course, course)
    age = draw.randrange(45, 75) if course in NEW else draw.randrange(150, 2_600)
    csm = draw.choice(CSMS)
    key = f"CUST_S{seed}_{number:05d}"
    return customer_of(
        {
            "customer_id": key,
            "customer_name": f"Company {seed}-{number}",
            "industry": draw.choice(_INDUSTRIES),
            "segment": segment,
            "country": "",
            "csm_id": csm.csm_id,
            "domain": key.lower().replace("_", "-"),
            "modules": " ".join(["GL", *sorted(owned)]),
            "since": (LAST_DAY - dt.timedelta(days=age)).isoformat(),
            "course": course,
        }
    )

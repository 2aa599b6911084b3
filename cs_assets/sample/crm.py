"""Companies, people and deals in the CRM: customers and prospects that reps talk to."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from typing import Any

from cs_assets.sample.clock import CALL_WEEKS, LAST_DAY
from cs_assets.sample.contracts import price, revenue
from cs_assets.sample.handwritten import table
from cs_assets.sample.lives import MODULES, life
from cs_assets.sample.randomness import number_id, stream
from cs_assets.sample.roster import CUSTOMERS, REPS

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Contact:
    contact_id: str
    name: str
    email: str
    title: str


@dataclass(frozen=True)
class Company:
    """A company in the CRM; ``customer_id`` is None for a prospect."""

    company_id: str
    name: str
    domain: str
    industry: str
    region: str
    size: int
    customer_id: str | None
    contacts: tuple[Contact, ...]
    owner_email: str


_TITLES = (
    "Finance Director",
    "Accounts Payable Manager",
    "Controller",
    "Head of IT",
    "Treasurer",
    "Billing Manager",
    "Chief Financial Officer",
    "Procurement Officer",
    "Revenue Supervisor",
)
_PLAIN = str.maketrans("áéíóúãâêôçñüöäå", "aeiouaaeocnuoaa")


@cache
def companies() -> tuple[Company, ...]:
    """Every company, customers first, each with two to four people."""
    reps = [rep.email for rep in REPS]
    pools = {region: cycle(names) for region, names in _people().items()}
    entries: list[tuple[str, str, str, str, str | None]] = [
        (c.name, c.industry, c.region, c.domain, c.customer_id) for c in CUSTOMERS
    ]
    entries += [
        (line["company_name"], line["industry"], line["region"], f"{line['domain']}.example", None)
        for line in table("prospects")
    ]
    found = []
    for position, (name, industry, region, domain, customer_id) in enumerate(entries):
        draw = stream("company", domain)
        titles = draw.sample(_TITLES, draw.choice((2, 3, 3, 4)))
        people = tuple(_contact(next(pools[region]), title, domain) for title in titles)
        found.append(
            Company(
                number_id("company", domain, digits=11),
                name,
                domain,
                industry,
                region,
                draw.randrange(30, 4_000),
                customer_id,
                people,
                reps[position % len(reps)],
            )
        )
    return tuple(found)


@cache
def _people() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in table("people"):
        found.setdefault(line["region"], []).append(line["name"])
    return found


def person_name(region: str, *whose: object) -> str:
    """A name of somebody from ``region`` who is in no other table."""
    names = _people()[region]
    first, last = (stream("person", part, *whose).choice(names) for part in ("first", "last"))
    return f"{first.split()[0]} {last.split()[-1]}"


def _contact(name: str, title: str, domain: str) -> Contact:
    local = name.lower().translate(_PLAIN).replace(" ", ".")
    email = f"{local}@{domain}"
    return Contact(number_id("contact", email, digits=11), name, email, title)


def hubspot_companies() -> Rows:
    return [
        {
            "company_id": company.company_id,
            "company_name": company.name,
            "domain": company.domain,
            "industry": company.industry,
            "employee_count": company.size,
            "customer_id": company.customer_id,
        }
        for company in companies()
    ]


def hubspot_contacts() -> Rows:
    return [
        {
            "contact_id": contact.contact_id,
            "company_id": company.company_id,
            "email": contact.email,
            "full_name": contact.name,
            "job_title": contact.title,
        }
        for company in companies()
        for contact in company.contacts
    ]


_STAGES = ("Discovery", "Demo", "Proposal", "Negotiation", "Closed won", "Closed lost")
_STAGE_WEIGHTS = (3, 3, 3, 4, 2, 1)
_RENEWAL_STAGES = ("Discovery", "Proposal", "Negotiation")
#: Days before its end that the renewal of a contract becomes a deal.
_RENEWAL_DAYS = 120


@cache
def hubspot_deals() -> Rows:
    """One deal for each company, a second one for every fourth."""
    rows: Rows = []
    for position, company in enumerate(companies()):
        for number in range(2 if position % 4 == 0 else 1):
            rows.append(_deal(company, number))
    return rows


def _deal(company: Company, number: int) -> dict[str, Any]:
    """New business of a prospect; of a customer the renewal when it is near, else more of it."""
    draw = stream("deal", company.domain, number)
    stage = draw.choices(_STAGES, _STAGE_WEIGHTS)[0]
    what, amount = "new business", draw.randrange(60, 1_600) * 100
    day = draw.randrange(1, 35)
    closed = stage.startswith("Closed")
    closing = CALL_WEEKS[0] if closed else LAST_DAY
    close_date = closing + dt.timedelta(days=day if closed else 3 * day)
    if company.customer_id is not None:
        customer = next(c for c in CUSTOMERS if c.customer_id == company.customer_id)
        term = life(customer).terms[-1]
        if number == 0 and (term.end - LAST_DAY).days <= _RENEWAL_DAYS:
            what, close_date, amount = "renewal", term.end, int(revenue(customer))
            left = (term.end - LAST_DAY).days
            stage = _RENEWAL_STAGES[2 if left < 40 else 1 if left < 80 else 0]
        else:
            others = [code for code in MODULES if code not in customer.modules]
            module = draw.choice(others) if others else None
            what = f"{module} module" if module else "seat expansion"
            amount = int(price(customer, module)) if module else int(revenue(customer)) // 8
    return {
        "deal_id": number_id("deal", company.domain, number, digits=11),
        "company_id": company.company_id,
        "deal_name": f"{company.name}: {what}",
        "deal_stage": stage,
        "deal_amount": amount,
        "currency": "USD",
        "close_date": close_date,
        "owner_email": company.owner_email,
    }

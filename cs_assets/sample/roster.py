"""Who is in the sample tenant: customers, CSMs, reps. Written by hand, not drawn."""

import datetime as dt
from dataclasses import dataclass

from cs_assets.sample.handwritten import table
from cs_assets.sample.randomness import stream
from cs_assets.sample.truths import DECLINING_CUSTOMER, GROWING_CUSTOMER

COMPANY_DOMAIN = "fairlight.example"


@dataclass(frozen=True)
class Csm:
    csm_id: str
    name: str
    region: str

    @property
    def email(self) -> str:
        return address(self.name)


@dataclass(frozen=True)
class Customer:
    """One customer; ``weekly_conversions`` is its norm in the busy season.

    ``since`` is the first day under contract, ``course`` how it fares (``lives.NATURES``).
    """

    customer_id: str
    name: str
    industry: str
    segment: str
    country: str
    csm_id: str
    domain: str
    modules: tuple[str, ...]
    channels: tuple[str, ...]
    weekly_conversions: float
    since: dt.date
    course: str

    @property
    def region(self) -> str:
        return next(csm.region for csm in CSMS if csm.csm_id == self.csm_id)


@dataclass(frozen=True)
class Rep:
    """A sales rep or manager as a Gong user. ``persona`` steers how a rep speaks."""

    name: str
    title: str
    persona: str
    manager: str | None

    @property
    def email(self) -> str:
        return address(self.name)


def address(name: str) -> str:
    """The company mail address of a person (accents dropped)."""
    plain = name.lower().translate(str.maketrans("áéíóúñçãö", "aeiouncao"))
    return plain.replace(" ", ".") + "@" + COMPANY_DOMAIN


CSMS = (
    Csm("CSM001", "Sarah Johnson", "North America"),
    Csm("CSM002", "Michael Chen", "Asia Pacific"),
    Csm("CSM003", "Emma Rodriguez", "Europe"),
    Csm("CSM004", "James Williams", "Latin America"),
)

_DIRECTOR = "Laura Benedetti"
_LEAD = "Oliver Grant"

MANAGERS = (
    Rep(_DIRECTOR, "Sales Director", "manager", None),
    Rep(_LEAD, "Head of Account Management", "manager", _DIRECTOR),
)

REPS = (
    Rep("Maya Lindqvist", "Account Executive", "improving", _DIRECTOR),
    Rep("Derek Holloway", "Account Executive", "stagnant", _DIRECTOR),
    Rep("Aisha Rahman", "Senior Account Executive", "strong", _DIRECTOR),
    Rep("Tomás Ibarra", "Account Executive", "pressed_on_price", _DIRECTOR),
    Rep("Grace Okonkwo", "Senior Account Manager", "consultative", _LEAD),
    Rep("Ben Carver", "Solutions Account Executive", "talkative", _DIRECTOR),
    Rep("Hannah Weiss", "Account Manager", "caring", _LEAD),
    Rep("Jin Park", "Associate Account Executive", "new", _LEAD),
)

CHANNELS = ("email", "sms", "push", "web", "social")


_WEEKLY_NORM = {"Enterprise": 4.5, "Mid-Market": 2.7, "Small Business": 1.8}

#: Customers whose rise or fall must stand out from the noise of small numbers.
_OWN_NORM = {DECLINING_CUSTOMER: 10.0, GROWING_CUSTOMER: 6.0}


def customer_of(line: dict[str, str]) -> Customer:
    """The customer of a line of ``text/customers.csv``; channels and norm are drawn for it."""
    customer_id, segment = line["customer_id"], line["segment"]
    draw = stream("customer", customer_id)
    number = 3 if segment == "Enterprise" else 2 + (draw.random() < 0.55)
    others = draw.sample(CHANNELS[1:], number - 1)
    norm = _WEEKLY_NORM[segment] * draw.uniform(0.8, 1.25)
    return Customer(
        customer_id,
        line["customer_name"],
        line["industry"],
        segment,
        line["country"],
        line["csm_id"],
        f"{line['domain']}.example",
        tuple(line["modules"].split()),
        ("email", *sorted(others)),
        _OWN_NORM.get(customer_id, norm),
        dt.date.fromisoformat(line["since"]),
        line["course"],
    )


CUSTOMERS = tuple(customer_of(line) for line in table("customers"))

#: Customers who left within the three years. They are in contracts, use by quarter, tickets and
#: survey answers only. ``since`` is when they came.
FORMER_CUSTOMERS = tuple(customer_of(line) for line in table("former_customers"))

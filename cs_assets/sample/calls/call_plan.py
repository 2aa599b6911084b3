"""Which calls took place: who, with whom, when, of which kind, and what is odd about them."""

import datetime as dt
import random
from dataclasses import dataclass, replace
from enum import Enum

from cs_assets.sample.clock import CALL_WEEKS, local
from cs_assets.sample.crm import Company, companies
from cs_assets.sample.lives import life
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CUSTOMERS, REPS, Rep
from cs_assets.sample.truths import (
    DECLINING_CUSTOMER,
    GROWING_CUSTOMER,
    PRICING_OBJECTION_REP,
    UNHEARD_CUSTOMERS,
    USAGE_COLLAPSE_CUSTOMER,
)


class Oddity(Enum):
    """What a reader of calls must cope with."""

    PRIVATE = "private in Gong"
    INTERNAL = "among ourselves"
    NO_TRANSCRIPT = "no transcript"
    TOO_SHORT = "nobody stayed"
    NO_PARTIES = "imported without parties"
    ZERO_DURATION = "no duration"
    UNKNOWN_SPEAKER = "speaker not recognized"
    BY_EMAIL = "company known by e-mail only"
    BY_DOMAIN = "company known by domain only"
    UNMATCHED = "company not known at all"


@dataclass(frozen=True)
class PlannedCall:
    """One call before anybody spoke. ``mood`` is of the customer; ``objections`` come up."""

    number: int
    host: Rep
    company: Company
    kind: str
    week: int
    started: dt.datetime
    mood: str
    objections: tuple[str, ...]
    oddity: Oddity | None


#: How often each rep's calls are of which kind.
_KINDS: dict[str, dict[str, int]] = {
    "improving": {"discovery": 4, "demo": 3, "negotiation": 1},
    "stagnant": {"discovery": 4, "demo": 3, "negotiation": 1},
    "strong": {"discovery": 3, "demo": 2, "negotiation": 3, "closing": 2},
    "pressed_on_price": {"discovery": 2, "demo": 3, "negotiation": 4, "closing": 1},
    "consultative": {"success": 6, "negotiation": 2, "support": 1},
    "talkative": {"discovery": 1, "demo": 6, "negotiation": 1},
    "caring": {"success": 5, "support": 4},
    "new": {"discovery": 4, "support": 2, "demo": 1},
}

_OBJECTIONS = (
    "price", "budget", "authority", "need", "timing", "competitor", "status_quo", "trust",
    "complexity", "contract", "brush_off",
)  # fmt: skip
_BY_KIND = {
    "discovery": ("need", "timing", "authority", "status_quo", "brush_off", "budget"),
    "demo": ("complexity", "trust", "competitor", "status_quo", "need", "timing"),
    "negotiation": ("contract", "budget", "authority", "competitor", "price"),
    "closing": ("contract", "authority", "timing"),
    "success": ("budget", "complexity", "competitor"),
}

_CALLS_A_WEEK = 4
#: Weekday and local starting hour of a rep's calls in a week.
_SLOTS = [(day, hour) for day in range(5) for hour in (8, 9, 10, 11, 13, 14, 15, 16)]

# host persona, customer, kind, week, mood
_PLANTED = (
    ("caring", DECLINING_CUSTOMER, "success", 1, "declining"),
    ("caring", DECLINING_CUSTOMER, "success", 3, "declining"),
    ("caring", DECLINING_CUSTOMER, "success", 5, "declining"),
    ("consultative", USAGE_COLLAPSE_CUSTOMER, "success", 4, "usage_drop"),
    ("consultative", USAGE_COLLAPSE_CUSTOMER, "success", 5, "usage_drop"),
    ("caring", GROWING_CUSTOMER, "success", 2, "growth"),
    ("caring", GROWING_CUSTOMER, "success", 5, "growth"),
)

# host persona, week: what is odd about the week's first ordinary call
_ODD = {
    ("strong", 0): Oddity.PRIVATE,
    ("talkative", 1): Oddity.PRIVATE,
    ("consultative", 3): Oddity.PRIVATE,
    ("strong", 5): Oddity.PRIVATE,
    ("new", 1): Oddity.NO_TRANSCRIPT,
    ("pressed_on_price", 5): Oddity.NO_TRANSCRIPT,
    ("new", 3): Oddity.TOO_SHORT,
    ("stagnant", 5): Oddity.TOO_SHORT,
    ("caring", 0): Oddity.NO_PARTIES,
    ("talkative", 4): Oddity.ZERO_DURATION,
    ("strong", 2): Oddity.UNKNOWN_SPEAKER,
    ("consultative", 1): Oddity.UNKNOWN_SPEAKER,
    ("new", 5): Oddity.UNKNOWN_SPEAKER,
    ("improving", 1): Oddity.BY_EMAIL,
    ("talkative", 5): Oddity.BY_EMAIL,
    ("caring", 4): Oddity.BY_EMAIL,
    ("stagnant", 2): Oddity.BY_DOMAIN,
    ("consultative", 5): Oddity.BY_DOMAIN,
    ("new", 4): Oddity.UNMATCHED,
    ("strong", 3): Oddity.INTERNAL,
    ("improving", 5): Oddity.INTERNAL,
}


def planned_calls() -> list[PlannedCall]:
    """All calls, oldest first."""
    calls: list[PlannedCall] = []
    for rep in REPS:
        for week in range(len(CALL_WEEKS)):
            calls += _week_of(rep, week)
    calls.sort(key=lambda call: (call.started, call.host.name))
    return [replace(call, number=number) for number, call in enumerate(calls, start=1)]


def _week_of(rep: Rep, week: int) -> list[PlannedCall]:
    draw = stream("plan", rep.name, week)
    wanted = _planted(rep, week)
    first_ordinary = len(wanted)
    wanted += _ordinary(rep, week, draw, _CALLS_A_WEEK + draw.choice((0, 0, 1)) - first_ordinary)
    slots = sorted(draw.sample(_SLOTS, len(wanted)))
    calls = []
    for position, ((company, kind, mood), slot) in enumerate(zip(wanted, slots, strict=True)):
        odd = _ODD.get((rep.persona, week)) if position == first_ordinary else None
        among_us = odd is Oddity.INTERNAL
        objections = () if among_us else _objections(rep, week, position, kind)
        started = _start(CALL_WEEKS[week], slot, draw.randrange(0, 60, 5))
        calls.append(PlannedCall(0, rep, company, kind, week, started, mood, objections, odd))
    return calls


#: Company, kind and mood of a call.
Wanted = tuple[Company, str, str]


def _planted(rep: Rep, week: int) -> list[Wanted]:
    by_customer = {c.customer_id: c for c in companies() if c.customer_id}
    return [
        (by_customer[customer], kind, mood)
        for persona, customer, kind, number, mood in _PLANTED
        if persona == rep.persona and number == week
    ]


def _ordinary(rep: Rep, week: int, draw: random.Random, count: int) -> list[Wanted]:
    """Calls with the rep's own companies in turn; reviews and support with customers only."""
    kinds = _KINDS[rep.persona]
    own = [c for c in companies() if c.owner_email == rep.email and not _is_apart(c)]
    customers = [company for company in own if company.customer_id]
    wanted: list[Wanted] = []
    for position in range(count):
        kind = draw.choices(list(kinds), list(kinds.values()))[0]
        candidates = customers if kind in ("success", "support") else own
        company = candidates[(3 * week + position) % len(candidates)]
        mood = draw.choices(("positive", "neutral", "negative"), _mood(company, week))[0]
        wanted.append((company, kind, mood))
    return wanted


def _mood(company: Company, week: int) -> tuple[float, float, float]:
    """Chances of a positive, neutral and negative mood; of a customer by its trouble then."""
    customer = next((c for c in CUSTOMERS if c.customer_id == company.customer_id), None)
    if customer is None:
        return (5, 4, 1)
    trouble = life(customer).trouble[week - len(CALL_WEEKS)]
    return (5 * (1 - trouble) ** 2, 4, 8 * trouble**2)


def _is_apart(company: Company) -> bool:
    """Its calls are planned by hand, or nobody speaks to it any more."""
    planted = {customer for _, customer, _, _, _ in _PLANTED}
    return company.customer_id in planted | set(UNHEARD_CUSTOMERS)


def _objections(rep: Rep, week: int, position: int, kind: str) -> tuple[str, ...]:
    """What the customer objects to. One rep hears about the price from account after account."""
    if kind == "support":
        return ()
    draw = stream("objections", rep.name, week, position)
    usual = draw.choice(_BY_KIND[kind])
    if rep.email == PRICING_OBJECTION_REP:
        others = [o for o in _BY_KIND[kind] if o != "price"]
        return ("price", draw.choice(others)) if draw.random() < 0.55 else (draw.choice(others),)
    number = draw.choices((0, 1, 2), (1, 6, 2) if kind != "success" else (6, 2, 0))[0]
    second = draw.choice([o for o in _OBJECTIONS if o not in (usual, "price")])
    return (usual, second)[:number]


def _start(week: dt.date, slot: tuple[int, int], minute: int) -> dt.datetime:
    day, hour = slot
    return local(dt.datetime.combine(week + dt.timedelta(days=day), dt.time(hour, minute)))

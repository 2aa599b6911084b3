"""How each customer has fared over three years: what all of its tables are drawn from.

A life has two courses by week: *vitality*, how much its people use what it has (1 is its own
norm), and *trouble*, how much goes wrong for it (0 to 1). Episodes move both: a champion who
leaves, a release that fails. At each anniversary of the contract the two decide, with chance, what
becomes of it. Use, opens, conversions, tickets, survey answers, the mood of calls and churn signals
are all drawn from the same life, so that they agree and the causes of a loss can be seen before it.
"""

import datetime as dt
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Literal

from cs_assets.sample.clock import HISTORY_WEEKS, LAST_DAY, place
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import Customer
from cs_assets.sample.truths import (
    COLLAPSE_WEEKS,
    DORMANT_WEEKS,
    ORPHANED_CUSTOMER,
    ORPHANED_WEEKS,
    SILENT_CUSTOMER,
    SLOPE_WEEKS,
    slope,
)

MODULES = ("GL", "AP", "AR", "CR")
WEEKS = len(HISTORY_WEEKS)

Outcome = Literal["renewed", "expanded", "contracted", "cancelled", "open"]


@dataclass(frozen=True)
class Nature:
    """How customers of a course are: shares of seats in use, attention to messages, trouble now.

    ``neglected`` is the chance that a module beside the first is hardly used; ``turn`` is over how
    many weeks up to now use moves to which share of its norm.
    """

    adoption: tuple[float, float]
    neglected: float
    attention: tuple[float, float]
    trouble: float
    turn: tuple[int, float] = (0, 1.0)


NATURES = {
    "thriving": Nature((0.60, 0.88), 0.0, (0.95, 1.25), 0.0),
    "solid": Nature((0.46, 0.70), 0.35, (0.85, 1.10), 0.1),
    "middling": Nature((0.22, 0.38), 0.55, (0.60, 0.85), 0.35),
    "slipping": Nature((0.50, 0.68), 0.25, (0.75, 0.95), 0.6, (18, 0.6)),
    "troubled": Nature((0.12, 0.29), 0.6, (0.45, 0.65), 0.9),
    "rising": Nature((0.42, 0.55), 0.0, (0.95, 1.15), 0.0, (14, 1.6)),
    "dormant": Nature((0.35, 0.50), 0.0, (0.40, 0.55), 0.5, (20, 0.0)),
    "onboarding": Nature((0.45, 0.65), 0.0, (0.90, 1.10), 0.1),
    "starting": Nature((0.45, 0.65), 0.0, (0.90, 1.10), 0.1),
    "declining": Nature((0.45, 0.85), 0.0, (0.90, 1.10), 0.9),
    "growing": Nature((0.45, 0.60), 0.0, (0.95, 1.15), 0.0),
    "collapsing": Nature((0.70, 0.85), 0.0, (0.90, 1.10), 0.7),
}
#: Courses whose people have lost, or are losing, the one who wanted the product.
_LOSING = ("slipping", "troubled")
#: Weeks since the champion left and nobody followed, where that is planted.
_CHAMPION_GONE = {ORPHANED_CUSTOMER: ORPHANED_WEEKS, SILENT_CUSTOMER: 22}
#: Being set up: nothing has been used yet, or the first weeks have.
NEW = ("onboarding", "starting")
#: Weeks from the signature to full use, and to the first campaign.
ROLLOUT_WEEKS, FIRST_CAMPAIGN_WEEKS = 16, 5


@dataclass(frozen=True)
class Episode:
    """Something that happened in a week (place in the three years, may lie before them)."""

    kind: Literal["champion_left", "bad_release", "fading"]
    week: int
    overcome: bool = True


@dataclass(frozen=True)
class Owned:
    """A module under contract, and until when if it was given back."""

    code: str
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Term:
    """A contract year and what became of it at its end; ``reason`` is what the customer said."""

    start: dt.date
    end: dt.date
    outcome: Outcome
    decided_on: dt.date | None
    reason: str | None


@dataclass(frozen=True)
class Life:
    """One customer's three years; courses are by place in ``HISTORY_WEEKS``, 0 before it came."""

    customer: Customer
    episodes: tuple[Episode, ...]
    vitality: tuple[float, ...]
    trouble: tuple[float, ...]
    modules: tuple[Owned, ...]
    terms: tuple[Term, ...]

    @property
    def nature(self) -> Nature:
        return NATURES[self.customer.course]

    @property
    def ended_on(self) -> dt.date | None:
        """The last day under contract of a customer who has left."""
        last = self.terms[-1]
        return last.end if last.outcome == "cancelled" else None

    @property
    def champion_left(self) -> int | None:
        """The place of the latest week in which a champion left."""
        return max((e.week for e in self.episodes if e.kind == "champion_left"), default=None)

    def mean(self, course: tuple[float, ...], last: int, weeks: int) -> float:
        """Mean of a course over ``weeks`` up to the place ``last``."""
        part = course[max(0, last - weeks + 1) : last + 1]
        return sum(part) / len(part) if part else 0.0


@cache
def life(customer: Customer) -> Life:
    """The life of a customer of today: the first drawn one in which it renewed every time."""
    lives = _lives(customer)
    return next(found for found in lives if found is not None and found.ended_on is None)


@cache
def lost_life(customer: Customer) -> Life:
    """The life of a customer who left within the three years."""
    lives = _lives(customer)
    return next(
        found
        for found in lives
        if found is not None and found.ended_on is not None and found.ended_on > HISTORY_WEEKS[0]
    )


def _lives(customer: Customer) -> Iterator[Life | None]:
    for attempt in count():
        yield _drawn(customer, stream("life", customer.customer_id, attempt))


def _drawn(customer: Customer, draw: random.Random) -> Life | None:
    episodes = _episodes(customer, draw)
    vitality, trouble = _courses(customer, episodes, draw)
    terms, modules = _contract(customer, vitality, trouble, episodes, draw)
    return Life(customer, episodes, vitality, trouble, modules, terms)


def _episodes(customer: Customer, draw: random.Random) -> tuple[Episode, ...]:
    """Each year a champion leaves one in eight, a release fails for one in four, use fades in one
    of twelve. Who is well today has come over what befell it."""
    found = []
    calm = customer.course not in ("middling", "slipping", "troubled", "dormant")
    first = max(0, place(customer.since) + 20)
    for week in range(first, WEEKS):
        if draw.random() < 0.125 / 52 and not (calm and week > WEEKS - 45):
            found.append(Episode("champion_left", week, draw.random() < 0.6 or calm))
        if draw.random() < 0.08 / 52 and not (calm and week > WEEKS - 75):
            found.append(Episode("fading", week, draw.random() < 0.4 or calm))
        if draw.random() < 0.25 / 52 and not (calm and week > WEEKS - 8):
            found.append(Episode("bad_release", week))
    losing = customer.course in _LOSING and customer.customer_id not in _CHAMPION_GONE
    if losing and draw.random() < 0.5 and first < WEEKS - 30:
        found.append(Episode("champion_left", WEEKS - draw.randrange(12, 26), overcome=False))
    if customer.customer_id in _CHAMPION_GONE:
        found.append(Episode("champion_left", WEEKS - _CHAMPION_GONE[customer.customer_id], False))
    return tuple(sorted(found, key=lambda episode: episode.week))


def _courses(
    customer: Customer, episodes: tuple[Episode, ...], draw: random.Random
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    nature = NATURES[customer.course]
    begun = place(customer.since)
    vitality, trouble, wander = [], [], 0.0
    for week in range(WEEKS):
        wander = 0.85 * wander + draw.gauss(0, 0.02)
        if week < begun:
            vitality.append(0.0)
            trouble.append(0.0)
            continue
        strength, strain = _turned(customer, nature, week)
        for episode in episodes:
            weaker, harder = _effect(episode, week - episode.week)
            strength, strain = strength * weaker, strain + harder
        rollout = min(1.0, 0.15 + 0.85 * (week - begun) / ROLLOUT_WEEKS)
        vitality.append(max(0.0, strength * rollout * (1 + wander)))
        trouble.append(min(1.0, strain))
    return tuple(vitality), tuple(trouble)


def _turned(customer: Customer, nature: Nature, week: int) -> tuple[float, float]:
    """Vitality and trouble of a course in a week, before anything happens."""
    ago = WEEKS - 1 - week
    if customer.course in ("declining", "growing"):
        course = slope(customer.customer_id, ago)
        strain = nature.trouble * max(0.0, 1 - ago / SLOPE_WEEKS)
        return course**0.4, max(0.05, strain)
    if customer.course == "collapsing":
        return 1.0, nature.trouble if ago < COLLAPSE_WEEKS else 0.1
    if customer.course == "dormant" and ago < DORMANT_WEEKS:
        return 0.0, nature.trouble
    weeks, factor = nature.turn
    done = max(0.0, 1 - ago / weeks) if weeks else 0.0
    calm = min(nature.trouble, 0.15)
    nearing = min(1.0, max(0.0, 1 - ago / 40))
    return 1 + (factor - 1) * done, calm + (nature.trouble - calm) * nearing


def _effect(episode: Episode, since: int) -> tuple[float, float]:
    """What an episode does to vitality (a factor) and trouble (a sum), so many weeks later."""
    if since < 0:
        return 1.0, 0.0
    if episode.kind == "bad_release":
        fading = math.exp(-since / 6)
        return 1 - 0.15 * fading, 0.5 * fading
    depth, weeks, strain = (0.38, 14, 0.35) if episode.kind == "champion_left" else (0.5, 26, 0.15)
    lost = depth * min(1.0, since / weeks)
    if episode.overcome:
        lost *= min(1.0, max(0.0, 1 - (since - weeks - 12) / 22))
    return 1 - lost, strain if since < 34 else 0.0


#: Chance of a loss at an anniversary as log odds: all well; use that fell by all; full trouble.
_CALM, _OF_DECLINE, _OF_TROUBLE, _OF_CHANCE = -4.1, 9.0, 3.2, 0.7


def _contract(
    customer: Customer,
    vitality: tuple[float, ...],
    trouble: tuple[float, ...],
    episodes: tuple[Episode, ...],
    draw: random.Random,
) -> tuple[tuple[Term, ...], tuple[Owned, ...]]:
    """Contract years that end within the three years, the one that runs, and the modules."""
    bought = _bought(customer, draw)
    terms: list[Term] = []
    given_back: list[Owned] = []
    start = customer.since
    while start <= LAST_DAY:
        end = anniversary(customer.since, start.year - customer.since.year + 1)
        if end > LAST_DAY:
            terms.append(Term(start, end, "open", None, None))
            break
        if place(end) < 0:
            start = end
            continue
        loss = _chance_of_loss(vitality, trouble, place(end), draw)
        outcome, back = _outcome(customer, bought, given_back, end, loss, draw)
        given_back += back
        reason = None
        if outcome in ("cancelled", "contracted"):
            reason = _reason(vitality, trouble, episodes, place(end), draw)
        decided = end - dt.timedelta(
            days=draw.randrange(60, 110) if outcome == "cancelled" else draw.randrange(4, 75)
        )
        terms.append(Term(start, end, outcome, decided, reason))
        if outcome == "cancelled":
            break
        start = end
    return tuple(terms), (*bought, *given_back)


def anniversary(since: dt.date, years: int) -> dt.date:
    """The same day ``years`` later; the 28th for the 29th of February."""
    day = 28 if (since.month, since.day) == (2, 29) else since.day
    return dt.date(since.year + years, since.month, day)


def _bought(customer: Customer, draw: random.Random) -> tuple[Owned, ...]:
    """The modules of today: the first at once, some others at a later anniversary."""
    years = 0
    while anniversary(customer.since, years + 1) <= LAST_DAY:
        years += 1
    found = []
    for position, code in enumerate(customer.modules):
        later = years > 0 and position > 0 and draw.random() < 0.4
        bought = anniversary(customer.since, draw.randrange(1, years + 1)) if later else None
        found.append(Owned(code, bought or customer.since))
    return tuple(found)


def _chance_of_loss(
    vitality: tuple[float, ...], trouble: tuple[float, ...], at: int, draw: random.Random
) -> float:
    recent, before = vitality[max(0, at - 13) : at], vitality[max(0, at - 39) : max(1, at - 26)]
    norm = sum(before) / len(before)
    decline = max(0.0, 1 - sum(recent) / len(recent) / norm) if recent and norm else 0.0
    strain = sum(trouble[max(0, at - 13) : at]) / max(1, len(recent))
    odds = _CALM + _OF_DECLINE * decline + _OF_TROUBLE * strain + draw.gauss(0, _OF_CHANCE)
    return 1 / (1 + math.exp(-odds))


#: Modules that were given back on an anniversary, by hand.
_GIVEN_BACK = {
    ("CUST_23456", dt.date(2026, 4, 20)): "CR",
    ("CUST_30755", dt.date(2026, 1, 31)): "AP",
    ("CUST_40567", dt.date(2025, 12, 15)): "AR",
}


def _outcome(
    customer: Customer,
    bought: tuple[Owned, ...],
    given_back: list[Owned],
    end: dt.date,
    loss: float,
    draw: random.Random,
) -> tuple[Outcome, list[Owned]]:
    """What became of a contract year, and the module that was given back with it."""
    chance = draw.random()
    by_hand = _GIVEN_BACK.get((customer.customer_id, end))
    if by_hand:
        return "contracted", [Owned(by_hand, customer.since, end)]
    if chance < loss:
        return "cancelled", []
    if any(module.since == end for module in bought):
        return "expanded", []
    if chance < loss + 0.04 + 0.5 * loss:
        theirs = {*customer.modules, *(module.code for module in given_back)}
        others = [code for code in MODULES if code not in theirs]
        back = [Owned(draw.choice(others), customer.since, end)] if others else []
        return "contracted", back
    return "renewed", []


def _reason(
    vitality: tuple[float, ...],
    trouble: tuple[float, ...],
    episodes: tuple[Episode, ...],
    at: int,
    draw: random.Random,
) -> str | None:
    """What the customer said: mostly the cause, now and then something else, or nothing."""
    said = draw.random()
    if said < 0.15:
        return None
    if said < 0.4:
        return draw.choice(("price", "budget", "merger", "other"))
    if any(e.kind == "champion_left" and 0 <= at - e.week < 52 for e in episodes):
        return "champion left"
    if sum(trouble[max(0, at - 13) : at]) > 13 * 0.3:
        return "product problems"
    return "low use" if vitality[at - 1] < 0.8 else "price"

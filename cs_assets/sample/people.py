"""Who counts at a customer: champion, sponsor and others, since when, until when, last contact."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cs_assets.sample.calls.call_plan import planned_calls
from cs_assets.sample.clock import HISTORY_WEEKS, LAST_DAY
from cs_assets.sample.crm import Contact, companies, person_name
from cs_assets.sample.lives import Life
from cs_assets.sample.randomness import number_id, stream
from cs_assets.sample.truths import SILENT_WEEKS, UNHEARD_CUSTOMERS

Rows = list[dict[str, Any]]

_SPONSORS = ("Chief Financial Officer", "Finance Director", "Treasurer", "Controller")
#: Days since the last contact with a customer: when all is well, and when people have turned away.
_NEAR, _FAR = (2, 40), (25, 95)


@dataclass(frozen=True)
class Person:
    """One person at a customer in one role."""

    person_id: str
    name: str
    title: str
    role: str
    since: dt.date
    until: dt.date | None


@cache
def people_of(lived: Life) -> tuple[Person, ...]:
    """Champion, sponsor and users of a customer; a champion who left, and who came after.

    Of customers who have left nobody is known any more.
    """
    contacts = _contacts().get(lived.customer.customer_id)
    if contacts is None:
        return ()
    since = lived.customer.since
    left = lived.champion_left
    roles = _roles(contacts)
    found = []
    for contact, role in zip(contacts, roles, strict=True):
        came = since
        if role == "champion" and left is not None:
            came = HISTORY_WEEKS[min(left + 9, len(HISTORY_WEEKS) - 1)]
            if _orphaned(lived):
                role = "power user"
                came = since
        found.append(Person(contact.contact_id, contact.name, contact.title, role, came, None))
    if left is not None:
        gone = HISTORY_WEEKS[left] + dt.timedelta(days=2)
        name = person_name(lived.customer.region, lived.customer.customer_id)
        former = number_id("former champion", lived.customer.customer_id, digits=11)
        found.append(Person(former, name, "Project lead", "champion", since, gone))
    return tuple(found)


def _orphaned(lived: Life) -> bool:
    """The champion left and nobody has followed."""
    last = max(
        (e for e in lived.episodes if e.kind == "champion_left"), key=lambda e: e.week, default=None
    )
    return last is not None and (not last.overcome or last.week > len(HISTORY_WEEKS) - 10)


def _roles(contacts: tuple[Contact, ...]) -> list[str]:
    """The first is the champion, the highest of the others the sponsor."""
    others = [c for c in contacts[1:] if c.title in _SPONSORS]
    sponsor = min(others, key=lambda c: _SPONSORS.index(c.title)) if others else None
    return [
        "champion" if contact is contacts[0] else "sponsor" if contact is sponsor else "power user"
        for contact in contacts
    ]


@cache
def _contacts() -> dict[str, tuple[Contact, ...]]:
    return {c.customer_id: c.contacts for c in companies() if c.customer_id}


def customer_people(lives: Sequence[Life]) -> Rows:
    """One row per person and role; names are those of the CRM."""
    spoken = _last_calls()
    return [
        {
            "customer_id": lived.customer.customer_id,
            "person_id": person.person_id,
            "full_name": person.name,
            "job_title": person.title,
            "role": person.role,
            "since": person.since,
            "left_on": person.until,
            "last_contact_on": _last_contact(lived, person, spoken),
        }
        for lived in lives
        for person in people_of(lived)
    ]


def _last_contact(
    lived: Life, person: Person, spoken: dict[tuple[str, str], dt.date]
) -> dt.date | None:
    """A call, or a mail or visit that is in no other table; calls are with the first person."""
    if person.until is not None:
        return person.until - dt.timedelta(days=5)
    draw = stream("last contact", person.person_id)
    if lived.customer.customer_id in UNHEARD_CUSTOMERS:
        return LAST_DAY - dt.timedelta(weeks=SILENT_WEEKS, days=draw.randrange(30))
    if person.role == "power user" and draw.random() < 0.4:
        return None
    nearest, farthest = _FAR if lived.trouble[-1] > 0.3 else _NEAR
    met = LAST_DAY - dt.timedelta(days=draw.randrange(nearest, farthest))
    called = spoken.get((lived.customer.customer_id, person.person_id))
    return max(person.since, met, called or met)


@cache
def _last_calls() -> dict[tuple[str, str], dt.date]:
    """The day of the last call with the first contact of each customer."""
    found: dict[tuple[str, str], dt.date] = {}
    for call in planned_calls():
        if call.company.customer_id:
            key = (call.company.customer_id, call.company.contacts[0].contact_id)
            found[key] = max(found.get(key, dt.date.min), call.started.date())
    return found

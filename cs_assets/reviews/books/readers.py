"""Who reads a CSM's book this week: the CSM, or by rule who stands in; never one who has left.

The rule: who stands in as the settings name, else who leads, else who leads them, and so on;
always somebody who is there and has an address. Who is not in Workday is taken to be there.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.mail_addresses import is_address


@dataclass(frozen=True)
class Person:
    """A CSM or who leads; ``away`` says why they read nothing, empty where they do."""

    person_id: str
    name: str
    address: str
    away: str
    manager_id: str | None

    @property
    def has_left(self) -> bool:
        """Whether they are away for good."""
        return self.away.startswith(_LEFT)


@dataclass(frozen=True)
class Reader:
    """Who gets a book, and why it is not the CSM's own, in words for the mail."""

    person_id: str
    name: str
    address: str
    why: str = ""


class Staff:
    """Who is there on a day: rows of ``source.csms`` and ``source.workday_workers``."""

    def __init__(
        self,
        csms: pd.DataFrame,
        workers: pd.DataFrame,
        day: dt.date,
        stand_ins: Mapping[str, str] | None = None,
    ) -> None:
        self._stand_ins = dict(stand_ins or {})
        found: list[Any] = list(workers.itertuples(index=False))
        self.people = {str(row.worker_id): _worker(row, day) for row in found}
        self._csms: dict[str, Person] = {}
        row: Any
        for row in csms.itertuples(index=False):
            known, address = self.people.get(row.csm_id), _text(row.csm_email)
            away = known.away if known and known.away != NO_ADDRESS else ""
            self._csms[row.csm_id] = Person(
                row.csm_id,
                _text(row.csm_name) or row.csm_id,
                address,
                away or ("" if is_address(address) else NO_ADDRESS),
                known.manager_id if known else None,
            )

    def reader_of(self, csm_id: str | None) -> Reader | None:
        """Who gets the book of a CSM; ``None`` where nobody is left to get it."""
        if csm_id is None or csm_id not in self._csms:
            return None
        csm = self._csms[csm_id]
        if not csm.away:
            return Reader(csm.person_id, csm.name, csm.address)
        for role, person in self._in_place_of(csm):
            if not person.away:
                why = f"{csm.name} {csm.away}; you {role}."
                return Reader(person.person_id, person.name, person.address, why)
        return None

    def kept(self, audience: str, address: str, by_rule: Reader | None) -> Reader | None:
        """Who has a book already keeps it, but for one who has left: then it goes by the rule."""
        every = [*self._csms.values(), *self.people.values()]
        holder = next((person for person in every if person.address == address), None)
        if holder is not None and holder.has_left:
            return by_rule
        if by_rule is not None and by_rule.address == address:
            return Reader(audience, by_rule.name, address, by_rule.why)
        return Reader(audience, holder.name if holder else "", address)

    def why_nobody(self, csm_id: str | None) -> str:
        """Why a book has no reader."""
        csm = self._csms.get(csm_id or "")
        if csm is None:
            return "no CSM is known" if csm_id is None else f"{csm_id} is no CSM on record"
        others = [f"{person.name} {person.away}" for _, person in self._in_place_of(csm)]
        rest = "; ".join(others) or "no manager of theirs is on record"
        return f"{csm.name} {csm.away}, nobody stands in: {rest}"

    def leaders(self) -> dict[str, tuple[str, ...]]:
        """By the id of who leads and is there: the CSMs below, at any depth, in order."""
        below: dict[str, list[str]] = {}
        for csm_id, csm in sorted(self._csms.items()):
            for leader in self._above(csm):
                below.setdefault(leader.person_id, []).append(csm_id)
        return {who: tuple(csms) for who, csms in below.items() if not self.people[who].away}

    def _in_place_of(self, csm: Person) -> Iterator[tuple[str, Person]]:
        named = self._stand_ins.get(csm.person_id, "")
        stand_in = self._csms.get(named) or self.people.get(named)
        if stand_in is not None:
            yield "stand in", stand_in
        for i, leader in enumerate(self._above(csm)):
            yield "lead " + ("this book's CSM" if i == 0 else "the team above"), leader

    def _above(self, person: Person) -> Iterator[Person]:
        seen = {person.person_id}
        above = person.manager_id
        while above is not None and above not in seen and above in self.people:
            seen.add(above)
            yield self.people[above]
            above = self.people[above].manager_id


def with_readers(rows: pd.DataFrame, staff: Staff) -> pd.DataFrame:
    """``rows`` (with ``csm_id``) and who gets each: reader_id, _name, _address and _why."""
    found = [staff.reader_of(None if pd.isna(csm) else csm) for csm in rows["csm_id"]]
    return rows.assign(
        reader_id=_column(found, "person_id"),
        reader_name=_column(found, "name"),
        reader_address=_column(found, "address"),
        reader_why=_column(found, "why"),
    )


def _column(found: list[Reader | None], name: str) -> Any:
    return [getattr(reader, name) if reader else None for reader in found]


NO_ADDRESS = "has no mail address"
_LEFT = ("left", "has left")


def _worker(row: Any, day: dt.date) -> Person:
    address = _text(row.worker_email)
    away = _away(row, day) or ("" if is_address(address) else NO_ADDRESS)
    name = _text(row.worker_name) or str(row.worker_id)
    return Person(str(row.worker_id), name, address, away, _text(row.manager_id) or None)


def _away(row: Any, day: dt.date) -> str:
    last, start, end = (
        None if pd.isna(value) else pd.Timestamp(value).date()
        for value in (row.termination_date, row.leave_start, row.leave_end)
    )
    if last is not None and last < day:
        return f"{_LEFT[0]} on {_day(last)}"
    if row.is_active is False or row.is_active == 0:
        return _LEFT[1]
    if start is not None and start <= day and (end is None or day <= end):
        return f"is on leave until {_day(end)}" if end else f"is on leave since {_day(start)}"
    return ""


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()

"""Keeps out what was erased: ids and addresses are remembered as hashes, and met again go again."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from cs_assets.erasure import tables
from cs_assets.erasure.hashes import digest
from cs_assets.erasure.subject import Kind, Known, Subject, known_rows
from sql import catalog

_ADDRESS = re.compile(r"[^\s\"'<>@,;:\\]+@[^\s\"'<>@,;:\\]+\.[^\s\"'<>@,;:\\]+")


def digests(subject: Subject) -> list[str]:
    """What is remembered of a subject: its ids and addresses. A customer's people are its own."""
    ids = {digest(row.space, row.id) for row in subject.known}
    return sorted(ids | {digest("address", address) for address in subject.addresses})


def _remembered(db: Any) -> dict[str, Kind]:
    rows = db.look("erasure/erasures")
    return dict(zip(rows["digest"], rows["kind"], strict=True))


def forget_again(db: Any, loaded: Collection[str]) -> dict[str, int]:
    """Erase from the tables just ``loaded`` what was erased before and came in again.

    By table the number of rows removed. For tables that are ours to change.
    """
    remembered = _remembered(db)
    if not remembered:
        return {}
    met: dict[Kind, list[Known]] = {}
    for row in known_rows(db.query("erasure/known").to_dict("records")):
        marks = [digest(row.space, row.id)]
        marks += [digest("address", row.address)] if row.address else []
        if kind := next((remembered[mark] for mark in marks if mark in remembered), None):
            met.setdefault(kind, []).append(row)
    removed: dict[str, int] = {}
    for kind, rows in met.items():
        subject = Subject(kind, "", tuple(rows))
        found = tables.changes(db, subject, [catalog.table(name) for name in loaded])
        tables.apply(db, found)
        for change in found:
            if change.action == "removed":
                name = change.table.full_name
                removed[name] = removed.get(name, 0) + len(change.rows)
    return removed


class Letter(Protocol):
    """A record that could not be read."""

    @property
    def call_id(self) -> str | None: ...
    @property
    def raw(self) -> str: ...


L = TypeVar("L", bound=Letter)


class Barred:
    """Calls that are not taken in: erased ones, and those with a person who was erased."""

    def __init__(self, call_ids: Iterable[str], people: frozenset[str]) -> None:
        self._call_ids = frozenset(call_ids)
        self._people = people

    @classmethod
    def read(cls, db: Any) -> "Barred":
        people = frozenset(mark for mark, kind in _remembered(db).items() if kind == "person")
        return cls(db.look("gong/erased_calls")["call_id"], people)

    def bars(self, row: Mapping[str, Any]) -> bool:
        """Whether this row of ``gong_calls_raw`` stays out."""
        if row["call_id"] in self._call_ids:
            return True
        if not self._people:
            return False
        addresses = set(_ADDRESS.findall(str(row["payload"])))
        return any(digest("address", address) in self._people for address in addresses)

    def others(self, letters: Iterable[L]) -> list[L]:
        """Those records that could not be read which may be kept."""
        return [
            letter
            for letter in letters
            if not self.bars({"call_id": letter.call_id, "payload": letter.raw})
        ]

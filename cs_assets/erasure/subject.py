"""Who is meant: a customer or a person, with all ids, names and addresses that are known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Literal, cast

from cs_assets.erasure.needles import Needles
from cs_assets.erasure.spaces import Space
from cs_assets.errors import UsageError
from cs_assets.names import plain

Kind = Literal["customer", "person"]
#: Spaces of companies; all others are of people.
COMPANIES: frozenset[Space] = frozenset({"customer", "account", "company", "deal"})


@dataclass(frozen=True)
class Known:
    """One row that some system has of a person or a customer (``erasure/known``)."""

    space: Space
    id: str
    name: str | None
    address: str | None
    customer_id: str | None
    """Whose person, company or deal it is, where that is known."""


@dataclass(frozen=True)
class Subject:
    """What is to be erased."""

    kind: Kind
    title: str
    known: tuple[Known, ...]
    call_ids: frozenset[str] = field(default=frozenset())
    namesakes: frozenset[str] = field(default=frozenset())
    """Names of theirs that others have too: alone they say nothing of who is meant."""

    def ids(self, spaces: Iterable[Space]) -> list[str]:
        """The ids in any of these spaces, sorted."""
        wanted = set(spaces)
        return sorted({row.id for row in self.known if row.space in wanted})

    @property
    def addresses(self) -> frozenset[str]:
        """Mail addresses, and domains of a customer."""
        return frozenset(row.address.casefold() for row in self.known if row.address)

    @cached_property
    def needles(self) -> Needles:
        names = (row.name for row in self.known if row.name and row.name not in self.namesakes)
        return Needles.of(names, self.addresses, (row.id for row in self.known))


def subject(known: Iterable[Known], asked: str) -> Subject:
    """The customer or person that ``asked`` names by id, address or name.

    Raises ``UsageError``: nobody is called so (with what is near), or several are.
    """
    rows = list(known)
    found = [row for row in rows if asked.casefold() in (row.id.casefold(), _folded(row.address))]
    found = found or [row for row in rows if row.name and plain(row.name) == plain(asked)]
    if not found:
        near = get_close_matches(
            plain(asked), {plain(r.name): None for r in rows if r.name}, 3, 0.7
        )
        shown = sorted({row.name for row in rows if row.name and plain(row.name) in near})
        hint = f"; near: {', '.join(shown)}" if shown else ""
        raise UsageError(
            f"nobody is known as {asked!r}{hint}: name an id, a mail address or a whole name"
        )
    groups = _together(found, rows)
    if len(groups) > 1:
        told = "; ".join(sorted(_told(group) for group in groups))
        raise UsageError(
            f"{len(groups)} are called {asked!r}: {told}; name one by its id or address"
        )
    [group] = groups
    kind: Kind = "customer" if any(row.space in COMPANIES for row in group) else "person"
    if kind == "customer":
        group = _with_all_of(group, rows)
    names = [row.name for row in group if row.space == group[0].space and row.name]
    mine = set(group)
    others = {plain(row.name) for row in rows if row.name and row not in mine}
    shared = {row.name for row in group if row.name and plain(row.name) in others}
    title = names[0] if names else asked
    return Subject(kind, title, tuple(group), namesakes=frozenset(shared))


def _together(found: list[Known], rows: list[Known]) -> list[list[Known]]:
    """Rows that are of the same one: the same address, customer, or name within a customer."""
    marked: dict[tuple[str, ...], list[Known]] = {}
    for row in rows:
        for mark in _marks(row):
            marked.setdefault(mark, []).append(row)
    groups: list[list[Known]] = []
    seen: set[Known] = set()
    for first in found:
        group, left = [], [first]
        while left:
            row = left.pop()
            if row not in seen:
                seen.add(row)
                group.append(row)
                left += [near for mark in _marks(row) for near in marked[mark]]
        if group:
            groups.append(group)
    return groups


def _marks(row: Known) -> set[tuple[str, ...]]:
    """What makes two rows the same one's."""
    if row.space in COMPANIES:
        name = {("company", plain(row.name))} if row.name and row.space != "deal" else set()
        own = {("customer", row.customer_id)} if row.customer_id and row.space != "deal" else set()
        return {("id", row.space, row.id), *name, *own}
    marks: set[tuple[str, ...]] = {("id", row.space, row.id)}
    if row.address:
        marks.add(("address", row.address.casefold()))
    if row.name and row.customer_id:
        marks.add(("of", row.customer_id, plain(row.name)))
    return marks


def _with_all_of(group: list[Known], rows: list[Known]) -> list[Known]:
    """A customer with its deals and its people."""
    customers = {row.customer_id for row in group if row.customer_id}
    return group + [row for row in rows if row.customer_id in customers and row not in group]


def _told(group: list[Known]) -> str:
    row = group[0]
    return f"{row.space} {row.id}" + (f" ({row.address})" if row.address else "")


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def known_rows(rows: Iterable[Mapping[str, object]]) -> list[Known]:
    """Rows of ``erasure/known``."""

    def text(value: object) -> str | None:
        found = str(value).strip() if value is not None and value == value else ""
        return found or None

    return [
        Known(
            cast(Space, row["space"]),
            str(row["id"]),
            text(row["name"]),
            text(row["address"]),
            text(row["customer_id"]),
        )
        for row in rows
        if text(row["id"]) and not re.fullmatch(r"(?i)null|none", str(row["id"]))
    ]

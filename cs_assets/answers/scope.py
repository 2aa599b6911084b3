"""Who asks, and whose rows that person may read.

Roles: ``operations`` reads all; a ``manager`` what belongs to the people who report to them, at
any distance, and to themselves; a ``csm`` the customers of their own book; a ``rep`` their own
calls, scores and promises. A person who stands in several lists is known by the mail address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

import pandas as pd

from cs_assets.errors import UsageError
from cs_assets.frames import records
from cs_assets.names import compared

Role = Literal["operations", "manager", "csm", "rep"]
ROLES: tuple[Role, ...] = get_args(Role)
#: What a column of a statement can say that its row belongs to.
Kind = Literal["customer", "rep", "worker"]


class Session(Protocol):
    """Of the warehouse port, all that answers need."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Asker:
    """Somebody in a role; ``identity`` is a CSM's or worker's id, or a rep's id in Gong."""

    role: Role
    identity: str = ""

    def __str__(self) -> str:
        return f"{self.role}:{self.identity}" if self.identity else self.role


def asker(text: str) -> Asker:
    """``ROLE:ID`` or ``operations``; raises ``UsageError`` for anything else."""
    role, _, identity = text.strip().partition(":")
    for known in ROLES:
        if known == role.strip().lower() and (identity.strip() or known == "operations"):
            return Asker(known, identity.strip())
    raise UsageError(
        "who asks is written operations, manager:ID, csm:ID or rep:ID (id or mail address)"
    )


@dataclass(frozen=True)
class Scope:
    """The ids that may be read; ``sees_all`` for operations."""

    sees_all: bool
    customers: frozenset[str] = frozenset()
    reps: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()

    def allows(self, kind: Kind, identity: Any) -> bool:
        """Whether a row that belongs to this may be read; what belongs to nobody, by all alone."""
        if self.sees_all:
            return True
        of_kind = {"customer": self.customers, "rep": self.reps, "worker": self.workers}[kind]
        return identity in of_kind

    def kept(self, rows: pd.DataFrame, guards: Mapping[str, Kind]) -> pd.DataFrame:
        """The rows that belong to somebody in scope by any of their guarded columns."""
        if self.sees_all:
            return rows
        allowed = pd.Series(False, index=rows.index)
        for column, kind in guards.items():
            allowed |= rows[column].map(lambda one, kind=kind: self.allows(kind, one)).astype(bool)
        return rows[allowed].reset_index(drop=True)


def scope_of(db: Session, who: Asker) -> Scope:
    """What ``who`` may read; raises ``UsageError`` when nobody of that role has the id."""
    if who.role == "operations":
        return Scope(True)
    users = records(db.query("answers/reps"))
    workers = records(db.query("answers/workers"))
    homes = records(db.query("answers/customers"))
    wanted = compared(who.identity)
    mine = {
        "rep": [one for one in users if wanted in _names(one, "user_id", "email")],
        "worker": [one for one in workers if wanted in _names(one, "worker_id", "worker_email")],
    }
    csms = [one for one in homes if wanted in _names(one, "csm_id", "csm_email")]
    if who.role == "rep":
        if not mine["rep"]:
            raise _nobody(who)
        return Scope(False, reps=_ids(mine["rep"], "user_id"))
    leads = who.role == "manager" and (
        mine["rep"] or any(wanted in _names(one, "manager_id") for one in (*users, *workers))
    )
    if not (mine["worker"] or csms or leads):
        raise _nobody(who)
    addresses = {
        compared(str(one[name]))
        for one, name in [
            *((one, "email") for one in mine["rep"]),
            *((one, "worker_email") for one in mine["worker"]),
            *((one, "csm_email") for one in csms),
        ]
        if isinstance(one[name], str)
    }
    reps = {str(one["user_id"]) for one in users if _names(one, "email") & addresses}
    led_workers = set(_ids(mine["worker"], "worker_id") | _ids(csms, "csm_id"))
    if who.role == "manager":
        reps = _led(users, "user_id", reps | _ids(mine["rep"], "user_id"))
        led_workers = _led(workers, "worker_id", led_workers | {who.identity})
        addresses |= {
            address for one in users if str(one["user_id"]) in reps
            for address in _names(one, "email")
        }  # fmt: skip
    led_workers |= {
        str(one["worker_id"]) for one in workers if _names(one, "worker_email") & addresses
    }
    customers = {
        str(one["customer_id"])
        for one in homes
        if one["csm_id"] in led_workers or _names(one, "csm_email") & addresses
    }
    return Scope(False, frozenset(customers), frozenset(reps), frozenset(led_workers))


def _names(row: Mapping[str, Any], *columns: str) -> set[str]:
    return {compared(row[name]) for name in columns if isinstance(row[name], str)} - {""}


def _ids(rows: Iterable[Mapping[str, Any]], column: str) -> frozenset[str]:
    return frozenset(str(row[column]) for row in rows)


def _led(people: Sequence[Mapping[str, Any]], column: str, first: Iterable[str]) -> set[str]:
    """``first`` and all who report to them, at any distance; a circle of reports ends."""
    found = set(first)
    while True:
        more = {str(p[column]) for p in people if p["manager_id"] in found} - found
        if not more:
            return found
        found |= more


def _nobody(who: Asker) -> UsageError:
    return UsageError(f"no {who.role} of the company has this id or address")

"""Which waiting accounts form the next batch, so that each is in exactly one.

The plan is stored before anything runs: a batch is named by a hash of its members, so
a tick that is repeated after a crash plans nothing new and names the same partition.

An account that its batch could not place is planned again after a while, and costs more
to leave out each time (`waiting.price`), so that none waits for ever.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from cs_assets.routing import border
from cs_assets.routing.rows import Row, known, rows_of

#: More accounts than this wait for a second batch, so that a solve stays quick.
LARGEST = 2000
#: After so long an account without a CSM is planned again: as long as a cooling period.
RETRY_AFTER = dt.timedelta(hours=4)


class Reads(Protocol):
    """Of a session of the warehouse, what reads."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...


class Store(Reads, Protocol):
    """The part of a warehouse session that planning needs."""

    def look(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...

    def merge(self, table: str, rows: pd.DataFrame) -> Any: ...

    def transaction(self, *tables: str) -> AbstractContextManager[None]: ...


class Opens(Protocol):
    """Something that opens such sessions: the warehouse resource."""

    def session(self, label: str) -> AbstractContextManager[Any]: ...


@dataclass(frozen=True)
class Batch:
    """Accounts to route together, by id, with what is stored of each."""

    batch_id: str
    members: pd.DataFrame

    def __len__(self) -> int:
        return len(self.members)


def plan_batches(
    waiting: pd.DataFrame, already_batched: pd.DataFrame, as_of: dt.datetime, largest: int = LARGEST
) -> list[Batch]:
    """New batches of the accounts in ``waiting`` that no batch holds for this spell.

    ``waiting`` as of `sql/routing/waiting_accounts.sql`, ``already_batched`` as of
    `batched_accounts.sql`. An account that was assigned and began to wait after that is
    new again; one that its batch left over is planned again after ``RETRY_AFTER``, and one
    left to a person as soon as it can be routed: the row was mended, or is protected no more.
    """
    last = {row["account_id"]: row for row in rows_of(already_batched)}
    fresh = []
    for row in rows_of(waiting, "account_id"):
        before = last.get(row["account_id"])
        if before is None or _waits_again(row, before):
            fresh.append({**row, "again_after": None})
        elif _left_over(row, before, as_of):
            fresh.append({**row, "again_after": before["batched_at"]})
    return [
        _batch(fresh[first : first + largest], as_of) for first in range(0, len(fresh), largest)
    ]


def plan(store: Store, as_of: dt.datetime) -> list[Batch]:
    """Plan what waits now and store it, in one transaction; the new batches.

    Nothing is locked unless somebody waits whom no batch holds: mostly nobody does.
    """
    if not _found(store, as_of):
        return []
    with store.transaction("ops.routing_batches"):
        found = _found(store, as_of)  # anew: another may have planned before the lock was had
        for batch in found:
            store.merge("ops.routing_batches", batch.members)
    return found


def _found(store: Store, as_of: dt.datetime) -> list[Batch]:
    waiting = store.look("routing/waiting_accounts")
    waiting["is_routable"] &= ~waiting["account_id"].isin(_unusable(store))
    return plan_batches(waiting, store.look("routing/batched_accounts"), as_of)


def _unusable(store: Store) -> set[str]:
    """The accounts left to a person whose rows cannot be used as they are now."""
    rows = store.look("routing/unplaced_rows")
    return (
        border.unusable(rows, border.parents_of(store.look("routing/parents")))
        if len(rows)
        else set()
    )


def plan_batch(warehouse: Opens, as_of: dt.datetime) -> str | None:
    """Plan what waits now; the oldest batch that is not solved yet, or None."""
    with warehouse.session("plan_batch") as store:
        plan(store, as_of)
        waiting = open_batches(store)
    return waiting[0] if waiting else None


def open_batches(store: Store) -> list[str]:
    """Stored batches that have no recommendation yet, oldest first."""
    return list(store.look("routing/open_batches")["batch_id"])


def batch_id(account_ids: Sequence[str], wait_keys: Sequence[str], as_of: dt.datetime) -> str:
    """Day and a hash of the members; the same members give the same name on the same day."""
    text = "\x1e".join(f"{a}\x1f{w}" for a, w in sorted(zip(account_ids, wait_keys, strict=True)))
    return f"{as_of:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _batch(rows: list[dict[str, Any]], as_of: dt.datetime) -> Batch:
    members = pd.DataFrame(
        [
            {
                "account_id": row["account_id"],
                "wait_key": _wait_key(row),
                "tenant_id": row["tenant_id"],
                "waiting_since": row["waiting_since"],
                "batched_at": as_of,
            }
            for row in rows
        ]
    )
    name = batch_id(list(members["account_id"]), list(members["wait_key"]), as_of)
    return Batch(name, members.assign(batch_id=name))


def _wait_key(row: Row) -> str:
    """Names a spell of waiting; a rejection of the CSM, or a batch in vain, begins another."""
    since, rejected, after = row["waiting_since"], row["rejected_at"], row["again_after"]
    name = pd.Timestamp(since).isoformat() if known(since) else "unknown"
    if known(rejected):
        name += f" rejected {pd.Timestamp(rejected).isoformat()}"
    if known(after):
        name += f" again after {pd.Timestamp(after).isoformat()}"
    return name


def _waits_again(row: Row, before: Row) -> bool:
    """It was assigned, and began to wait after that."""
    since, assigned = row["waiting_since"], before["assigned_at"]
    return known(assigned) and known(since) and bool(pd.Timestamp(since) > pd.Timestamp(assigned))


def _left_over(row: Row, before: Row, as_of: dt.datetime) -> bool:
    """Its last batch came to its end and left it without a CSM.

    A while ago, because there was no room or because it was assigned to nobody after all
    (the room had gone to another batch); or because a person should decide, which is no
    longer needed. A held account is not left over: a person has to answer.
    """
    if not before["is_finished"] or before["has_assignment"]:
        return False
    if before["outcome"] == "needs_person":
        return bool(row["is_routable"])
    return bool(as_of >= pd.Timestamp(before["batched_at"]) + RETRY_AFTER)

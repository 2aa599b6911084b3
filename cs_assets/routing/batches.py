"""Which waiting accounts form the next batch, so that each is in exactly one.

The plan is stored before anything runs: a batch is named by a hash of its members, so
a tick that is repeated after a crash plans nothing new and names the same partition.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from cs_assets.routing.rows import rows_of

#: More accounts than this wait for a second batch, so that a solve stays quick.
LARGEST = 2000


class Store(Protocol):
    """The part of a warehouse session that planning needs."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...

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

    ``waiting``: account_id, tenant_id, waiting_since and, where a person rejected the CSM,
    rejected_at. ``already_batched``: account_id,
    waiting_since, assigned_at (of the assignment, when there is one). An account that
    was assigned and began to wait again after that is new again.
    """
    ended = _spells(already_batched)
    fresh = [row for row in rows_of(waiting, "account_id") if _is_new(row, ended)]
    return [
        _batch(fresh[first : first + largest], as_of) for first in range(0, len(fresh), largest)
    ]


def plan(store: Store, as_of: dt.datetime) -> list[Batch]:
    """Plan what waits now and store it, in one transaction; the new batches."""
    with store.transaction("ops.routing_batches"):
        found = plan_batches(
            store.query("routing/waiting_accounts"), store.query("routing/batched_accounts"), as_of
        )
        for batch in found:
            store.merge("ops.routing_batches", batch.members)
    return found


def plan_batch(warehouse: Opens, as_of: dt.datetime) -> str | None:
    """Plan what waits now; the oldest batch that is not solved yet, or None."""
    with warehouse.session("plan_batch") as store:
        plan(store, as_of)
        waiting = open_batches(store)
    return waiting[0] if waiting else None


def open_batches(store: Store) -> list[str]:
    """Stored batches that have no recommendation yet, oldest first."""
    return list(store.query("routing/open_batches")["batch_id"])


def batch_id(account_ids: Sequence[str], wait_keys: Sequence[str], as_of: dt.datetime) -> str:
    """Day and a hash of the members; the same members give the same name on the same day."""
    text = "\x1e".join(f"{a}\x1f{w}" for a, w in sorted(zip(account_ids, wait_keys, strict=True)))
    return f"{as_of:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _batch(rows: list[dict[str, Any]], as_of: dt.datetime) -> Batch:
    members = pd.DataFrame(
        [
            {
                "account_id": row["account_id"],
                "wait_key": _wait_key(row["waiting_since"], row.get("rejected_at")),
                "tenant_id": row["tenant_id"],
                "waiting_since": row["waiting_since"],
                "batched_at": as_of,
            }
            for row in rows
        ]
    )
    name = batch_id(list(members["account_id"]), list(members["wait_key"]), as_of)
    return Batch(name, members.assign(batch_id=name))


def _wait_key(since: Any, rejected_at: Any = None) -> str:
    """Names a spell of waiting; a rejection of the CSM begins another."""
    began = "unknown" if pd.isna(since) else pd.Timestamp(since).isoformat()
    if rejected_at is None or pd.isna(rejected_at):
        return began
    return f"{began} rejected {pd.Timestamp(rejected_at).isoformat()}"


def _spells(batched: pd.DataFrame) -> dict[str, pd.Timestamp | None]:
    """By account already in a batch: when it was last assigned, None while it is not."""
    ended: dict[str, pd.Timestamp | None] = {}
    for row in rows_of(batched):
        assigned = row["assigned_at"]
        ended[str(row["account_id"])] = None if pd.isna(assigned) else pd.Timestamp(assigned)
    return ended


def _is_new(row: dict[str, Any], ended: dict[str, pd.Timestamp | None]) -> bool:
    """Never batched, or waiting again since after its last assignment."""
    if row["account_id"] not in ended:
        return True
    last = ended[row["account_id"]]
    since = row["waiting_since"]
    return last is not None and not pd.isna(since) and pd.Timestamp(since) > last

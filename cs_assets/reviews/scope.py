"""Which customers a run is for: all, some CSMs', some customers, or one shard of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from cs_assets.errors import UsageError
from cs_assets.reviews.facts.readings import Customers


class UnknownScope(UsageError):
    """A CSM or customer that does not exist, or a shard that cannot be."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for; empty lists mean everybody. Shards count from 1."""

    csm_ids: Sequence[str] = ()
    customer_ids: Sequence[str] = ()
    shard: int = 1
    shards: int = 1

    @property
    def is_everybody(self) -> bool:
        return not self.csm_ids and not self.customer_ids and self.shards == 1


def shard_of(customer_id: str, shards: int) -> int:
    """The shard (from 1) of a customer: by hash, so that it stays when others come and go."""
    digest = hashlib.sha256(customer_id.encode()).digest()
    return int.from_bytes(digest[:8], "big") % shards + 1


def choose(wanted: Wanted, assigned: pd.DataFrame) -> Customers:
    """The customers wanted, from rows of ``customer_id`` and ``csm_id``.

    Raises ``UnknownScope`` for a name that no row has.
    """
    if not 1 <= wanted.shard <= wanted.shards:
        raise UnknownScope(f"shard {wanted.shard} of {wanted.shards}: shards count from 1")
    if wanted.is_everybody:
        return Customers()
    rows = assigned
    if wanted.csm_ids:
        _must_know("CSM", wanted.csm_ids, rows["csm_id"].dropna())
        rows = rows[rows["csm_id"].isin(wanted.csm_ids)]
    if wanted.customer_ids:
        _must_know("customer", wanted.customer_ids, assigned["customer_id"])
        rows = rows[rows["customer_id"].isin(wanted.customer_ids)]
    ids = [c for c in rows["customer_id"] if shard_of(c, wanted.shards) == wanted.shard]
    return Customers(tuple(sorted(ids)))


def _must_know(kind: str, names: Sequence[str], known: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise UnknownScope(f"no {kind} called {', '.join(unknown)} in the source tables")

"""The accounts and books of a batch as routing sees them, read and described."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd

from cs_assets.config import BadConfiguration
from cs_assets.routing import accounts as describing
from cs_assets.routing import batches, border
from cs_assets.routing import books as shelving
from cs_assets.routing.decisions.earlier import Decisions, decisions_of
from cs_assets.routing.policy import Policy


class _NothingStored(Exception):
    """Ends a rehearsal, so that its transaction is rolled back."""


def owned(db: batches.Reads, as_of: dt.datetime, batch: str, policy: Policy) -> pd.DataFrame:
    """The owned accounts, weighed, without those of ``batch``."""
    return describing.weigh(db.query("routing/owned_accounts", [as_of, batch]), policy)


def described(db: batches.Store, batch: str, policy: Policy) -> pd.DataFrame:
    """The accounts of a stored batch, one row each; empty when it was never planned."""
    return describing.describe(
        db.query("routing/describe_batch", [batch]),
        policy,
        parents=border.parents_of(db.query("routing/parents")),
        regions=shelving.regions(db.query("routing/workers"), policy),
    )


def of_batch(
    db: batches.Store, batch: str, as_of: dt.datetime, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame, Decisions]:
    """Described accounts, books and decisions of a stored batch."""
    accounts = described(db, batch, policy)
    mine = owned(db, as_of, batch, policy)
    books = shelving.books(db.query("routing/workers"), mine, as_of, policy)
    return accounts, books, decisions_of(db.query("routing/decisions", [as_of]))


def version(db: batches.Store, batch: str, policy: Callable[[], Policy]) -> str:
    """Names what ``batch`` would be routed from now: another name once any of it changes.

    A policy that cannot be loaded is a version of its own: a run on it fails, and one on
    the mended policy is worth a try.
    """
    try:
        rules = policy().version
    except BadConfiguration as error:
        rules = str(error)
    now = dt.datetime.combine(dt.date.max, dt.time.min)
    frames = (
        db.query("routing/describe_batch", [batch]),
        db.query("routing/owned_accounts", [now, batch]),
        db.query("routing/workers"),
    )
    parts = [rules, *(frame.to_csv(index=False) for frame in frames)]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]


@contextmanager
def rehearsal(db: batches.Store) -> Iterator[None]:
    """What is stored inside is undone at the end: a dry run on the real data."""
    try:
        with db.transaction("ops.routing_batches"):
            yield
            raise _NothingStored
    except _NothingStored:
        return


def next_batches(db: batches.Store, as_of: dt.datetime) -> list[str]:
    """Plan what waits and name the open batches; for use inside a rehearsal or a real run."""
    batches.plan(db, as_of)
    return batches.open_batches(db)

"""The accounts and books of a batch as routing sees them, read and described."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from cs_assets.routing import accounts as describing
from cs_assets.routing import batches
from cs_assets.routing import books as shelving
from cs_assets.routing.placing.recommend import Decisions, decisions_of
from cs_assets.routing.policy import Policy


class _NothingStored(Exception):
    """Ends a rehearsal, so that its transaction is rolled back."""


def owned(db: batches.Store, as_of: dt.datetime, batch: str, policy: Policy) -> pd.DataFrame:
    """The owned accounts, weighed, without those of ``batch``."""
    return describing.weigh(db.query("routing/owned_accounts", [as_of, batch]), policy)


def of_batch(
    db: batches.Store, batch: str, as_of: dt.datetime, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame, Decisions]:
    """Described accounts, books and decisions of a stored batch."""
    accounts = describing.describe(db.query("routing/describe_batch", [batch]), policy)
    mine = owned(db, as_of, batch, policy)
    books = shelving.books(db.query("routing/workers"), mine, as_of, policy)
    return accounts, books, decisions_of(db.query("routing/decisions", [as_of]))


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

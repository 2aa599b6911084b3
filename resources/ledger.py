"""The delivery ledger of an installation: opened where it lives, closed after use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import ReadOnlyStore, SqliteStore, Store
from resources.private import keep_private
from resources.settings import Settings


@dataclass(frozen=True)
class OpenLedger:
    """The ledger and its journal of receipts."""

    ledger: Ledger
    journal: Journal


def _store(settings: Settings, *, read_only: bool) -> Store:
    """PostgreSQL when the settings name one (as a shared instance does), else SQLite."""
    if settings.delivery_database_url is not None:
        from cs_assets.delivery.record.postgres_store import PostgresStore

        return PostgresStore(settings.delivery_database_url.get_secret_value())
    ledger = settings.home.ledger
    return ReadOnlyStore(ledger) if read_only else SqliteStore(ledger)


def is_there(settings: Settings) -> bool:
    """Whether there is a ledger yet; opening one makes it."""
    return settings.delivery_database_url is not None or settings.home.ledger.exists()


@contextmanager
def opened(settings: Settings, *, read_only: bool = False) -> Iterator[OpenLedger]:
    """Ledger and journal; raises ``LedgerUnavailable`` when it cannot be opened.

    ``read_only`` for commands that only look: nothing is made, and the home need not be writable.
    """
    if not read_only:
        keep_private(settings.home.root)
    ledger = Ledger(_store(settings, read_only=read_only))
    try:
        yield OpenLedger(ledger, Journal(settings.home.journal))
    finally:
        ledger.close()

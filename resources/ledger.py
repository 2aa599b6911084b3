"""The delivery ledger as a Dagster resource: opened where it lives, closed after use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import SqliteStore, Store
from resources.private import keep_private
from resources.settings import Settings


@dataclass(frozen=True)
class OpenLedger:
    """The ledger and its journal of receipts."""

    ledger: Ledger
    journal: Journal


def _store(settings: Settings) -> Store:
    """PostgreSQL when the settings name one (as a shared instance does), else SQLite."""
    if settings.delivery_database_url is not None:
        from cs_assets.delivery.record.postgres_store import PostgresStore

        return PostgresStore(settings.delivery_database_url.get_secret_value())
    return SqliteStore(settings.home.ledger)


class LedgerResource(dg.ConfigurableResource):
    """The ledger of an installation: in its home folder, or in PostgreSQL."""

    settings: dg.ResourceDependency[Settings]

    @property
    def is_there(self) -> bool:
        """Whether there is a ledger yet; opening one makes it."""
        elsewhere = self.settings.delivery_database_url is not None
        return elsewhere or self.settings.home.ledger.exists()

    @contextmanager
    def open(self) -> Iterator[OpenLedger]:
        """Ledger and journal; raises ``LedgerUnavailable`` when it cannot be opened."""
        keep_private(self.settings.home.root)
        ledger = Ledger(_store(self.settings))
        try:
            yield OpenLedger(ledger, Journal(self.settings.home.journal))
        finally:
            ledger.close()

"""The delivery ledger as a Dagster resource: opened where it lives, closed after use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from cs_assets.delivery.journal import Journal
from cs_assets.delivery.ledger import Ledger
from cs_assets.delivery.store import SqliteStore
from resources.home import Home


@dataclass(frozen=True)
class OpenLedger:
    """The ledger and its journal of receipts."""

    ledger: Ledger
    journal: Journal


class LedgerResource(dg.ConfigurableResource):
    """The ledger of the home folder ``root``."""

    root: str

    @contextmanager
    def open(self) -> Iterator[OpenLedger]:
        """Ledger and journal; raises ``LedgerUnavailable`` when it cannot be opened."""
        from pathlib import Path

        home = Home(Path(self.root))
        ledger = Ledger(SqliteStore(home.ledger))
        try:
            yield OpenLedger(ledger, Journal(home.journal))
        finally:
            ledger.close()

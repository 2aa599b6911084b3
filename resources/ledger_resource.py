"""The delivery ledger as assets are given it."""

from contextlib import AbstractContextManager

import dagster as dg

from resources.ledger import OpenLedger, is_there, opened
from resources.settings import Settings


class LedgerResource(dg.ConfigurableResource):
    """The ledger of an installation: in its home folder, or in PostgreSQL."""

    settings: dg.ResourceDependency[Settings]
    read_only: bool = False

    @property
    def is_there(self) -> bool:
        """Whether there is a ledger yet; opening one makes it."""
        return is_there(self.settings)

    def open(self) -> AbstractContextManager[OpenLedger]:
        """Ledger and journal; raises ``LedgerUnavailable`` when it cannot be opened."""
        return opened(self.settings, read_only=self.read_only)

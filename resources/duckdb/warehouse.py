"""The embedded warehouse as a resource of Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager

from resources.duckdb import sessions
from resources.duckdb.sessions import DuckDBSession, lock_of, settings_of_file
from resources.warehouse import Warehouse
from resources.warehouse_port import Session


class DuckDBWarehouse(Warehouse):
    """The DuckDB file at ``path``. Sessions of all processes take turns, fairly."""

    path: str
    wait_seconds: float = sessions.WAIT_SECONDS

    @contextmanager
    def open(self, label: str) -> Iterator[Session]:
        with sessions.writing(self.path, label, self.wait_seconds) as session:
            yield session

    @contextmanager
    def reading(self, label: str = "cs_assets") -> Iterator[Session]:
        with sessions.reading(self.path, label, self.wait_seconds) as session:
            yield session


__all__ = ["DuckDBSession", "DuckDBWarehouse", "lock_of", "settings_of_file"]

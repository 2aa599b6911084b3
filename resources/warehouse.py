"""The warehouse as a resource of Dagster: opens sessions of the port (``warehouse_port``)."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import dagster as dg

from resources.warehouse_port import (
    Between,
    Merged,
    Parameters,
    Scalar,
    Scope,
    Session,
    check_rows,
    scope_condition,
    unnamed_write,
)


class Warehouse(dg.ConfigurableResource):
    """The resource: opens sessions. Short ones: read, close, compute, write."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is reached over a network, and may be away."""
        return False

    def reach(self) -> None:
        """Nothing where it can be reached; else ``Unavailable`` after one try, not after all."""

    @abstractmethod
    def open(self, label: str) -> AbstractContextManager[Session]: ...

    @contextmanager
    def session(self, label: str = "cs_assets") -> Iterator[Session]:
        """A session; ``label`` names the asset or command for those who wait and for logs."""
        with self.open(label) as session:
            yield session

    @contextmanager
    def reading(self, label: str = "cs_assets") -> Iterator[Session]:
        """A session that only reads: it makes nothing, and needs no place to write where the
        engine does not. Raises ``UsageError`` where there is no warehouse to read.
        """
        with self.open(label) as session:
            yield session


__all__ = [
    "Between",
    "Merged",
    "Parameters",
    "Scalar",
    "Scope",
    "Session",
    "Warehouse",
    "check_rows",
    "scope_condition",
    "unnamed_write",
]

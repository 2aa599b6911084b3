"""Where the ledger's tables live: SQLite beside the Dagster instance."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from cs_assets.errors import Unavailable

Row = Mapping[str, Any]


class Store(Protocol):
    """Runs statements with ``?`` binds on one connection."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; the number of rows it changed."""
        ...

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Rows of a SELECT."""
        ...

    def transaction(self) -> Any:
        """A writing transaction as a context: all of it on the disk, or nothing."""
        ...

    def close(self) -> None: ...


class LedgerUnavailable(Unavailable):
    """The ledger cannot be opened; nothing is sent without it."""


@cache
def schema() -> str:
    """The DDL of the ledger."""
    text = files("cs_assets.delivery.record").joinpath("ledger_schema.sql")
    return text.read_text(encoding="utf-8")


class SqliteStore:
    """WAL with full synchronisation: what is committed survives a power failure."""

    def __init__(self, path: Path, wait_seconds: float = 30.0) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(
                path, timeout=wait_seconds, isolation_level=None, check_same_thread=False
            )
            path.chmod(0o600)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._make_tables()
        except (sqlite3.Error, OSError) as error:
            raise LedgerUnavailable(
                f"the delivery ledger {path} cannot be opened ({error}); "
                "nothing is sent without it: mend the file or its folder"
            ) from error

    def _make_tables(self) -> None:
        there = self.rows("SELECT name FROM sqlite_master WHERE name = 'delivery_channel'")
        if not there:
            with self.transaction():
                for statement in schema().split(";\n"):
                    if statement.strip():
                        self.execute(statement)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        return self._connection.execute(statement, tuple(parameters)).rowcount

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        found = self._connection.execute(statement, tuple(parameters)).fetchall()
        return [dict(row) for row in found]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        # IMMEDIATE: the write lock is taken, and waited for, at the start; a read
        # transaction that turns into a writing one could fail at once instead.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._connection.close()

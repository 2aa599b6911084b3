"""Where the ledger's tables live: SQLite beside the Dagster instance."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from cs_assets.errors import Unavailable
from cs_assets.sqlite_files import copied, damage_told, open_to_read, transaction

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
            with damage_told(path):
                self._connection = sqlite3.connect(
                    path, timeout=wait_seconds, isolation_level=None, check_same_thread=False
                )
                with suppress(PermissionError):  # of another owner, who lets us write
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

    @property
    def _is_current(self) -> bool:
        return bool(self.rows("SELECT name FROM sqlite_master WHERE name = 'delivery_fence'"))

    def _make_tables(self) -> None:
        if not self._is_current:
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
        with transaction(self._connection):
            yield

    def close(self) -> None:
        self._connection.close()


class ReadOnlyStore(SqliteStore):
    """The same file, changed by nobody through here; one that is not there is empty."""

    def __init__(self, path: Path, wait_seconds: float = 30.0) -> None:
        try:
            if path.exists():
                self._use(open_to_read(path, wait_seconds))
                if not self._is_current:  # of an earlier version: brought up to date in a copy
                    self._connection.close()
                    self._use(copied(path))
            else:
                self._use(sqlite3.connect(":memory:", isolation_level=None))
            self._make_tables()
        except (sqlite3.Error, OSError) as error:
            raise LedgerUnavailable(
                f"the delivery ledger {path} cannot be read ({error})"
            ) from error

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row

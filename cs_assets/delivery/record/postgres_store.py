"""The ledger's tables in PostgreSQL, for an instance that keeps its own storage there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

from cs_assets.delivery.record.store import LedgerUnavailable, Row, schema

_SCHEMA_LOCK = 7_203_110_909  # any number that all installations of the ledger share


class PostgresStore:
    """One connection; every statement outside a transaction commits by itself.

    Rows are claimed by conditional UPDATEs, which PostgreSQL serialises by row locks
    at its default isolation; ``synchronous_commit`` is on, so what is committed
    survives a power failure of the server.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise LedgerUnavailable(
                "the delivery ledger in PostgreSQL needs the extra: "
                "pip install 'cs-assets[postgres]'"
            ) from None
        try:
            self._connection: psycopg.Connection[dict[str, Any]] = psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=10,
                options="-c synchronous_commit=on",
                row_factory=psycopg.rows.dict_row,
            )
            self._make_tables()
        except psycopg.Error as error:
            # The message may name host and user; the URL itself is a secret.
            raise LedgerUnavailable(
                f"the delivery ledger in PostgreSQL cannot be opened ({type(error).__name__}); "
                "check DELIVERY_DATABASE_URL; nothing is sent without the ledger"
            ) from None

    def _make_tables(self) -> None:
        if self.rows("SELECT to_regclass('delivery_fence') AS found")[0]["found"] is not None:
            return
        with self.transaction():
            # CREATE IF NOT EXISTS of two processes at once can still collide.
            self.rows("SELECT pg_advisory_xact_lock(?)", [_SCHEMA_LOCK])
            for statement in schema().split(";\n"):
                if statement.strip():
                    self.execute(statement)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        return self._connection.execute(_pyformat(statement), self._values(parameters)).rowcount

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        cursor = self._connection.execute(_pyformat(statement), self._values(parameters))
        return list(cursor.fetchall())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def close(self) -> None:
        self._connection.close()

    @staticmethod
    def _values(parameters: Sequence[Any]) -> list[Any] | None:
        """Enumerations as plain text: psycopg would ask for a type of their name."""
        values = [str(value) if isinstance(value, str) else value for value in parameters]
        return values or None


def _pyformat(statement: str) -> LiteralString:
    """``?`` binds as psycopg writes them. The ledger's statements hold no other ``?`` or ``%``."""
    return statement.replace("?", "%s")

"""A session on Snowflake: the port's promises kept where DDL commits and no key is enforced."""

import json
import random
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import Error, OperationalError, ProgrammingError

import sql
from cs_assets.errors import CsAssetsError
from resources.snowflake.bound_rows import any_of, bound, portions
from resources.snowflake.errors import is_expired, is_transient
from resources.snowflake.locks import lock_of, take_lock
from resources.snowflake.looks import Look, Looks
from resources.snowflake.rows import normalised, staged_type, unstaged, write_parquet
from resources.snowflake.schemas import USUAL, Schemas
from resources.snowflake.spent import Spent
from resources.warehouse_port import (
    Merged,
    Parameters,
    Scope,
    check_rows,
    scope_condition,
    unnamed_write,
)
from sql import catalog

#: Tries of one piece of work, and the longest wait before the second.
_TRIES = 4
_WAIT_SECONDS = 1.0

#: Names that views of the platform begin with: what a statement reads through one is not told.
_VIEWS = r"\w+\.vw?_\w+"

Result = TypeVar("Result")


class SnowflakeSession:
    """A session that connects when first needed and again when its token has run out.

    A few rows are bound to the statement that writes them. Many come in through temporary
    tables, one or two for each table written to, made before a transaction begins because
    DDL would commit it half way. A transaction first takes the locks of its tables
    (``snowflake.locks``), so that two which write to the same table follow each other.
    """

    def __init__(
        self,
        connect: Callable[[], SnowflakeConnection],
        schemas: Schemas = USUAL,
        looks: Looks | None = None,
    ) -> None:
        self._connect = connect
        self._schemas = schemas
        self._looks = looks
        self._versions: dict[str, str] = {}
        self._looked_after_write: dict[Look, str] = {}
        self._has_written = False
        self._connection: SnowflakeConnection | None = None
        self._in_transaction = False
        self._named: frozenset[str] = frozenset()
        self._is_trying = False
        self._has_stage = False
        self._staging: set[str] = set()
        self._tag = "cs_assets"
        self.spent = Spent()
        """What the statements since ``tag`` are counted in."""

    @property
    def is_open(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    def connect(self) -> None:
        """Sign in now; else the first statement does."""
        self._opened()

    def tag(self, text: str) -> None:
        """Mark what follows in Snowflake's history: ``text`` of letters, digits and ``_=;.-``.

        It goes along with each statement: a statement of its own for each asset would cost more
        than it tells.
        """
        self._tag = text
        self._versions = {}  # of the moment when a session is taken up

    def close(self) -> None:
        """End the session; what it left open is rolled back by Snowflake."""
        connection, self._connection = self._connection, None
        self._has_stage = False
        self._staging.clear()
        if connection is not None:
            with suppress(Error):
                connection.close()

    def query(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        def read() -> pd.DataFrame:
            with self._cursor(sql.text(statement, "snowflake"), parameters) as cursor:
                return normalised(cursor.fetch_pandas_all(), cursor.description)

        return self._trying(read)

    def look(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        look, text = Look(statement, tuple(parameters)), sql.text(statement, "snowflake")
        # After a write the warehouse is awake, and what is kept may be wrong: see look_again.
        if self._looks is None or self._has_written:
            self._looked_after_write[look] = ""
            return self.query(statement, parameters)
        version = self._version(statement)
        rows = self._looks.rows(look, text, version) if version else None
        if rows is None:
            # Of a time after its version: a change between the two is met by the next look.
            rows = self.query(statement, parameters)
            if version:
                self._looks.keep(look, text, version, rows)
        return rows

    def look_again(self) -> None:
        """Look anew at what is looked at all day and what this session may have changed: while the
        warehouse is awake, and not when the next run would have to wake it."""
        if self._looks is None or not self._has_written:
            return
        self._has_written = False
        self._versions = {}
        looks, self._looked_after_write = {**self._looked_after_write, **dict(self._in_use())}, {}
        for look, asked in looks.items():
            version, text = self._version(look.statement), sql.text(look.statement, "snowflake")
            if version and not self._looks.is_kept(asked, text, version):
                self._looks.keep(look, text, version, self.query(look.statement, look.parameters))

    def _version(self, statement: str) -> str | None:
        """When the relations that a statement reads last changed, as Snowflake tells it without a
        warehouse; None where it does not."""
        relations = self._relations_of(statement)
        if not self._versions.keys() >= set(relations):
            others = (self._relations_of(look.statement) for look, _ in self._in_use())
            self._versions = self._told(sorted(set(relations).union(*others)))
            if not self._versions.keys() >= set(relations):  # one of the others is not told
                self._versions = self._told(relations)
        if not self._versions.keys() >= set(relations):
            return None
        return json.dumps([[one, self._versions[one]] for one in relations])

    def _in_use(self) -> list[tuple[Look, str]]:
        return list(self._looks.in_use()) if self._looks else []

    def _relations_of(self, statement: str) -> list[str]:
        return self._schemas.named_in(sql.text(statement, "snowflake"))

    def _told(self, relations: list[str]) -> dict[str, str]:
        """By relation the token of its last change; none where Snowflake refuses to tell one."""
        asked = ", ".join(f"SYSTEM$LAST_CHANGE_COMMIT_TIME('{name}')" for name in relations)

        def read() -> dict[str, str]:
            with self._cursor(f"SELECT {asked}") as cursor:
                return dict(zip(relations, map(str, cursor.fetchone()), strict=True))

        try:
            return self._trying(read)
        except ProgrammingError:
            return {}

    def execute(self, statement: str, parameters: Parameters = ()) -> None:
        self._has_written = True
        self._run(sql.text(statement, "snowflake"), parameters)

    def make_view(self, statement: str, **names: str) -> None:
        """Nothing: the set-up made the view, and its owner alone may make it again."""

    def show(self, what: str) -> pd.DataFrame:
        """Rows of ``SHOW what`` as text; it takes no parameters, so the caller checks names."""
        with self._cursor(f"SHOW {what}") as cursor:
            names = [str(field.name).lower() for field in cursor.description]
            return pd.DataFrame(cursor.fetchall(), columns=names)  # SHOW gives JSON, not Arrow

    @contextmanager
    def transaction(self, *tables: str, bulk: bool = True) -> Iterator[None]:
        if self._in_transaction:
            if unnamed := set(tables) - self._named:
                raise unnamed_write(unnamed)
            yield
            return
        self._trying(lambda: self._begin(tables, tables if bulk else ()))
        self._in_transaction = self._has_written = True
        self._named = frozenset(tables)
        try:
            yield
        except BaseException:
            with suppress(Error):  # a connection that is gone has rolled back already
                self._run("ROLLBACK")
            raise
        else:
            self._run("COMMIT")
        finally:
            self._in_transaction = False

    def _begin(self, tables: tuple[str, ...], prepared: tuple[str, ...]) -> None:
        """Begin a transaction that holds the locks of its tables."""
        for table in prepared:
            self._prepare(table)
        self._run("BEGIN")
        try:
            # Each once and in one order, so that two cannot wait for each other.
            for table in sorted({lock_of(table): table for table in tables}.values(), key=lock_of):
                self._take(table)
        except BaseException:
            with suppress(Error):
                self._run("ROLLBACK")
            raise

    def _take(self, table: str) -> None:
        if self._run(take_lock(table)) != 1:
            raise CsAssetsError(
                f"{lock_of(table)} has lost its row, writers of {table} would not wait for each "
                "other; drop it and run cs-assets setup snowflake --only tables"
            )

    def append(self, table: str, rows: pd.DataFrame) -> int:
        columns = self._columns_of(table, rows)
        if rows.empty:
            return 0
        with self.transaction(table, bulk=bound(rows, columns) is None):
            self._insert(table, columns, rows)
        return len(rows)

    def replace(self, table: str, rows: pd.DataFrame, scope: Scope) -> int:
        columns = self._columns_of(table, rows)
        bulk = not rows.empty and bound(rows, columns) is None

        def write() -> int:
            with self.transaction(table, bulk=bulk):
                self._delete(table, scope)
                if not rows.empty:
                    self._insert(table, columns, rows)
            return len(rows)

        return self._trying(write)

    def replace_from(self, table: str, statement: str, parameters: Parameters, scope: Scope) -> int:
        select = sql.text(statement, "snowflake").rstrip().rstrip(";")
        return self._trying(lambda: self._replace_from(table, select, parameters, scope))

    def _replace_from(self, table: str, select: str, parameters: Parameters, scope: Scope) -> int:
        columns = ", ".join(self.columns(table))
        reads_itself = _mentions(select, table)
        made = f"(\n{select}\n) made"
        # It runs before the rows go that it is to replace, and before the lock is taken: AI
        # functions in it may take minutes, and others would wait for as long.
        if reads_itself:
            if not self._in_transaction:
                self._prepare(table)
            made, kept = _kept_name(table), made
            self._run(f"DELETE FROM {made}")  # noqa: S608 - identifiers are the catalog's own
            text = f"INSERT INTO {made} ({columns}) SELECT {columns} FROM {kept}"  # noqa: S608
            self._run(text, parameters)
            parameters = ()
        with self.transaction(table, bulk=False):
            self._delete(table, scope)
            return self._run(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {made}",  # noqa: S608
                parameters,
            )

    def merge(self, table: str, rows: pd.DataFrame) -> Merged:
        key = catalog.table(table).key
        columns = self._columns_of(table, rows)
        if rows.empty:
            return Merged(0, 0)
        if rows.duplicated(list(key)).any():
            raise ValueError(f"{table}: rows to merge repeat the key ({', '.join(key)})")
        return self._trying(lambda: self._merge(table, key, columns, rows))

    def _merge(
        self,
        table: str,
        key: tuple[str, ...],
        columns: list[catalog.Column],
        rows: pd.DataFrame,
    ) -> Merged:
        updated = inserted = 0
        with self.transaction(table, bulk=bound(rows, columns) is None):
            for staged, values in self._staged(table, columns, rows):
                inserted += self._run(_insert_new_text(table, key, columns, staged), values)
                text = _update_text(table, key, columns, staged)
                if text and inserted < len(rows):  # what was just inserted differs in nothing
                    updated += self._run(text, values)
        return Merged(inserted=inserted, updated=updated)

    def update(self, table: str, rows: pd.DataFrame) -> int:
        key, columns = catalog.table(table).key, self._columns_of(table, rows)

        def write() -> int:
            with self.transaction(table, bulk=bound(rows, columns) is None):
                return sum(
                    self._run(_update_text(table, key, columns, staged), values)
                    for staged, values in self._staged(table, columns, rows)
                )

        return 0 if rows.empty else self._trying(write)

    def _staged(
        self, table: str, columns: list[catalog.Column], rows: pd.DataFrame
    ) -> Iterator[tuple[str, tuple[str | None, ...]]]:
        """``rows`` as table expressions with what is bound to each: one, but for many rows in a
        transaction that was not prepared for them."""
        if table in self._staging and bound(rows, columns) is None:
            yield self._load(table, columns, rows), ()
        else:
            yield from ((part.text, part.values) for part in portions(rows, columns))

    def columns(self, table: str) -> list[str]:
        return catalog.table(table).column_names

    def _prepare(self, table: str) -> None:
        """Make what a write to ``table`` needs and what would commit a transaction."""
        if table in self._staging:
            return
        declared = catalog.table(table)
        if not self._has_stage:
            self._run("CREATE TEMPORARY STAGE IF NOT EXISTS incoming_rows")
            self._has_stage = True
        types = ", ".join(f"{column.name} {staged_type(column)}" for column in declared.columns)
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {_loaded_name(table)} ({types})")
        if _has_made_values(table):
            types = ", ".join(f"{column.name} {column.type}" for column in declared.columns)
            self._run(f"CREATE OR REPLACE TEMPORARY TABLE {_made_name(table)} ({types})")
        self._staging.add(table)

    def _load(self, table: str, columns: list[catalog.Column], rows: pd.DataFrame) -> str:
        """Put ``rows`` into the temporary table of ``table``; returns its name."""
        staged = _loaded_name(table)
        self._run(f"DELETE FROM {staged}")  # noqa: S608
        self._copy(staged, columns, rows)
        return staged

    def _copy(self, into: str, columns: list[catalog.Column], rows: pd.DataFrame) -> None:
        """Send ``rows`` as one Parquet file and copy it into a table, inside the transaction."""
        place = f"rows_{uuid.uuid4().hex}"  # COPY skips a file that it has loaded before
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{place}.parquet"
            write_parquet(rows, columns, path)
            self._run(f"PUT 'file://{path}' @incoming_rows/{place} AUTO_COMPRESS = FALSE")
        names = ", ".join(column.name for column in columns)
        values = ", ".join(f"$1:{c.name.upper()}::{staged_type(c)}" for c in columns)
        # Without logical types a Parquet timestamp would come in as a number to be guessed at.
        self._run(
            f"COPY INTO {into} ({names}) FROM (SELECT {values} FROM @incoming_rows/{place}) "  # noqa: S608
            "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE)"
        )

    def _columns_of(self, table: str, rows: pd.DataFrame) -> list[catalog.Column]:
        declared = catalog.table(table)
        return [declared.column(name) for name in check_rows(self.columns(table), rows, table)]

    def _delete(self, table: str, scope: Scope) -> None:
        check_rows(self.columns(table), pd.DataFrame(columns=list(scope)), table)
        condition, parameters = scope_condition(scope, any_of)
        self._run(f"DELETE FROM {table} WHERE {condition}", parameters)  # noqa: S608

    def _insert(self, table: str, columns: list[catalog.Column], rows: pd.DataFrame) -> None:
        """Few rows bound; many straight into the table, or by way of text where a function
        makes the values."""
        is_plain = not any(staged_type(column) != column.type for column in columns)
        if is_plain and table in self._staging and bound(rows, columns) is None:
            self._copy(table, columns, rows)
            return
        names = ", ".join(column.name for column in columns)
        values = ", ".join(unstaged(column) for column in columns)
        for staged, given in self._staged(table, columns, rows):
            text = f"INSERT INTO {table} ({names}) SELECT {values} FROM {staged} came"  # noqa: S608
            self._run(text, given)

    def _run(self, text: str, parameters: Any = ()) -> int:
        with self._cursor(text, parameters) as cursor:
            return int(cursor.rowcount or 0)

    def _trying(self, work: Callable[[], Result]) -> Result:
        """Do ``work``, again after a transient error, unless it is part of a transaction.

        The work is one that may be done twice: a read, or a write that replaces.
        """
        if self._is_trying:  # part of work that is tried again as a whole
            return work()
        for left in reversed(range(_TRIES)):
            self._is_trying = True
            try:
                return work()
            except Error as error:
                if self._in_transaction or not left or not is_transient(error):
                    raise
                if is_expired(error) or not self.is_open:
                    self.close()
                time.sleep(random.uniform(0, _WAIT_SECONDS * (_TRIES - left)))  # noqa: S311
            finally:
                self._is_trying = False
        raise AssertionError("unreachable")

    def _opened(self) -> SnowflakeConnection:
        """The connection; a new one knows neither tag nor temporary tables."""
        if self._connection is None or self._connection.is_closed():
            if self._in_transaction:  # a new session would write outside of the transaction
                raise OperationalError("the connection was closed in a transaction", errno=250003)
            self._connection = self._connect()
            self._has_stage = False
            self._staging.clear()
        return self._connection

    @contextmanager
    def _cursor(self, text: str, parameters: Any = ()) -> Iterator[Any]:
        cursor = self._opened().cursor()
        began = time.monotonic()
        try:
            yield cursor.execute(
                self._schemas.placed(text),
                list(parameters) or None,
                _statement_params={"QUERY_TAG": self._tag},
            )
        finally:
            self.spent.add(cursor.sfqid, text, time.monotonic() - began)
            cursor.close()


def _loaded_name(table: str) -> str:
    """The temporary table that files are copied into (values of special types as text)."""
    return "loaded_" + table.replace(".", "_")


def _made_name(table: str) -> str:
    """The temporary table that a SELECT is kept in, where the other one holds text instead."""
    return "made_" + table.replace(".", "_")


def _kept_name(table: str) -> str:
    """The temporary table in which the result of a SELECT is kept."""
    return _made_name(table) if _has_made_values(table) else _loaded_name(table)


def _mentions(text: str, table: str) -> bool:
    """Whether a statement may read the table that it fills: by its name, or through a view."""
    code = re.sub(r"--[^\n]*", "", text)
    return re.search(rf"\b(?:{re.escape(table)}|{_VIEWS})\b", code) is not None


def _has_made_values(table: str) -> bool:
    """Whether a column of ``table`` is of a type that no file can hold."""
    return any(staged_type(column) != column.type for column in catalog.table(table).columns)


def _update_text(
    table: str, key: tuple[str, ...], columns: list[catalog.Column], staged: str
) -> str:
    """Changes the rows that are there and differ; empty when there is nothing but the key.

    Not one MERGE: it would tell updated and inserted rows apart on Snowflake only,
    and the lock already keeps others out between the two statements.
    """
    others = [column for column in columns if column.name not in key]
    if not others:
        return ""
    rows = ", ".join(f"{unstaged(column)} AS {column.name}" for column in columns)
    same_key = " AND ".join(f"{table}.{name} = r.{name}" for name in key)
    differs = " OR ".join(f"{table}.{c.name} IS DISTINCT FROM r.{c.name}" for c in others)
    changes = ", ".join(f"{c.name} = r.{c.name}" for c in others)
    return (
        f"UPDATE {table} SET {changes} FROM (SELECT {rows} FROM {staged} came) r "  # noqa: S608
        f"WHERE {same_key} AND ({differs})"
    )


def _insert_new_text(
    table: str, key: tuple[str, ...], columns: list[catalog.Column], staged: str
) -> str:
    names = ", ".join(column.name for column in columns)
    values = ", ".join(unstaged(column) for column in columns)
    same_key = " AND ".join(f"t.{name} = r.{name}" for name in key)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {staged} r "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {same_key})"
    )

"""Sessions on the embedded warehouse: one DuckDB file, one process at a time, in turn.

Nothing of Dagster is loaded here: a command that only reads starts in half the time.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sql
from cs_assets.disk import refusal
from cs_assets.errors import Unavailable, UsageError
from resources.duckdb import engines
from resources.duckdb.fair_lock import fair_lock
from resources.private import keep_private
from resources.warehouse_port import (
    Merged,
    Parameters,
    Scope,
    Session,
    check_rows,
    scope_condition,
    unnamed_write,
)
from sql import catalog

if TYPE_CHECKING:
    import duckdb  # loaded by whoever opens a file, not with the definitions
    import pyarrow as pa

_log = logging.getLogger("cs_assets.home")

#: What the names of views begin with, anywhere under `sql/`.
_VIEWS = r"\w+\.vw_\w+"
#: How long a turn is waited for.
WAIT_SECONDS = 120.0
#: Rows from which making an Arrow table of them pays.
_MANY = 10_000
#: Between two tries to open a file that a process without a turn has open.
_LOOK_AGAIN_SECONDS = 0.05


class DuckDBSession:
    """A session on an open DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._in_transaction = False
        self._named: tuple[str, ...] = ()

    def query(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        return self._run(sql.text(statement, "duckdb"), parameters).df()

    def look(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        return self.query(statement, parameters)

    def execute(self, statement: str, parameters: Parameters = ()) -> None:
        self._run(sql.text(statement, "duckdb"), parameters)

    def make_view(self, statement: str, **names: str) -> None:
        self._run(sql.filled(sql.text(statement, "duckdb"), names))

    @contextmanager
    def transaction(self, *tables: str, bulk: bool = True) -> Iterator[None]:
        if self._in_transaction:
            if unnamed := set(tables) - set(self._named):
                raise unnamed_write(unnamed)
            yield
            return
        self._connection.begin()
        self._in_transaction = True
        self._named = tables
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        else:
            self._connection.commit()
        finally:
            self._in_transaction = False

    def append(self, table: str, rows: pd.DataFrame) -> int:
        names = check_rows(self.columns(table), rows, table)
        if rows.empty:
            return 0
        columns = ", ".join(names)
        with self._registered(rows) as view, self.transaction(table):
            # Identifiers are the catalog's own.
            self._run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {view}")  # noqa: S608
        return len(rows)

    def append_arrow(self, table: str, rows: pa.Table) -> int:
        """As ``append``, of an Arrow table."""
        names = check_rows(self.columns(table), rows.slice(0, 0).to_pandas(), table)
        columns = ", ".join(names)
        with self._registered(rows) as view, self.transaction(table):
            self._run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {view}")  # noqa: S608
        return int(rows.num_rows)

    def replace(self, table: str, rows: pd.DataFrame, scope: Scope) -> int:
        with self.transaction(table):
            self._delete(table, scope)
            return self.append(table, rows)

    def replace_from(self, table: str, statement: str, parameters: Parameters, scope: Scope) -> int:
        text = sql.text(statement, "duckdb")
        with self.transaction(table):
            described = self._run(f"DESCRIBE {text}", parameters).fetchall()
            names = [str(column[0]).lower() for column in described]
            check_rows(self.columns(table), pd.DataFrame(columns=names), table)
            columns = ", ".join(names)
            if not _mentions(text, table):  # straight into the table, whatever their number
                self._delete(table, scope)
                return self._count(f"INSERT INTO {table} ({columns}) {text}", parameters)
            rows = self._run(text, parameters).to_arrow_table()
            self._delete(table, scope)
            with self._registered(rows) as view:
                self._run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {view}")  # noqa: S608
            return int(rows.num_rows)

    def merge(self, table: str, rows: pd.DataFrame) -> Merged:
        key = catalog.table(table).key
        names = check_rows(self.columns(table), rows, table)
        if rows.empty:
            return Merged(0, 0)
        if rows.duplicated(list(key)).any():
            raise ValueError(f"{table}: rows to merge repeat the key ({', '.join(key)})")
        others = [name for name in names if name not in key]
        same_key = " AND ".join(f"t.{name} = r.{name}" for name in key)
        differs = " OR ".join(f"t.{name} IS DISTINCT FROM r.{name}" for name in others) or "FALSE"
        changes = ", ".join(f"{name} = r.{name}" for name in others)
        values = ", ".join(f"r.{name}" for name in names)
        update = f"WHEN MATCHED AND ({differs}) THEN UPDATE SET {changes}" if others else ""
        with self._registered(rows) as view, self.transaction(table):
            before = self._count(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
            touched = self._count(
                f"MERGE INTO {table} t USING {view} r ON {same_key} {update} "  # noqa: S608
                f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({values})"
            )
            inserted = self._count(f"SELECT COUNT(*) FROM {table}") - before  # noqa: S608
        return Merged(inserted=inserted, updated=touched - inserted)

    def update(self, table: str, rows: pd.DataFrame) -> int:
        key = catalog.table(table).key
        others = [n for n in check_rows(self.columns(table), rows, table) if n not in key]
        if rows.empty:
            return 0
        same_key = " AND ".join(f"t.{name} = r.{name}" for name in key)
        differs = " OR ".join(f"t.{name} IS DISTINCT FROM r.{name}" for name in others)
        changes = ", ".join(f"{name} = r.{name}" for name in others)
        with self._registered(rows) as view, self.transaction(table):
            return self._count(
                f"UPDATE {table} t SET {changes} FROM {view} r "  # noqa: S608
                f"WHERE {same_key} AND ({differs})"
            )

    def columns(self, table: str) -> list[str]:
        return catalog.table(table).column_names

    def _delete(self, table: str, scope: Scope) -> None:
        check_rows(self.columns(table), pd.DataFrame(columns=list(scope)), table)
        condition, parameters = scope_condition(scope, _in_a_list)
        self._run(f"DELETE FROM {table} WHERE {condition}", parameters)  # noqa: S608

    def _run(self, text: str, parameters: Any = ()) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(text, list(parameters))

    def _count(self, text: str, parameters: Parameters = ()) -> int:
        """The one number that a statement gives: of rows counted, or of rows written."""
        row = self._run(text, parameters).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _registered(self, rows: Any) -> Iterator[str]:
        self._connection.register("incoming_rows", _columnar(rows))
        try:
            yield "incoming_rows"
        finally:
            self._connection.unregister("incoming_rows")


def _in_a_list(column: str, wanted: Sequence[Any]) -> tuple[str, list[Any]]:
    """One parameter for all values: ten thousand of their own take longer than the deletion."""
    return f"{column} IN (SELECT UNNEST(?))", [list(wanted)]


def _mentions(text: str, table: str) -> bool:
    """Whether a statement may read the table that it fills: by its name, or through a view."""
    return re.search(rf"\b(?:{re.escape(table)}|{_VIEWS})\b", text) is not None


def _columnar(rows: Any) -> Any:
    """Many rows as an Arrow table, which DuckDB reads on every core and twice as fast.

    Few rows too where they hold categories: of dates DuckDB does not know any.
    """
    if not isinstance(rows, pd.DataFrame):
        return rows
    if len(rows) < _MANY and not any(kind == "category" for kind in rows.dtypes):
        return rows
    import pyarrow as pa  # not needed by most commands

    try:
        return pa.Table.from_pandas(rows, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of several types
        return rows


@contextmanager
def writing(where: str, label: str, wait_seconds: float) -> Iterator[Session]:
    """A session on the file ``where``, in turn with all processes; ``label`` names it for them."""
    path = Path(where).absolute()
    if (held := _held.sessions.get(path)) is not None:  # this thread has it open already
        yield held
        return
    keep_private(path.parent)
    # The tickets of earlier versions.
    shutil.rmtree(path.with_name(f"{path.name}.turns"), ignore_errors=True)
    deadline = time.monotonic() + wait_seconds
    with (
        fair_lock(lock_of(path), label=label, timeout=wait_seconds),
        _session(path, _connect_to_write(path, deadline)) as session,
    ):
        yield session


@contextmanager
def reading(where: str, label: str, wait_seconds: float) -> Iterator[Session]:
    """A session that only reads; raises ``UsageError`` where there is no file."""
    path = Path(where).absolute()
    if (held := _held.sessions.get(path)) is not None:
        yield held
        return
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        raise UsageError(
            f"there is no warehouse in {path.parent}: name an installation's folder with "
            "--home or CS_ASSETS_HOME, or make one with cs-assets demo"
        )
    deadline = time.monotonic() + wait_seconds
    with contextlib.ExitStack() as turn:
        with contextlib.suppress(OSError):  # no lock can be made here: DuckDB's own must do
            turn.enter_context(fair_lock(lock_of(path), label=label, timeout=wait_seconds))
        with _session(path, _connect_to_read(path, deadline)) as session:
            yield session


class _Held(threading.local):
    """Sessions that this thread holds, so that nested use does not wait for itself."""

    def __init__(self) -> None:
        self.sessions: dict[Path, DuckDBSession] = {}


_held = _Held()


def is_held(path: Path) -> bool:
    """Whether this thread has a session on the file; one within it is the same."""
    return path in _held.sessions


def settings_of_file() -> str:
    """How a warehouse file is attached to be written."""
    return _ATTACHED


def lock_of(path: Path) -> Path:
    """The lock that stands for the turn at the warehouse ``path``."""
    return path.with_name(f"{path.name}.lock")


@contextmanager
def _session(path: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[DuckDBSession]:
    session, before = DuckDBSession(connection), engines.resident()
    _held.sessions[path] = session
    try:
        with damage_told(path):
            yield session
    finally:
        del _held.sessions[path]
        engines.put_back(connection, engines.resident() - before)


#: How the file is attached. Texts are compressed by dictionary and FSST at once, in a third of
#: the time (of a file that is made; DuckDB before 1.3 cannot read it). Row groups are small,
#: because full ones are written compressed and at once: of others the log has a copy, and each
#: end of a session may compress them again.
_ATTACHED = "STORAGE_VERSION 'v1.3.0', ROW_GROUP_SIZE 10240"

#: What it says of a file that is damaged.
_DAMAGED = (
    "not a valid DuckDB", "Could not read enough", "Corrupt", "checksum", "Is a directory",
)  # fmt: skip
#: What DuckDB says while another process has the file open.
_IN_USE = "Could not set lock on file"


def _connect_to_write(path: Path, deadline: float) -> duckdb.DuckDBPyConnection:
    _drop_unborn(path)
    return _connect(path, deadline)


def _connect_to_read(path: Path, deadline: float) -> duckdb.DuckDBPyConnection:
    from resources.duckdb import prelude

    connection = _connect(path, deadline, read_only=True)
    if prelude.is_current(connection):
        return connection
    engines.put_back(connection)  # made by another version: to be read it has to be changed
    try:
        return _connect(path, deadline)
    except Exception as error:
        if (refused := refusal(error)) is None:
            raise
        _log.warning(
            "%s is of another version of cs-assets and cannot be brought up to date (%s): what it "
            "has is shown; what it lacks is empty", path, refused,
        )  # fmt: skip
        return _laid_over(path)


def _connect(path: Path, deadline: float, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A prepared connection; while a process without a turn has the file, until ``deadline``."""
    import duckdb

    from resources.duckdb import prelude

    connection = engines.engine(prelude.prepare)
    with engines.closed_on_error(connection):
        while True:
            try:
                how = "READ_ONLY" if read_only else _ATTACHED
                connection.execute(f"ATTACH '{_quoted(path)}' AS {engines.ATTACHED} ({how})")
                break
            except duckdb.IOException as error:
                if _IN_USE not in str(error) or time.monotonic() >= deadline:
                    raise _cannot_be_opened(path, error) from error
                time.sleep(_LOOK_AGAIN_SECONDS)
        try:
            connection.execute(f"USE {engines.ATTACHED}")
            if not read_only:
                prelude.bring_tables_up_to_date(connection)
        except duckdb.IOException as error:
            raise _cannot_be_opened(path, error) from error
    return connection


def _laid_over(path: Path) -> duckdb.DuckDBPyConnection:
    """An engine of its own, with the tables of this version over those of another."""
    import duckdb

    from resources.duckdb import older, prelude

    connection = duckdb.connect()
    with engines.closed_on_error(connection):
        try:
            older.lay_over(connection, _quoted(path))
            prelude.prepare(connection)
        except duckdb.IOException as error:
            raise _cannot_be_opened(path, error) from error
    return connection


def _drop_unborn(path: Path) -> None:
    """Remove the empty file of a process that was killed as it made it; DuckDB would refuse it."""
    with contextlib.suppress(OSError):
        if path.is_file() and path.stat().st_size == 0:
            path.unlink()


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """A damaged part that nobody had read until now is told as the file's (``Unavailable``)."""
    try:
        yield
    except Exception as error:
        if _is_damage(error):
            raise _cannot_be_opened(path, error) from error
        raise


def _is_damage(error: Exception) -> bool:
    """Whether DuckDB says that the file is not as it was written."""
    from_engine = type(error).__module__ in ("_duckdb", "duckdb")
    return from_engine and any(said in str(error) for said in _DAMAGED)


def _cannot_be_opened(path: Path, error: Exception) -> Unavailable:
    reason = str(error).splitlines()[0]
    mend = ""
    if _IN_USE in reason:
        mend = "; close the program that holds it"
    elif _is_damage(error):
        mend = "; put a copy of the file back, or move it away and load everything again"
    return Unavailable(f"the warehouse {path} cannot be read: {reason}{mend}")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

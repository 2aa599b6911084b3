"""The storage of a Dagster instance on one machine: Dagster's SQLite files, connections kept.

The files are those of ``DagsterSqliteStorage``, so a home made with it goes on, and back.
"""

import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, BATCH_WRITABLE_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import (
    SqlEventLogStorageMetadata,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sql import get_alembic_config
from dagster._core.storage.sqlite_storage import (
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from dagster._utils import mkdir_p
from sqlalchemy.engine import Connection, Engine

from resources.instance.connections import KeptEngines
from resources.instance.making import make_whole
from resources.instance.pools import PatientPools
from resources.instance.three_parts import InThreeParts


class OneMachineStorage(InThreeParts):
    """Runs, events and schedules in SQLite files below ``base_dir``."""

    _place = "base_dir"

    def __init__(
        self,
        base_dir: str,
        pool_wait_seconds: float = PatientPools.longest_pool_wait,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(inst_data)
        mkdir_p(base_dir)
        make_whole(base_dir)
        self._runs = KeptRunStorage.from_local(_runs_directory(base_dir))
        self._events = events = KeptEventStorage(_event_logs_directory(base_dir))
        events.longest_pool_wait = pool_wait_seconds
        self._schedules = KeptScheduleStorage.from_local(_schedule_directory(base_dir))


class KeptEventStorage(PatientPools, SqliteEventLogStorage):
    """The event log: a file for each run and one for what concerns all of them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = KeptEngines()
        self._tables: set[str] = set()
        self._has_columns = False
        self._batch = _Batch()
        super().__init__(base_dir, inst_data)
        _renew_lock_in_child(self, "_db_lock")

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if (open_already := self._batch.connections.get(shard)) is not None:
            yield open_already
            return
        with self._db_lock, self._opened(shard) as connection:
            yield connection

    @contextmanager
    def _opened(self, shard: str) -> Iterator[Connection]:
        engine, anew = self._engines.engine(self.path_for_shard(shard))
        if anew:
            self._initdb(engine)
        with engine.connect() as connection, connection.begin():
            yield connection

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """As one by one, with a transaction for all in each of the two files.

        Of a run over many partitions each asset has as many events, and is itself one row.
        """
        kinds = {event.dagster_event_type for event in events}
        if not kinds <= BATCH_WRITABLE_EVENTS or len({event.run_id for event in events}) > 1:
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        with self._batch_of(events[0].run_id) as (run, index):
            run.execute(SqlEventLogStorageTable.insert(), rows)
            ids = list(index.scalars(_INSERT_WITH_ID, rows))
            of_assets = [
                (event, event_id)
                for event, event_id in zip(events, ids, strict=True)
                if event.dagster_event_type in ASSET_EVENTS
            ]
            if of_assets:
                self._store_asset_event_tags(index, *zip(*of_assets, strict=True))
            for event, event_id in {_asset_of(one[0]): one for one in of_assets}.values():
                self._store_asset_event(index, event, event_id)
            for event, event_id in zip(events, ids, strict=True):
                if event.dagster_event_type in ASSET_CHECK_EVENTS:
                    self.store_asset_check_event(event, event_id)

    @contextmanager
    def _batch_of(self, run_id: str) -> Iterator[tuple[Connection, Connection]]:
        """Connections to a run's file and to that of all runs; this thread asks for no other."""
        with (
            self._db_lock,
            self._opened(INDEX_SHARD_NAME) as index,
            self._opened(run_id) as run,  # is closed first, as Dagster's own
        ):
            self._batch.connections = {run_id: run, INDEX_SHARD_NAME: index}
            try:
                yield run, index
            finally:
                self._batch.connections = {}

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """As Dagster's; a run's file is made in one transaction, without reading migrations."""
        if for_index_shard or not _make_shard(engine):
            super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """Tables come and never go, so one that was seen is not looked for again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_index_cols_on_connection(self, conn: Connection) -> bool:
        """Columns too: each event of an asset asks for them."""
        if not self._has_columns:
            self._has_columns = super()._has_asset_key_index_cols_on_connection(conn)
        return self._has_columns

    def dispose(self) -> None:
        super().dispose()
        self._engines.close()


#: An event, and the id that it gets.
_INSERT_WITH_ID = SqlEventLogStorageTable.insert().returning(
    SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
)


def _asset_of(event: EventLogEntry) -> tuple[str, str]:
    """The asset, and what is said of it; the last one counts."""
    said = event.get_dagster_event()
    assert said.asset_key is not None
    return said.event_type_value, said.asset_key.to_string()


class _Batch(threading.local):
    """Connections that a thread holds while it stores many events."""

    def __init__(self) -> None:
        self.connections: dict[str, Connection] = {}


class _Kept:
    """Connections of a storage that is one file, kept; stands before Dagster's own class."""

    _conn_string: str

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)  # type: ignore[call-arg]
        self._engines = KeptEngines()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with _connection(self._engines, self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        self._engines.close()


class KeptRunStorage(_Kept, SqliteRunStorage):
    """Runs and their tags."""


class KeptScheduleStorage(_Kept, SqliteScheduleStorage):
    """Ticks and states of schedules and sensors."""


@contextmanager
def _connection(engines: KeptEngines, conn_string: str) -> Iterator[Connection]:
    engine, _ = engines.engine(conn_string.removeprefix("sqlite:///"))
    with engine.connect() as connection, connection.begin():
        yield connection


def _make_shard(engine: Engine) -> bool:
    """Make a run's file, unless it is there as it should be; False for one of another version."""
    head = _head()
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not engine.dialect.has_table(connection, SqlEventLogStorageTable.name):
            SqlEventLogStorageMetadata.create_all(connection)
            MigrationContext.configure(connection)._ensure_version_table()
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (head,))
        current = MigrationContext.configure(connection).get_current_revision()
        connection.commit()
    return bool(current == head)


@cache
def _head() -> str:
    """The newest migration; looking for it reads a hundred files."""
    config = get_alembic_config(sqlite_event_log.__file__)
    revision = ScriptDirectory.from_config(config).as_revision_number("head")
    return str(revision)


def _renew_lock_in_child(storage: Any, name: str) -> None:
    """Another thread may hold the lock as the process forks; in the child nobody would free it."""
    reference = weakref.ref(storage)

    def renew() -> None:
        if (alive := reference()) is not None:
            setattr(alive, name, threading.Lock())

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)

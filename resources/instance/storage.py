"""The storage of a Dagster instance on one machine: Dagster's SQLite files, connections kept.

The files are those of ``DagsterSqliteStorage``, so a home made with it goes on, and back.
"""

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster._core.storage.event_log.schema import (
    SqlEventLogStorageMetadata,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
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
        super().__init__(base_dir, inst_data)
        _renew_lock_in_child(self, "_db_lock")

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine, anew = self._engines.engine(self.path_for_shard(shard))
            if anew:
                self._initdb(engine)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """As Dagster's; a run's file is made in one transaction, without reading migrations."""
        if for_index_shard or not _make_shard(engine):
            super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """Tables come and never go, so one that was seen is not looked for again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        super().dispose()
        self._engines.close()


class KeptRunStorage(SqliteRunStorage):
    """Runs and their tags."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engines = KeptEngines()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with _connection(self._engines, self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        self._engines.close()


class KeptScheduleStorage(SqliteScheduleStorage):
    """Ticks and states of schedules and sensors."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engines = KeptEngines()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with _connection(self._engines, self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        self._engines.close()


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

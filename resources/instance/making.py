"""The files of a Dagster instance are there and whole before they are used.

Dagster makes a file's tables one after the other. Where the process dies or the disk is full in
between, the file is there and lacks tables, and nothing ever adds them: every later command fails.
So a file is made beside its place and put there whole. One that holds nothing yet and is not whole
(empty, cut short, of such an accident) is replaced; one that cannot be read is named.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata
from dagster._core.storage.sqlite_storage import (
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)

from cs_assets.errors import CsAssetsError

#: What Dagster notes for itself, in an instance without a run too.
_OWN_NOTES = frozenset({"instance_info", "daemon_heartbeats", "secondary_indexes", "kvs"})
_BESIDE = ".new-"
#: What a process that died has left beside is old by then.
_LEFT_SECONDS = 600.0


class DamagedInstance(CsAssetsError):
    """A file of the instance that SQLite cannot read."""


@dataclass(frozen=True)
class _File:
    """One of the three files: where, its tables, and how it is made below a folder."""

    path: str
    tables: frozenset[str]
    make: Callable[[str], Any]


def _files() -> Iterator[_File]:
    runs, events, schedules = (
        frozenset(metadata.tables)
        for metadata in (
            RunStorageSqlMetadata, SqlEventLogStorageMetadata, ScheduleStorageSqlMetadata,
        )
    )  # fmt: skip
    yield _File(
        "history/runs.db", runs,
        lambda base: SqliteRunStorage.from_local(_runs_directory(base)).dispose(),
    )  # fmt: skip
    yield _File(
        "history/runs/index.db", events,
        lambda base: SqliteEventLogStorage(_event_logs_directory(base)).dispose(),
    )  # fmt: skip
    yield _File(
        "schedules/schedules.db", schedules,
        lambda base: SqliteScheduleStorage.from_local(_schedule_directory(base)).dispose(),
    )  # fmt: skip


def make_whole(base_dir: str) -> None:
    """Put what is missing of the instance at ``base_dir`` in place; DamagedInstance names a file.

    Safe with several processes: who comes second finds the file of the first.
    """
    base = Path(base_dir)
    wanted = [file for file in _files() if _is_wanted(base / file.path, file)]
    if not wanted:
        return
    _clear_up(base)
    with tempfile.TemporaryDirectory(dir=base, prefix=_BESIDE) as folder:
        for file in wanted:
            file.make(folder)
            target = base / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                _remove_empty(target, file)
            _put(Path(folder) / file.path, target)


def _is_wanted(path: Path, file: _File) -> bool:
    """Whether the file is to be made: it is missing, or lacks tables and holds nothing."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            found = {name for (name,) in rows}
            if file.tables | {"alembic_version"} <= found:
                return False
            return not any(_has_rows(db, name) for name in (found & file.tables) - _OWN_NOTES)
    except sqlite3.OperationalError:  # it cannot be opened; whoever uses it says why
        return False
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


def _put(made: Path, target: Path) -> None:
    try:
        os.link(made, target)
    except FileExistsError:  # another process was here meanwhile; its file is as good
        pass
    except OSError:  # a file system without links
        os.rename(made, target)


def damage_in(base_dir: str) -> DamagedInstance | None:
    """The first file of an instance that is damaged inside, for when a query has met it."""
    for file in _files():
        path = Path(base_dir) / file.path
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
                (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            continue
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            return _damaged(path, said)
    return None


def _damaged(path: Path, why: str) -> DamagedInstance:
    return DamagedInstance(
        f"{path} is damaged ({why}): move it away, and the same command makes a new one; it held "
        "what the Dagster UI shows of runs, nothing of what they made or sent"
    )


def _has_rows(db: sqlite3.Connection, table: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608


def _remove_empty(path: Path, file: _File) -> None:
    """Remove a file that is not whole and holds nothing, if it is still so."""
    if _is_wanted(path, file):
        for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
            path.with_name(name).unlink(missing_ok=True)


def _clear_up(base: Path) -> None:
    """Remove what processes that died as they made an instance have left."""
    for left in base.glob(f"{_BESIDE}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(left)

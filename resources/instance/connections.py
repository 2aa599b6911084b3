"""SQLite files whose connections are kept: opening one costs more than most of what is asked."""

import os
import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as db
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.engine import Engine

#: Connections of a parent process. SQLite does not survive being closed on both sides of a fork.
_inherited: list[Engine] = []
_all: "weakref.WeakSet[KeptEngines]" = weakref.WeakSet()


@dataclass(frozen=True)
class _Kept:
    engine: Engine
    file: tuple[int, int] | None
    """Device and inode; None before there was a file."""


class KeptEngines:
    """An engine for each of the files last used, at most ``most`` of them, each with its pool.

    Safe with threads (an engine hands a connection to one at a time), with a fork (the child
    opens its own), and with files that another process removes or replaces.
    """

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        _all.add(self)

    def engine(self, path: str) -> tuple[Engine, bool]:
        """The engine of the file at ``path``, and whether it was opened anew."""
        file = _identity(path)
        with self._lock:
            kept = self._kept.get(path)
            if kept is not None and kept.file in (None, file):
                if kept.file is None and file is not None:
                    self._kept[path] = _Kept(kept.engine, file)
                self._kept.move_to_end(path)
                return kept.engine, False
            if kept is not None:
                kept.engine.dispose()
            engine = _open(path)
            self._kept[path] = _Kept(engine, file)
            self._kept.move_to_end(path)
            while len(self._kept) > self._most:
                _, oldest = self._kept.popitem(last=False)
                oldest.engine.dispose()
            return engine, True

    def close(self) -> None:
        """Close all connections that nobody uses; the next use opens them again."""
        with self._lock:
            for kept in self._kept.values():
                kept.engine.dispose()
            self._kept.clear()

    def forget(self) -> None:
        """In the child of a fork: leave the parent's connections as they are."""
        self._lock = threading.Lock()
        _inherited.extend(kept.engine for kept in self._kept.values())
        self._kept = OrderedDict()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino


def _open(path: str) -> Engine:
    engine = db.create_engine(
        db.URL.create("sqlite", database=path),
        poolclass=db.QueuePool,
        pool_size=1,
        max_overflow=-1,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )

    @db.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        # With a write-ahead log this survives every kill of a process; only when the machine goes
        # down the last events may be missing, and then their runs are dead anyway.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _in_child() -> None:
    for engines in list(_all):
        engines.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)

"""Engines between two sessions: prepared once, with no file attached, and used again.

To make one, with our macros and functions, takes three times as long as to attach a file, and a
weekly cycle has two hundred sessions. An engine that is idle holds no file and no lock. One that
has grown is closed: its allocator gives memory back only with the engine.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb  # loaded by whoever opens a file, not with the definitions

#: Name of the file's database while it is attached.
ATTACHED = "warehouse"
#: Bytes by which a process grows in a session whose engine is not kept.
LARGE = 64 << 20
#: Idle ones that are kept; threads of one process that open files at once are few.
_KEPT = 2


def leave_alone(engines: object) -> None:
    """Never close them: in a forked child that would wait for threads that are missing."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(engines))


class _Idle:
    """Engines nobody uses; none of them has a file attached."""

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def take(self) -> duckdb.DuckDBPyConnection | None:
        with self._lock:
            return self._engines.pop() if self._engines else None

    def give(self, engine: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            if len(self._engines) < _KEPT:
                self._engines.append(engine)
                return
        engine.close()

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._engines: list[duckdb.DuckDBPyConnection] = []

    def _forget(self) -> None:
        """In a forked child their threads are missing: to use one would hang."""
        leave_alone(self._engines)
        self._renew()


_idle = _Idle()


def engine(prepared: Callable[[duckdb.DuckDBPyConnection], None]) -> duckdb.DuckDBPyConnection:
    """An engine without a file; a new one is ``prepared`` first."""
    import duckdb

    if (found := _idle.take()) is not None:
        return found
    made = duckdb.connect()
    with closed_on_error(made):
        prepared(made)
    return made


def put_back(engine: duckdb.DuckDBPyConnection, grown: int = 0) -> None:
    """Let go of the file; what is not in order, or has ``grown`` by many bytes, is closed."""
    import duckdb

    try:
        engine.execute("USE memory")
        engine.execute(f"DETACH DATABASE IF EXISTS {ATTACHED}")
        left = engine.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal")
        is_free = left.fetchall() == [("memory",)] and grown < LARGE
    except duckdb.Error:  # as when a connection is closed: what could not be written is in the log
        is_free = False
    if is_free:
        _idle.give(engine)
    else:
        engine.close()


@contextmanager
def closed_on_error(engine: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What failed while it was made ready is not used again."""
    with contextlib.ExitStack() as undone:
        undone.callback(engine.close)
        yield
        undone.pop_all()


def resident() -> int:
    """Bytes that this process holds in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0

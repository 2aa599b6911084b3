"""Reading beside writers: copies of the file as the last finished session left it.

A page that took its turn made a run wait for it, and waited itself for whatever the run wrote.
DuckDB changes no block that the file's header refers to: it writes beside them and turns the header
over at the end of a session. So the file without its log is, at each moment, what the last finished
session left, which is what a turn would show once its writer has begun. It is copied between two
writes, and the copy is read until the header is another one. The copy has no name: nothing of it
stays, however this process ends.

Where a copy cannot be made (no room, another system than Linux, a file of this size or of another
version, a log that a killed process left), sessions read in their turn, as elsewhere.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resources.duckdb import engines, sessions
from resources.duckdb.fair_lock import fair_lock, is_taken
from resources.duckdb.sessions import DuckDBSession, lock_of
from resources.warehouse_port import Session

if TYPE_CHECKING:
    import duckdb

#: Bytes of the file up to the end of both headers, of which the newer one counts.
_HEADERS = 3 * 4096
#: Bytes of a file that is copied; a larger one is read in its turn.
LARGEST = 1 << 30
#: For so long nothing was written where a copy begins: times of files are not finer than a tick.
_QUIET_SECONDS = 0.02
#: How often that is looked for before a copy waits for its turn, and seconds in between.
_LOOKS, _LOOK_AGAIN_SECONDS = 30, 0.01
#: Engines that stay at a copy; pages that read at once are few.
_IDLE = 3
_OPEN = "/proc/self/fd"
#: A copy goes after so long, also where nobody asks for another: with it what was erased meanwhile.
_STAYS_SECONDS = 600.0


@dataclasses.dataclass(frozen=True)
class ReadBesideWriters:
    """Opens sessions on the DuckDB file at ``path``; those that read take no turn."""

    path: str
    wait_seconds: float = sessions.WAIT_SECONDS

    def session(self, label: str = "cs_assets") -> AbstractContextManager[Session]:
        """A session that writes, in its turn."""
        return sessions.writing(self.path, label, self.wait_seconds)

    @contextmanager
    def reading(self, label: str = "cs_assets") -> Iterator[Session]:
        """A session that reads what the last finished session left."""
        with self.versioned(label) as (session, _):
            yield session

    @contextmanager
    def versioned(self, label: str) -> Iterator[tuple[Session, Hashable]]:
        """As ``reading``, with the ``version`` of what is read."""
        path = Path(self.path).absolute()
        snapshot = None if sessions.is_held(path) else _of(path, label, self.wait_seconds)
        if snapshot is not None:
            with sessions.damage_told(path), snapshot.session() as session:
                yield session, snapshot.version
            return
        with sessions.reading(self.path, label, self.wait_seconds) as session:
            yield session, version(path)


def version(path: Path) -> Hashable:
    """What changes with each session that writes; ``None`` where there is no file."""
    try:
        return _state(path).version
    except OSError:
        return None


def settled_at(path: Path) -> dt.datetime:
    """Whatever was decided before this moment (UTC, naive) is in what is read from now on.

    A session that is still writing has decided nothing that was finished before it began.
    """
    now = time.time()
    with contextlib.suppress(OSError):
        if is_taken(lock_of(path)):
            now = min(now, path.stat().st_mtime)
    return dt.datetime.fromtimestamp(now, dt.UTC).replace(tzinfo=None)


# ---- what a file is in now


@dataclasses.dataclass(frozen=True)
class _State:
    """Of a file, at a moment."""

    version: Hashable
    """The file, its headers, and the log where nobody is there who writes it."""
    written: tuple[int, int]
    """When something was last written to it, in nanoseconds, and its size."""

    @property
    def has_left_over_log(self) -> bool:
        assert isinstance(self.version, tuple)
        return self.version[-1] is not None

    @property
    def is_being_written(self) -> bool:
        return abs(time.time() - self.written[0] / 1e9) < _QUIET_SECONDS


def _state(path: Path) -> _State:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Its times first: what is written meanwhile is seen the next time.
        found = os.fstat(handle)
        headers = hashlib.sha256(os.pread(handle, _HEADERS, 0)).digest()
    finally:
        os.close(handle)
    return _State((found.st_ino, headers, _left_over_log(path)), (found.st_mtime_ns, found.st_size))


def _left_over_log(path: Path) -> Hashable:
    """What a killed process had written and nobody has put into the file yet."""
    log = path.with_name(f"{path.name}.wal")
    for _ in range(2):  # it may be gone by the time that its writer has let go of the turn
        try:
            found = log.stat()
        except FileNotFoundError:
            return None
        if is_taken(lock_of(path)):
            return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


# ---- copies


class _Snapshot:
    """A copy that threads of this process read, with engines that have it attached."""

    def __init__(self, handle: int, version: Hashable) -> None:
        self.version = version
        self.made_at = time.monotonic()
        self._handle = handle
        self._lock = threading.Lock()
        self._users = 0
        self._is_old = False
        self._idle: list[duckdb.DuckDBPyConnection] = []

    @contextmanager
    def session(self) -> Iterator[DuckDBSession]:
        """A session of one thread; ``taken`` before."""
        before = engines.resident()
        try:
            engine = self._engine()
        except BaseException:
            self._left()
            raise
        try:
            yield DuckDBSession(engine)
        finally:
            self._put_back(engine, engines.resident() - before)

    def taken(self) -> "_Snapshot":
        """It stays until the session that follows ends."""
        with self._lock:
            self._users += 1
        return self

    def is_readable(self) -> bool:
        """Whether it can be attached, and has the tables of this version."""
        import duckdb

        from resources.duckdb import prelude

        try:
            with self.taken().session() as session:
                return prelude.is_current(session._connection)
        except duckdb.Error:
            return False

    def retire(self) -> None:
        """Another one stands in its place: it goes with the last that reads it."""
        with self._lock:
            self._is_old = True
            self._users += 1
        self._left()

    def _engine(self) -> "duckdb.DuckDBPyConnection":
        from resources.duckdb import prelude

        with self._lock:
            if self._idle:
                return self._idle.pop()
        made = engines.engine(prelude.prepare)
        with engines.closed_on_error(made):
            where = f"{_OPEN}/{self._handle}"
            made.execute(f"ATTACH '{where}' AS {engines.ATTACHED} (READ_ONLY)")
            made.execute(f"USE {engines.ATTACHED}")
        return made

    def _put_back(self, engine: "duckdb.DuckDBPyConnection", grown: int) -> None:
        with self._lock:
            stays = grown < engines.LARGE and len(self._idle) < _IDLE
            if stays:
                self._idle.append(engine)
        if not stays:
            engines.put_back(engine, grown)
        self._left()

    def _left(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users or not self._is_old:
                return
            idle, self._idle = self._idle, []
        for engine in idle:
            engines.put_back(engine)
        os.close(self._handle)


class _Kept:
    """The newest copy of each file; one thread copies, and who waits for it shares what it made."""

    _timer: threading.Timer | None

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def find(self, path: Path, version: Hashable) -> _Snapshot | None:
        with self._lock:
            found = self._by_path.get(path)
            return found.taken() if found is not None and found.version == version else None

    def make(self, path: Path, make: Callable[[], _Snapshot | None]) -> _Snapshot | None:
        with self._making:
            if (found := self.find(path, version(path))) is not None:
                return found
            made = make()
            with self._lock:
                old = self._by_path.pop(path, None)
                if made is not None:
                    self._by_path[path] = made.taken()
                    self._sweep_later()
        if old is not None:
            old.retire()
        return made

    def _sweep_later(self) -> None:
        """With the lock; one timer is enough."""
        if self._timer is None:
            self._timer = threading.Timer(_STAYS_SECONDS, self._sweep)
            self._timer.daemon = True
            self._timer.start()

    def _sweep(self) -> None:
        with self._lock:
            self._timer = None
            before = time.monotonic() - _STAYS_SECONDS
            old = {path: one for path, one in self._by_path.items() if one.made_at <= before}
            for path in old:
                del self._by_path[path]
            if self._by_path:
                self._sweep_later()
        for one in old.values():
            one.retire()

    def _renew(self) -> None:
        """Also in a forked child: threads of its parent's engines are missing there."""
        engines.leave_alone(getattr(self, "_by_path", None))
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._by_path: dict[Path, _Snapshot] = {}
        self._timer = None


_kept = _Kept()


def _of(path: Path, label: str, wait_seconds: float) -> _Snapshot | None:
    """The copy of what the file is now, ``taken``; ``None`` where it is read in its turn."""
    deadline = time.monotonic() + wait_seconds
    try:
        if not os.path.isdir(_OPEN) or not 0 < path.stat().st_size <= LARGEST:
            return None
        return _kept.find(path, version(path)) or _kept.make(
            path, lambda: _made(path, label, deadline)
        )
    except OSError:  # no room, or no file
        return None


def _made(path: Path, label: str, deadline: float) -> _Snapshot | None:
    made = _between_writes(path)
    if made is None and not _state(path).has_left_over_log:
        wait = max(0.0, deadline - time.monotonic())
        with fair_lock(lock_of(path), label=label, timeout=wait):
            made = _copied(path, _state(path))
    if made is not None and not made.is_readable():
        made.retire()
        return None
    return made


def _between_writes(path: Path) -> _Snapshot | None:
    """A copy in whose time nothing was written; ``None`` where somebody writes all the time."""
    for _ in range(_LOOKS):
        state = _state(path)
        if state.has_left_over_log:
            return None
        if not state.is_being_written and (made := _copied(path, state)) is not None:
            return made
        time.sleep(_LOOK_AGAIN_SECONDS)
    return None


def _copied(path: Path, state: _State) -> _Snapshot | None:
    """A copy of the file in this state; ``None`` where it is in another one afterwards."""
    if state.has_left_over_log:
        return None
    copy, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with contextlib.ExitStack() as undone:
        undone.callback(os.close, copy)
        os.unlink(name)
        source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            left = state.written[1]
            while left > 0 and (done := os.copy_file_range(source, copy, left)):
                left -= done
        finally:
            os.close(source)
        if left or _state(path) != state:
            return None
        undone.pop_all()
    return _Snapshot(copy, state.version)


__all__ = ["LARGEST", "ReadBesideWriters", "settled_at", "version"]

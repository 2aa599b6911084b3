"""A file lock that serves waiting processes in the order in which they came.

DuckDB lets one process open a file. Trying again and again is unfair: with four
processes the longest wait was seconds. Here each comer draws the number after the
highest that is held, by locking the byte of that number, and waits until no lower
byte is locked. The bytes need not exist: no ticket, counter or space is needed, and
the kernel frees a byte when its holder ends, however that comes about. The file itself
holds only a note of who has the turn, for those who wait in vain; nothing rests on it.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cs_assets.errors import Unavailable

_POLL_SECONDS = 0.01
#: The byte that is held while a number is drawn; numbers follow it.
_DRAWING = 0
#: ``struct flock``: type, whence, start, length, process.
_FLOCK = "hhqqi4x"
#: Locks of the open file, not of the process: threads exclude each other too, and closing another
#: descriptor of the file frees nothing. Where there are none (they are Linux's) waiting is
#: bounded all the same, but not in order.
_SET: int | None = getattr(fcntl, "F_OFD_SETLK", None)
_GET: int | None = getattr(fcntl, "F_OFD_GETLK", None)
_NOTE_BYTES = 256


@contextmanager
def fair_lock(path: Path, *, label: str, timeout: float) -> Iterator[None]:
    """Hold the lock of the file ``path``; waits at most ``timeout`` seconds.

    ``label`` says who holds it, for the message of those who wait in vain.
    Raises ``Unavailable`` when the wait is over, ``OSError`` when the file cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    handle = os.open(path, flags, 0o600)
    _mine.add(handle)
    try:
        queue = _Queue(path, handle, time.monotonic() + timeout, timeout)
        number = queue.wait_for_turn()
        _write_note(handle, label)
        try:
            yield
        finally:
            if handle in _mine:  # else this is a forked child, and the turn its parent's
                _write_note(handle, "")
                _lock(handle, number, fcntl.F_UNLCK)
    finally:
        if handle in _mine:
            _mine.discard(handle)
            os.close(handle)


def is_taken(path: Path) -> bool:
    """Whether somebody has the turn, or waits for it; False where that cannot be known."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return _SET is not None and _held_within(handle, _DRAWING) is not None
    finally:
        os.close(handle)


def holder(path: Path) -> str:
    """Who has the turn, as far as that is known."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return "another process"
    try:
        return _holder(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class _Queue:
    """One comer's place among those who wait for the file."""

    path: Path
    handle: int
    deadline: float
    timeout: float

    def wait_for_turn(self) -> int:
        """Draw a number and wait until it is the lowest; the number."""
        if _SET is None:
            while not _whole_file_locked(self.handle):
                self._wait()
            return _DRAWING
        number = self._draw()
        while _held_within(self.handle, _DRAWING + 1, number - 1):
            self._wait()
        return number

    def _draw(self) -> int:
        while not _lock(self.handle, _DRAWING, fcntl.F_WRLCK):
            self._wait()
        highest = _DRAWING
        while held := _held_within(self.handle, highest + 1):
            highest = held
        number = highest + 1
        _lock(self.handle, number, fcntl.F_WRLCK)
        _lock(self.handle, _DRAWING, fcntl.F_UNLCK)
        return number

    def _wait(self) -> None:
        if time.monotonic() >= self.deadline:
            raise Unavailable(
                f"{self.path}: waited {self.timeout:.0f} s, in use by {_holder(self.handle)}; "
                "try again when it has finished"
            )
        time.sleep(_POLL_SECONDS)


def _lock(handle: int, byte: int, kind: int) -> bool:
    """Lock or unlock one byte; False when another has it."""
    if _SET is None:  # the whole file is locked instead, until it is closed
        return True
    try:
        fcntl.fcntl(handle, _SET, struct.pack(_FLOCK, kind, os.SEEK_SET, byte, 1, 0))
    except BlockingIOError:
        return False
    return True


def _held_within(handle: int, first: int, last: int | None = None) -> int | None:
    """A byte from ``first`` to ``last`` (to any) that another has locked; None: there is none."""
    if last is not None and last < first:
        return None
    assert _GET is not None
    length = 0 if last is None else last - first + 1  # 0: without end
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, first, length, 0)
    kind, _, start, size, _ = struct.unpack(_FLOCK, fcntl.fcntl(handle, _GET, asked))
    return None if kind == fcntl.F_UNLCK else max(first, start + size - 1)


def _whole_file_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# ---- the note


def _write_note(handle: int, label: str) -> None:
    """Say who has the turn, in place; a disk that is full changes nothing but a message."""
    text = ""
    if label:
        said = {"label": label[:80], "pid": os.getpid(), "host": socket.gethostname()[:60]}
        text = json.dumps({**said, "since": int(time.time())})
    with contextlib.suppress(OSError):
        os.pwrite(handle, text.encode()[:_NOTE_BYTES].ljust(_NOTE_BYTES), 0)


def _holder(handle: int) -> str:
    """Who has the turn and since when, as far as a note says that can be believed."""
    try:
        note = json.loads(os.pread(handle, _NOTE_BYTES, 0))
        label, pid, since = str(note["label"]), int(note["pid"]), int(note["since"])
        if note["host"] == socket.gethostname()[:60] and not _is_alive(pid):
            return "another process"  # the note of one that was killed
        began = dt.datetime.fromtimestamp(since, dt.UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return "another process"
    words = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    ago = max(0, int(time.time()) - since)
    return f"{words} (process {pid}) since {began:%Y-%m-%d %H:%M:%S} UTC ({ago} s)"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# ---- forks

#: Descriptors of turns and places in queues that this process has.
_mine: set[int] = set()


def _leave_to_parent() -> None:
    """A forked child must not keep its parent's turn: the kernel would, until the child ends."""
    for handle in _mine:
        os.close(handle)
    _mine.clear()


os.register_at_fork(after_in_child=_leave_to_parent)

"""A file lock that serves waiting processes in the order in which they came.

DuckDB lets one process open a file. Trying again and again is unfair: with four
processes the longest wait was seconds. Here each comer draws a numbered ticket
and waits until every smaller living ticket is gone. A ticket is a file that its
owner holds locked, so that one left behind by a killed process is recognised
(nobody holds it) and removed.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cs_assets.errors import Unavailable

_POLL_SECONDS = 0.01


@contextmanager
def fair_lock(folder: Path, *, label: str, timeout: float) -> Iterator[None]:
    """Hold the lock kept in ``folder``; waits at most ``timeout`` seconds.

    ``label`` says who holds it, for the message of those who wait in vain.
    Raises ``Unavailable`` when the wait is over.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ticket, handle = _draw_ticket(folder, label)
    try:
        deadline = time.monotonic() + timeout
        while (ahead := _first_ahead(folder, ticket)) is not None:
            if time.monotonic() >= deadline:
                raise Unavailable(
                    f"{folder.parent}: waited {timeout:.0f} s, in use by {ahead}; "
                    "try again when it has finished"
                )
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        ticket.unlink(missing_ok=True)
        os.close(handle)


def _draw_ticket(folder: Path, label: str) -> tuple[Path, int]:
    """The next number, as a file locked by this process."""
    counter = os.open(folder / "counter", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(counter, fcntl.LOCK_EX)
        number = int(os.pread(counter, 20, 0) or b"0") + 1
        ticket = folder / f"{number:020d}.ticket"
        handle = os.open(ticket, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, f"{label} (process {os.getpid()})".encode())
        os.pwrite(counter, f"{number:020d}".encode(), 0)
        return ticket, handle
    finally:
        os.close(counter)


def _first_ahead(folder: Path, ticket: Path) -> str | None:
    """Who holds the smallest living ticket before ``ticket``; clears dead ones."""
    for other in sorted(folder.glob("*.ticket")):
        if other.name >= ticket.name:
            return None
        try:
            handle = os.open(other, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            other.unlink(missing_ok=True)
        except BlockingIOError:
            return os.pread(handle, 200, 0).decode(errors="replace") or "another process"
        finally:
            os.close(handle)
    return None

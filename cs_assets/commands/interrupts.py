"""A person's Ctrl-C, noticed whoever else handles the signal.

While Dagster runs a job in this process its own handlers stand in for Python's, and an
interrupt that comes as they change places is dropped. The interpreter writes every signal to
the wake-up descriptor before any handler is asked, so that is where it is looked for.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STOPS = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def interrupts_noticed() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether this process was told to stop since.

    Only the main thread gets signals; in any other nothing is ever noticed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    reading, writing = socket.socketpair()  # a pipe would not do on Windows
    reading.setblocking(False)
    writing.setblocking(False)
    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield lambda: _told_to_stop(reading)
    finally:
        signal.set_wakeup_fd(before)
        reading.close()
        writing.close()


def _told_to_stop(reading: socket.socket) -> bool:
    try:
        return not _STOPS.isdisjoint(reading.recv(4096))
    except BlockingIOError:  # no signal came
        return False

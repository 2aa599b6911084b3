"""The signals that stop a command: Ctrl-C, SIGTERM, and SIGHUP of a terminal that was closed.

Each ends a command as an interrupt does, with what it holds given back, and is remembered, so that
the exit status can say which it was.

While Dagster runs a job in this process its own handlers stand in for these, and an interrupt
that comes as they change places is dropped. The interpreter writes every signal to the wake-up
descriptor before any handler is asked, so that is where it is looked for.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: SIGHUP is no signal of every system.
_STOPS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_ignored: set[int] = set()
_first: int | None = None


def heed_stops() -> None:
    """Let every stop of this process raise ``KeyboardInterrupt``; what is ignored stays ignored.

    SIGINT has the handler of SIGTERM, for Dagster puts the one in the place of the other after
    each run: a command that a shell runs in the background, deaf to SIGINT, became deaf to both.
    """
    for number in _STOPS:
        if signal.getsignal(number) == signal.SIG_IGN:
            _ignored.add(number)
        signal.signal(number, _hang_up if number not in (signal.SIGINT, signal.SIGTERM) else _stop)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_as_before)


def stopped_by() -> int | None:
    """The signal that first told this process to stop, if any did."""
    return _first


def stopped() -> tuple[str, int]:
    """What to say of a stop, and the exit status of it, as shells have it."""
    number = _first or signal.SIGINT
    by = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
    return f"stopped{by}", 128 + number


def _stop(number: int, _frame: object) -> None:
    if number in _ignored:
        return
    _note(number)
    raise KeyboardInterrupt


def _hang_up(number: int, _frame: object) -> None:
    """Dagster knows nothing of it, so that whoever handles SIGTERM at this moment is asked."""
    if number not in _ignored:
        _note(number)
        signal.raise_signal(signal.SIGTERM)


def _note(number: int) -> None:
    global _first
    if _first is None:
        _first = number


def _as_before() -> None:
    """A forked helper that its parent ends has nothing to say."""
    for number in _STOPS:
        if number not in _ignored and signal.getsignal(number) in (_stop, _hang_up):
            signal.signal(
                number,
                signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL,
            )


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
        stops = [number for number in reading.recv(4096) if number in _STOPS]
    except BlockingIOError:  # no signal came
        return False
    for number in stops:
        _note(number)
    return bool(stops)

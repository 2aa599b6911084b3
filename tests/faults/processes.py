"""Child processes that can be killed, several cases side by side.

Children are forked from a server that has imported delivery already, so that one
starts in milliseconds. Cases run in two threads: most of their time is waiting. The
library polls children without a lock of its own, hence the lock here.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from tests.waiting import PATIENCE

Case = TypeVar("Case")
Result = TypeVar("Result")

_SIDE_BY_SIDE = 2
_polling = threading.Lock()


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preload"])
    return context


def start(function: Callable[[Any], None], todo: object) -> BaseProcess:
    """Run ``function(todo)`` in a process of its own."""
    process = _context().Process(target=function, args=(todo,))
    with _polling:
        process.start()
    return process


def finish(process: BaseProcess, seconds: float = PATIENCE) -> int:
    """Wait for the end; the exit status (negative: killed by that signal)."""
    ended = connection.wait([process.sentinel], seconds)
    with _polling:
        if not ended:
            process.kill()
        process.join(PATIENCE)
    if not ended:
        raise AssertionError("a process did not end")
    return int(process.exitcode or 0)


def kill(process: BaseProcess) -> None:
    """SIGKILL, if it still runs."""
    with _polling:
        process.kill()


def side_by_side(case: Callable[[Case], Result], cases: Iterable[Case]) -> list[Result]:
    """The result of each case, in their order; for cases that mostly wait for children."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return list(pool.map(case, cases))


def in_processes(case: Callable[[Case], Result], cases: Iterable[Case]) -> list[Result]:
    """The result of each case, in their order; for cases that compute, one process a core."""
    with ProcessPoolExecutor(_SIDE_BY_SIDE, mp_context=_context()) as pool:
        return list(pool.map(case, cases))

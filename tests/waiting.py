"""How long tests wait for what must come: long enough for a crowded machine, and never for ever.

A test that looks at how long something took measures processor time, or compares two times of the
same run; a bound on the clock only says that something hangs.
"""

import os
import select
import subprocess
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeVar

#: Seconds. Half a minute of work takes four on a machine with eight times as much to do.
PATIENCE = 900.0

Answer = TypeVar("Answer")


def until(happened: Callable[[], Answer], what: str, seconds: float = PATIENCE) -> Answer:
    """The first answer that counts as true; AssertionError when none comes."""
    ends = time.monotonic() + seconds
    while True:
        if answer := happened():
            return answer
        if time.monotonic() > ends:
            raise AssertionError(f"{what}: not within {seconds:g} seconds")
        time.sleep(0.01)


def first_line(process: "subprocess.Popen[Any]", seconds: float = PATIENCE) -> Any:
    """The first line that a process prints into its pipe, text or bytes as it was opened."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    if not ready:
        process.kill()
        raise AssertionError(f"{process.args} printed nothing in {seconds:g} seconds")
    return process.stdout.readline()  # bounded: there is something to read


def finished(*working: Thread | BaseProcess, seconds: float = PATIENCE) -> None:
    """Wait for threads or processes; AssertionError for one that does not end."""
    ends = time.monotonic() + seconds
    for one in working:
        one.join(max(0.0, ends - time.monotonic()))
        if one.is_alive():
            if isinstance(one, BaseProcess):
                one.kill()
            raise AssertionError(f"{one.name} did not end in {seconds:g} seconds")


def exit_status(process_id: int, seconds: float = PATIENCE) -> int:
    """What ``os.waitpid`` says of a child of this process."""
    return until(lambda: _ended(process_id), f"the end of process {process_id}", seconds)[0]


def _ended(process_id: int) -> tuple[int] | None:
    found, status = os.waitpid(process_id, os.WNOHANG)
    return (status,) if found else None

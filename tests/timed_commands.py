"""How a command in a process of its own came to its end, and what it took. No wait is unbounded."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """Exit status (negative: by that signal; None: it did not end and was killed), and seconds."""

    status: int | None
    processor: float
    wall: float


def ended(process: subprocess.Popen[bytes], seconds: float) -> Ended:
    """Wait for the end of a process that nobody else waits for."""
    began = time.monotonic()
    while (wall := time.monotonic() - began) < seconds:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            process.returncode = os.waitstatus_to_exitcode(status)
            return Ended(process.returncode, usage.ru_utime + usage.ru_stime, wall)
        time.sleep(0.02)
    process.kill()
    process.wait(60)
    return Ended(None, seconds, seconds)

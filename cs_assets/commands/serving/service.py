"""One of the served processes: ``python -m ...service DESCRIPTOR NAME [ARGUMENT ...]``.

It ends when ``up`` does, however that ends: the descriptor is a pipe that only ``up`` holds open.
What it starts itself (the code server's processes, and runs) is of its process group and ends with
it.
"""

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cs_assets.commands.serving import code_watch

#: Seconds that a service and its runs have to end before they are ended.
GRACE_SECONDS = 10.0


def main(arguments: list[str]) -> None:
    descriptor, name, *rest = arguments
    threading.Thread(target=_end_with_parent, args=(int(descriptor),), daemon=True).start()
    if (socket := code_watch.of_arguments(rest)) is not None:
        watched = (code_watch.asking(socket), lambda: end_group(os.getpgrp()))
        threading.Thread(target=code_watch.watch_code, args=watched, daemon=True).start()
    if name in ("webserver", "reader"):
        from cs_assets.commands.serving import webserver

        host, port, workspace, *origins = rest
        webserver.run(host, int(port), Path(workspace), origins, read_only=name == "reader")
    else:
        _become(name, rest)


def _become(module: str, arguments: list[str]) -> None:
    """Run a command of Dagster's as ``python -m`` would."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent(descriptor: int) -> None:
    os.read(descriptor, 1)  # returns when the other end is gone
    end_group(os.getpgrp())


def end_group(group: int, reap: Callable[[], object] = lambda: None) -> None:
    """SIGTERM for a whole process group, and SIGKILL for what does not heed it.

    ``reap`` is called while waiting, for a dead child whom nobody has asked after still counts.
    """
    signalled(group, signal.SIGTERM)
    ends = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < ends:
        reap()
        if not signalled(group, 0):
            return
        time.sleep(0.1)
    signalled(group, signal.SIGKILL)
    reap()


def signalled(group: int, number: int) -> bool:
    """Send a signal to a process group; whether there is one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of ended ones
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs commands on a disk that is full for a while, each in a fork of one process.

Started by ``full_disk.Machine`` with ``no_space.c`` preloaded. Reads a task a line as JSON from
standard input and answers with a line: status, writes seen, what was said. Nothing that uses
threads may be opened in the parent, so that a fork is as good as a new process.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
from typing import Any

from cs_assets import cli

#: Imported once, so that each fork finds it.
_WANTED = ("cs_assets.definitions", "cs_assets.reviews.on_demand", "resources.models.writer")


def main() -> None:
    for name in _WANTED:
        importlib.import_module(name)
    cli.mount_rooms()
    cli.mount_rooms = lambda: None  # type: ignore[assignment]
    for line in sys.stdin:
        print(json.dumps(_done(json.loads(line))), flush=True)


def _done(task: dict[str, Any]) -> dict[str, Any]:
    saying, counting = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.close(saying[0])
        os.close(counting[0])
        _run(task, saying[1], counting[1])
    os.close(saying[1])
    os.close(counting[1])
    said, ended = _all_of(saying[0], task["seconds"])
    if not ended:
        os.kill(child, signal.SIGKILL)
    counted, _ = _all_of(counting[0], 10)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {
        "status": status if ended else None,
        "writes": int(counted or b"0"),
        "said": said.decode(errors="replace")[-4000:],
    }


def _run(task: dict[str, Any], said: int, counted: int) -> None:
    """The command in this fork; ends it."""
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update(task["environment"])
    sys.argv = ["cs-assets", *task["arguments"]]
    shim = ctypes.CDLL(None)
    shim.no_space_seen.restype = ctypes.c_long
    home = os.fsencode(task["environment"]["CS_ASSETS_HOME"])
    status = 1
    shim.no_space_arm(home, ctypes.c_long(task["first"]), ctypes.c_long(task["times"]))
    try:
        cli.main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # it would be the test's own fault
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(counted, str(shim.no_space_seen()).encode())
        os._exit(status)


def _all_of(handle: int, seconds: float) -> tuple[bytes, bool]:
    """What comes until the other end is closed, and whether that was in time."""
    found, ends = b"", time.monotonic() + seconds
    with os.fdopen(handle, "rb", buffering=0) as file:
        while (left := ends - time.monotonic()) > 0:
            if not select.select([handle], [], [], left)[0]:
                break
            some = file.read(65536)
            if not some:
                return found, True
            found += some
    return found, False


if __name__ == "__main__":
    main()

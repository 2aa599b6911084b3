"""The lock of a file, waited for with a bound: who holds it may be stopped, and never let go."""

import fcntl
import time
from pathlib import Path

from cs_assets.errors import Unavailable

_POLL_SECONDS = 0.005


def lock(handle: int, path: Path, wait_seconds: float) -> None:
    """Have the open file ``handle`` for this process alone, until it is closed.

    Raises ``Unavailable`` where another process has it for longer than ``wait_seconds``.
    """
    ends = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise Unavailable(
                    f"{path} is held by another process for {wait_seconds:.0f} s, which may be "
                    "stopped: let it go on or end it, then run the same command again"
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return

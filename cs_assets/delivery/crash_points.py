"""Named places at which a test can kill the process or break a statement.

``reached("after_claim")`` does nothing unless ``CS_ASSETS_CRASH_POINT`` names the
place (``name`` or ``name:n`` for the n-th time): then the process kills itself as
a power failure would. Tests in the same process put a function into ``hook``.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable

#: Called with each name when set; may raise.
hook: Callable[[str], None] | None = None

_armed: tuple[str, int] | None = None
_seen: Counter[str] = Counter()


def arm(point: str) -> None:
    """Die at ``point`` (``name`` or ``name:n``); an empty text disarms."""
    global _armed
    name, _, nth = point.partition(":")
    _armed = (name, int(nth or 1)) if name else None
    _seen.clear()


def reached(name: str) -> None:
    """Tell that the place ``name`` is reached."""
    if hook is not None:
        hook(name)
    if _armed is not None and name == _armed[0]:
        _seen[name] += 1
        if _seen[name] == _armed[1]:
            os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("CS_ASSETS_CRASH_POINT", ""))

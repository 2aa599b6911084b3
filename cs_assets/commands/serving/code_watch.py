"""Ends the code server when the process that holds the code is gone, so that it is started again.

Dagster's ``code-server`` has a child for the code and passes questions on to it. When the child is
killed, as for its memory, it goes on and answers all of them with errors until somebody reloads.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Sequence

_LOOK_SECONDS = 2.0
#: Questions in a row without an answer that make the code count as gone.
_SILENT = 4


def of_arguments(arguments: Sequence[str]) -> str | None:
    """The socket of a code server with these arguments, None for another service."""
    if "code-server" not in arguments or "--socket" not in arguments:
        return None
    return arguments[arguments.index("--socket") + 1]


def watch_code(ask: Callable[[], object], end: Callable[[], None]) -> None:
    """Ask every other second; ``end`` once no answer comes any more, who has answered before.

    What has never answered could not be loaded: the UI says why, and a new start would not help.
    """
    answered, silent = False, 0
    while silent < _SILENT:  # bounded: it ends with the process that it watches over
        time.sleep(_LOOK_SECONDS)
        try:
            ask()
        except Exception:  # however it fails, there is no answer
            silent += answered
        else:
            answered, silent = True, 0
    with contextlib.suppress(OSError):
        sys.stderr.write("The process that holds the code is gone\n")
        sys.stderr.flush()
    end()


def asking(socket: str) -> Callable[[], object]:
    """A question that goes on to the child."""

    def ask() -> object:
        from dagster._grpc.client import DagsterGrpcClient  # loaded with the code server itself

        return DagsterGrpcClient(socket=socket).ping("")

    return ask

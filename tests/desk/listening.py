"""ASGI applications served in this process: on a free port, or on a socket of the file system."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from tests.waiting import PATIENCE, until


@contextmanager
def listening(
    made: Callable[[int], Any], path: Path | None = None, **options: Any
) -> Iterator[int]:
    """Serve what ``made`` gives for the port (0 for a ``path``); that port."""
    kind = socket.AF_INET if path is None else socket.AF_UNIX
    with socket.socket(kind, socket.SOCK_STREAM) as opened:
        opened.bind(("127.0.0.1", 0) if path is None else str(path))
        port = opened.getsockname()[1] if path is None else 0
        server = uvicorn.Server(uvicorn.Config(made(port), log_level="critical", **options))
        opened.listen()
        thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
        thread.start()
        until(lambda: server.started, "the server's start")
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(PATIENCE)

"""A real HTTP server on 127.0.0.1 that answers as a script says, faults included."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


@dataclass(frozen=True)
class Request:
    """A request that was read to its end."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What the server does: an answer, whole or cut, slow or not at all."""

    status: int = 200
    body: bytes | list[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Literal["", "drop", "reset", "cut"] = ""
    delay: float = 0.0
    """Seconds before the answer."""
    pause: float = 0.0
    """Seconds between the parts of a body that is a list."""


def as_json(document: Any, status: int = 200, **headers: str) -> Reply:
    body = json.dumps(document).encode()
    return Reply(status, body, {"content-type": "application/json", **headers})


Script = Callable[[Request], Reply]


class Server:
    """A running server; ``requests`` is the truth about what went over the wire."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: Any) -> None:
                """Quiet."""

            def _serve(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                request = Request(
                    self.command,
                    self.path,
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(size),
                )
                with outer._lock:
                    outer.requests.append(request)
                _answer(self, outer.script(request))

            do_GET = do_POST = do_DELETE = _serve

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: Any) -> None:
                """A client that went away is part of many tests."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    server = Server(script)
    try:
        yield server
    finally:
        server.close()


def _answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.delay:
        time.sleep(reply.delay)
    if reply.fault in ("drop", "reset"):
        if reply.fault == "reset":
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.close_connection = True
        handler.connection.close()
        return
    parts = reply.body if isinstance(reply.body, list) else [reply.body]
    size = sum(len(part) for part in parts)
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    # A cut body promises more than it brings.
    handler.send_header("content-length", str(size + (100 if reply.fault == "cut" else 0)))
    handler.end_headers()
    for part in parts:
        handler.wfile.write(part)
        handler.wfile.flush()
        if reply.pause:
            time.sleep(reply.pause)
    if reply.fault == "cut":
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

"""An HTTP server on loopback that misbehaves as told and remembers what it fully read.

``requests`` is the ground truth of what went out: assertions count it, never only
what the client returned.
"""

import contextlib
import os
import signal
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """A request that was read to its end."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An ordinary answer; ``cut`` bytes of the announced body are never sent."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int = 0


class Fault(Enum):
    """What happens instead of an answer, after the request was read."""

    DROP = "drop"
    RESET = "reset"
    SILENCE = "silence"
    DRIP = "drip"


class KillAt(Enum):
    """When the server kills the client's process."""

    CONNECTED = "connected"
    HALF_READ = "half read"
    READ = "read"
    ANSWERED = "answered"


Behaviour = Reply | Fault | Callable[[Request], "Reply | Fault"]


@dataclass
class FaultServer:
    """Serves ``script`` in order, then ``success`` for ever."""

    success: Callable[[Request], Reply]
    script: deque[Behaviour] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    silence_seconds: float = 20.0
    kill_at: KillAt | None = None

    def __post_init__(self) -> None:
        self.connections = 0
        self._victim = 0
        self._victim_known = threading.Event()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else every second packet waits 40 ms

            def setup(self) -> None:
                super().setup()
                server.connections += 1
                server._maybe_kill(KillAt.CONNECTED)

            def do_POST(self) -> None:
                server._serve(self)

            do_GET = do_PATCH = do_POST

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "FaultServer":
        return self

    def __exit__(self, *args: object) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def kill(self, pid: int) -> None:
        """Name the process that ``kill_at`` is about."""
        self._victim = pid
        self._victim_known.set()

    def _maybe_kill(self, moment: KillAt) -> None:
        if self.kill_at is moment:
            self._victim_known.wait(10)
            self.kill_at = None
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._victim, signal.SIGKILL)
            time.sleep(0.05)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        request = self._read(handler)
        if request is None:
            handler.close_connection = True
            return
        with self._lock:
            self.requests.append(request)
            behaviour = self.script.popleft() if self.script else self.success
        self._maybe_kill(KillAt.READ)
        if callable(behaviour) and not isinstance(behaviour, Reply | Fault):
            behaviour = behaviour(request)
        with contextlib.suppress(OSError):
            self._act(handler, behaviour)
        self._maybe_kill(KillAt.ANSWERED)

    def _read(self, handler: BaseHTTPRequestHandler) -> Request | None:
        length = int(handler.headers.get("Content-Length") or 0)
        try:
            first = handler.rfile.read(length // 2)
            self._maybe_kill(KillAt.HALF_READ)
            body = first + handler.rfile.read(length - length // 2)
        except OSError:
            return None
        if len(body) < length:
            return None
        return Request(handler.command, handler.path, dict(handler.headers.items()), body)

    def _act(self, handler: BaseHTTPRequestHandler, behaviour: Reply | Fault) -> None:
        match behaviour:
            case Reply():
                _answer(handler, behaviour)
            case Fault.DROP:
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
            case Fault.RESET:
                handler.close_connection = True
                linger = struct.pack("ii", 1, 0)
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                handler.connection.close()
            case Fault.SILENCE:
                handler.close_connection = True
                self._stopping.wait(self.silence_seconds)
            case Fault.DRIP:
                handler.close_connection = True
                handler.wfile.write(b"HTTP/1.1 ")
                for _ in range(int(self.silence_seconds / 0.2)):
                    handler.wfile.flush()
                    if self._stopping.wait(0.2):
                        break
                handler.connection.shutdown(socket.SHUT_RDWR)


def _answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(reply.status)
    for name, value in reply.headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body[: len(reply.body) - reply.cut])
    if reply.cut:
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

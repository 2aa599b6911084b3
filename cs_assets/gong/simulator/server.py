"""Puts a simulator on a loopback port, with a back door under ``/_sim/`` to steer it.

GET  /_sim/state                      requests so far, quota used, time
POST /_sim/clock    {"now": "..."} or {"advance_seconds": n}
POST /_sim/limits   {"per_second": n or null, "per_day": n or null}
POST /_sim/faults   [{"after": n, "kind": "...", "seconds": n}]
POST /_sim/calls/ID {"delete": true} or fields of metaData to change
"""

import datetime as dt
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from cs_assets.gong.simulator.corpus import instant
from cs_assets.gong.simulator.faults import KINDS, Fault
from cs_assets.gong.simulator.gate import Limits
from cs_assets.gong.simulator.protocol import Request, Response
from cs_assets.gong.simulator.service import Simulator


class SimulatorServer(ThreadingHTTPServer):
    """The listening server; ``simulator`` answers."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, simulator: Simulator, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.simulator = simulator
        simulator.base_url = self.url

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault of the simulator; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serve(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """Serve in a thread; gives the base address, the customer's path included."""
    server = SimulatorServer(simulator, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.url + simulator.base_path
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SimulatorServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    do_PUT = do_DELETE = do_PATCH = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: requests are counted, not printed."""

    def _serve(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size) if size else b"",
        )
        if request.path.startswith("/_sim/"):
            response = _steer(self.server.simulator, request)
        else:
            response = self.server.simulator.handle(request)
        self._send(response)

    def _send(self, response: Response) -> None:
        if response.delay:
            time.sleep(response.delay)
        if response.cut == 0:
            self.close_connection = True
            return
        self.send_response(response.status)
        headers = {"content-type": "application/json; charset=utf-8", **response.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body if response.cut is None else response.body[: response.cut])
        if response.cut is not None:
            self.close_connection = True


def _steer(simulator: Simulator, request: Request) -> Response:
    """The back door; what it is told wrongly it refuses with 400."""
    try:
        wish = orjson.loads(request.body) if request.body else {}
        match request.path.removeprefix("/_sim/").split("/"):
            case ["state"]:
                pass
            case ["clock"]:
                _set_clock(simulator, wish)
            case ["limits"]:
                simulator.gate.limits = Limits(wish.get("per_second"), wish.get("per_day"))
            case ["faults"]:
                for item in wish:
                    if item["kind"] not in KINDS:
                        raise ValueError(f"no fault is called {item['kind']}")
                    fault = Fault(item["kind"], float(item.get("seconds", 0)))
                    simulator.faults.plan(int(item.get("after", 0)), fault)
            case ["calls", call_id] if simulator.corpus.get(call_id) is not None:
                if wish.pop("delete", False):
                    simulator.corpus.remove(call_id)
                else:
                    simulator.corpus.change(call_id, **wish)
            case _:
                return Response(404, b'{"errors":["no such thing to steer"]}')
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Response(400, orjson.dumps({"errors": [f"{type(error).__name__}: {error}"]}))
    return Response(200, orjson.dumps(_state(simulator)))


def _set_clock(simulator: Simulator, wish: dict[str, Any]) -> None:
    if "now" in wish:
        simulator.clock.set(instant(wish["now"]))
    simulator.clock.advance(float(wish.get("advance_seconds", 0)))


def _state(simulator: Simulator) -> dict[str, Any]:
    return {
        "now": simulator.clock.now().astimezone(dt.UTC).isoformat(),
        "calls": len(simulator.corpus),
        "requests": dict(simulator.requests),
        "used_today": simulator.gate.used_today,
        "per_second": simulator.gate.limits.per_second,
        "per_day": simulator.gate.limits.per_day,
    }

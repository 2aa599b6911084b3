"""A proxy between connector and server that breaks the exchange where it is told to."""

import gzip
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What stands for the connection being cut in the middle of an answer.
CUT = "cut"


@dataclass
class Faults:
    """The faults to come: each fits a statement, and is used up by it."""

    planned: list[tuple[re.Pattern[str], str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    renewals: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, pattern: str, code: str, message: str = "broken on purpose", times: int = 1):
        """Answer the next ``times`` statements that match with Snowflake's error ``code``."""
        self.planned += [(re.compile(pattern, re.I | re.S), code, message)] * times

    def taken(self, statement: str) -> tuple[str, str] | None:
        with self.lock:
            self.statements.append(statement)
            for place, (pattern, code, message) in enumerate(self.planned):
                if pattern.search(statement):
                    del self.planned[place]
                    return code, message
        return None


@contextmanager
def fault_proxy(arguments: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Faults]]:
    """The arguments of a server behind a proxy, and the faults that it will make."""
    faults = Faults()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(faults, arguments["port"]))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield {**arguments, "port": server.server_port}, faults
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(faults: Faults, behind: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._pass_on()

        def do_PUT(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/session/token-request"):
                return self._renewed(body)
            fault = faults.taken(_statement(body)) if "query-request" in self.path else None
            if fault is None:
                return self._forward(body)
            code, message = fault
            if code == CUT:
                self.close_connection = True
                self.connection.close()
                return None
            return self._answer(
                {"success": False, "code": code, "message": message,
                 "data": {"errorCode": code, "sqlState": "57014", "queryId": "01-query"}}
            )  # fmt: skip

        def _renewed(self, body: bytes) -> None:
            faults.renewals += 1
            if body[:2] == b"\x1f\x8b":
                body = gzip.decompress(body)
            token = json.loads(body)["oldSessionToken"]
            self._answer(
                {"success": True, "code": None, "message": None,
                 "data": {"sessionToken": token, "masterToken": token,
                          "validityInSecondsST": 3600, "sessionId": 1}}
            )  # fmt: skip

        def _forward(self, body: bytes) -> None:
            request = urllib.request.Request(
                f"http://127.0.0.1:{behind}{self.path}", data=body, method=self.command
            )
            for name, value in self.headers.items():
                if name.lower() not in ("host", "connection", "accept-encoding"):
                    request.add_header(name, value)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    status, content = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, content = error.code, error.read()
            self._send(status, content)

        def _answer(self, answer: dict[str, Any]) -> None:
            self._send(200, json.dumps(answer).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


def _statement(body: bytes) -> str:
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return str(json.loads(body).get("sqlText", ""))

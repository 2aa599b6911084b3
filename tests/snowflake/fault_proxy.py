"""A proxy between connector and server that answers itself, or breaks off, where it is told to."""

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
from typing import Any, Protocol

from tests.waiting import PATIENCE

Answer = dict[str, Any]

#: What stands for the connection being cut in the middle of an answer.
CUT = "cut"


class Between(Protocol):
    """What decides on each statement: an answer of its own, ``CUT``, or None to pass it on."""

    renewals: int

    def answer(self, statement: str) -> Answer | str | None: ...


def refusal(code: str, message: str, state: str = "57014") -> Answer:
    """The answer by which Snowflake refuses a statement."""
    data = {"errorCode": code, "sqlState": state, "queryId": "01-query"}
    return {"success": False, "code": code, "message": message, "data": data}


@dataclass
class Faults:
    """The faults to come: each fits a statement, and is used up by it."""

    planned: list[tuple[re.Pattern[str], str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    """Query tags that came with statements."""
    renewals: int = 0
    is_away: bool = False
    """Whether nothing is answered at all, sign-in included."""
    away_from: tuple[str, re.Pattern[str]] | None = None
    """Asset and statement in which the server goes away, before it has come to the server."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, pattern: str, code: str, message: str = "broken on purpose", times: int = 1):
        """Answer the next ``times`` statements that match with Snowflake's error ``code``."""
        self.planned += [(re.compile(pattern, re.I | re.S), code, message)] * times

    def goes_away(self, body: bytes) -> bool:
        """Whether the server is away by now, as this request would come."""
        with self.lock:
            if self.away_from is not None and not self.is_away:
                asset, pattern = self.away_from
                in_asset = f"asset={asset};" in f"{_tag(body)};"
                self.is_away = in_asset and pattern.search(_statement(body)) is not None
            return self.is_away

    def answer(self, statement: str) -> Answer | str | None:
        with self.lock:
            self.statements.append(statement)
            for place, (pattern, code, message) in enumerate(self.planned):
                if pattern.search(statement):
                    del self.planned[place]
                    return CUT if code == CUT else refusal(code, message)
        return None


@contextmanager
def fault_proxy(arguments: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Faults]]:
    """The arguments of a server behind a proxy, and the faults that it will make."""
    faults = Faults()
    with proxy(arguments, faults) as broken:
        yield broken, faults


@contextmanager
def proxy(arguments: dict[str, Any], between: Between) -> Iterator[dict[str, Any]]:
    """The arguments of the same server behind a proxy that asks ``between`` first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(between, arguments["port"]))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield {**arguments, "port": server.server_port}
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def _handler(between: Between, behind: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two would wait 40 ms for each other

        def do_POST(self) -> None:
            self._pass_on()

        def do_PUT(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/session/token-request"):
                return self._renewed(body)
            asked = "query-request" in self.path
            if isinstance(between, Faults) and (
                between.goes_away(body) if asked else between.is_away
            ):
                return self._cut()
            if asked and isinstance(between, Faults):
                between.tags.add(_tag(body))
            answer = between.answer(_statement(body)) if asked else None
            if answer is None:
                return self._forward(body)
            return self._cut() if isinstance(answer, str) else self._answer(answer)

        def _cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _renewed(self, body: bytes) -> None:
            between.renewals += 1
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
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            return

    return Handler


def _statement(body: bytes) -> str:
    return str(_said(body).get("sqlText", ""))


def _tag(body: bytes) -> str:
    return str(_said(body).get("parameters", {}).get("QUERY_TAG", ""))


def _said(body: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    return said

"""Requests that another site's page, a rebound name or a link can make a browser send.

Each is bytes on a socket, so that no client library mends them. ``PORT`` in them is where the UI
is. Those in ``rightful`` are what the UI itself and its users' tools send, and must be answered.
"""

import base64
import json
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlencode

MUTATION = (
    'mutation { startSchedule(scheduleSelector: {repositoryLocationName: "cs", '
    'repositoryName: "__repository__", scheduleName: "NAME"}) { __typename } }'
)
_QUERY = "{ version }"
_EVIL = "http://evil.example"
_JSON = "application/json"


@dataclass(frozen=True)
class Forged:
    """A name for the report, and the request."""

    name: str
    request: bytes


def send(request: bytes, port: int, seconds: float = 30.0) -> int:
    """The status of the answer; 0 when the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(request)
        try:
            answer = connection.recv(4096)
        except ConnectionResetError:
            return 0
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def _bytes(
    method: str, path: str, headers: list[tuple[str, str]], body: str = "", host: str | None = None
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _socket(host: str, headers: list[tuple[str, str]], path: str = "/graphql") -> bytes:
    key = base64.b64encode(b"0123456789abcdef").decode()
    upgrade = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Protocol", "graphql-ws"),
    ]
    return _bytes("GET", path, [*upgrade, *headers], host=host)


def forged(port: int, schedule: str = "gong_schedule") -> list[Forged]:
    """All of them, each with an effect if it were answered."""
    here, own = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
    mutation = MUTATION.replace("NAME", schedule)
    asked = json.dumps({"query": mutation})
    by_get = f"/graphql?{urlencode({'query': mutation})}"
    query = f"/graphql?{urlencode({'query': _QUERY})}"
    json_body = ("Content-Type", _JSON)
    found: list[Forged] = []

    def add(name: str, request: bytes) -> None:
        found.append(Forged(name, request))

    # What an <img>, a link or a redirect sends.
    add("a mutation by GET", _bytes("GET", by_get, [], host=here))
    add("a mutation by HEAD", _bytes("HEAD", by_get, [], host=here))
    add("a query by GET", _bytes("GET", query, [], host=here))
    add("a mutation by an image of another site",
        _bytes("GET", by_get, [("Accept", "image/*"), ("Sec-Fetch-Site", "cross-site"),
                               ("Sec-Fetch-Mode", "no-cors")], host=here))  # fmt: skip
    add("a mutation by GET that asks for a page too",
        _bytes("GET", by_get, [("Accept", "text/html,*/*")], host=here))  # fmt: skip
    add("a link to a mutation that a person follows",
        _bytes("GET", by_get, [("Accept", "text/html"), ("Sec-Fetch-Site", "cross-site"),
                               ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
               host=here))  # fmt: skip
    add("the path spelled in percent", _bytes("GET", by_get.replace("g", "%67", 1), [], host=here))
    add("the editor inside another site's frame",
        _bytes("GET", "/graphql", [("Accept", "text/html"), ("Sec-Fetch-Site", "cross-site"),
                                   ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
               host=here))  # fmt: skip
    add("a page inside another site's frame",
        _bytes("GET", "/runs", [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"),
                                ("Sec-Fetch-Dest", "iframe")], host=here))  # fmt: skip
    add("a script of another site that reads",
        _bytes("GET", "/server_info", [("Origin", _EVIL)], host=here))  # fmt: skip
    # A rebound name: the browser holds the pages for same-origin.
    for name in ("evil.example", "evil.example:3000", f"evil.example:{port}",
                 f"127.0.0.1.evil.example:{port}", f"localhost.evil.example:{port}",
                 f"evil.example@127.0.0.1:{port}", f"127.0.0.1:{port}@evil.example",
                 f"localhost.:{port}", f"0.0.0.0:{port}", f"127.0.0.1:{port + 1}", ""):  # fmt: skip
        same = [("Origin", f"http://{name}"), ("Sec-Fetch-Site", "same-origin")]
        add(f"a rebound name {name!r}",
            _bytes("POST", "/graphql", [*same, json_body], asked, host=name))  # fmt: skip
    add("no Host", _bytes("POST", "/graphql", [("Content-Type", _JSON)], asked))
    add("two Hosts", _bytes("POST", "/graphql", [("Host", "evil.example"), ("Content-Type", _JSON)],
                            asked, host=here))  # fmt: skip
    add("a whole address as target",
        _bytes("GET", f"http://{here}/runs", [], host="evil.example"))  # fmt: skip
    # Other origins, with the right Host.
    for origin in (_EVIL, "null", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}",
                   f"{own}.evil.example", f"{own}, {_EVIL}", "file://"):  # fmt: skip
        add(f"a page of {origin!r}",
            _bytes("POST", "/graphql", [("Origin", origin), ("Content-Type", _JSON)], asked,
                   host=here))  # fmt: skip
    add("two Origins",
        _bytes("POST", "/graphql", [("Origin", own), ("Origin", _EVIL), json_body], asked,
               host=here))  # fmt: skip
    for site in ("cross-site", "same-site"):
        add(f"a request that says it is {site}",
            _bytes("POST", "/graphql", [("Sec-Fetch-Site", site), ("Content-Type", _JSON)], asked,
                   host=here))  # fmt: skip
    # What needs no preflight.
    for kind in ("text/plain", f"text/plain; charset={_JSON}", "application/x-www-form-urlencoded",
                 "multipart/form-data; boundary=x", f"{_JSON}-patch, text/plain"):  # fmt: skip
        add(f"a POST as {kind}",
            _bytes("POST", "/graphql", [("Content-Type", kind)], asked, host=here))  # fmt: skip
    add("a POST without a type and with its query in the address",
        _bytes("POST", by_get, [("Content-Length", "0")], host=here))  # fmt: skip
    add("a preflight", _bytes("OPTIONS", "/graphql", [
        ("Origin", _EVIL), ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type")], host=here))  # fmt: skip
    add("a materialization reported by a form",
        _bytes("POST", "/report_asset_materialization/customer_metrics",
               [("Origin", _EVIL), ("Content-Type", "application/x-www-form-urlencoded")],
               "data_version=" + quote("x"), host=here))  # fmt: skip
    # Websockets have no preflight, and no rule of same origin.
    add("a websocket of another site", _socket(here, [("Origin", _EVIL)]))
    add("a websocket of a rebound name",
        _socket(f"evil.example:{port}", [("Origin", f"http://evil.example:{port}")]))  # fmt: skip
    add("a websocket of no origin's page", _socket(here, [("Origin", "null")]))
    add("a websocket that says it is cross-site", _socket(here, [("Sec-Fetch-Site", "cross-site")]))
    return found


def rightful(port: int) -> list[Forged]:
    """What must be answered: the UI's own requests, a followed link, a tool without a browser."""
    here, own = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
    local = f"localhost:{port}"
    asked = json.dumps({"query": _QUERY})
    same = ("Sec-Fetch-Site", "same-origin")
    followed = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"), ("Accept", "text/html")]  # fmt: skip
    return [
        Forged("a page typed in", _bytes("GET", "/", [("Sec-Fetch-Site", "none")], host=here)),
        Forged("a link from a mail", _bytes("GET", "/runs/abc", followed, host=here)),
        Forged("the UI's query", _bytes("POST", "/graphql", [
            ("Origin", own), same, ("Content-Type", _JSON)], asked, host=here)),
        Forged("the UI's query by name", _bytes("POST", "/graphql", [
            ("Origin", f"http://{local}"), ("Content-Type", f"{_JSON}; charset=utf-8")], asked,
            host=local)),
        Forged("the UI's websocket", _socket(here, [("Origin", own), same])),
        Forged("the editor", _bytes("GET", "/graphql", [("Accept", "text/html"), same], host=here)),
        Forged("a monitor", _bytes("GET", "/server_info", [], host=here)),
        Forged("a script on this machine",
               _bytes("POST", "/graphql", [("Content-Type", _JSON)], asked, host=here)),
    ]  # fmt: skip

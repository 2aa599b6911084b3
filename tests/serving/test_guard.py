"""The guard before a real HTTP server and an application that notes whom it has served."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from cs_assets.commands.serving.guard import Allowed, Guard, local_origins, reason_to_refuse
from cs_assets.errors import UsageError
from tests.faults.forged_requests import forged, rightful, send
from tests.figures import Figure, Tell
from tests.waiting import PATIENCE, until


class Noting:
    """Serves everybody and notes who came."""

    def __init__(self) -> None:
        self.served: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        self.served.append(scope["path"])
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept", "subprotocol": "graphql-ws"})
            await send({"type": "websocket.close"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"served"})


@contextmanager
def guarded(app: Noting, *more: str) -> Iterator[int]:
    """The port on which ``app`` is served behind the guard."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        allowed = Allowed([*local_origins("127.0.0.1", port), *more])
        server = uvicorn.Server(
            uvicorn.Config(Guard(app, allowed), log_level="error", lifespan="off")
        )
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        until(lambda: server.started, "the server's start")
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def test_no_forged_request_comes_through_and_every_rightful_one_does(tell: Tell):
    app = Noting()
    with guarded(app) as port:
        attacks = forged(port)
        accepted = [one.name for one in attacks if send(one.request, port) != 403]
        served = list(app.served)
        answers = {one.name: send(one.request, port) for one in rightful(port)}
    figure = Figure(
        "R-58",
        f"{len(attacks)} forged requests, before the guard alone",
        f"{len(accepted)} accepted, {len(served)} served",
        "0 accepted, 0 served",
        not accepted and not served,
    )
    tell(figure)
    assert figure.passed, accepted
    assert len(attacks) >= 40
    assert set(answers.values()) == {200, 101}, answers


def test_without_the_guard_the_same_requests_are_served():
    """Else the test above would hold for requests that no server understands."""
    app = Noting()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        served = [one.name for one in forged(port) if send(one.request, port) in (200, 101)]
        server.should_exit = True
        thread.join(PATIENCE)
    assert len(served) >= 40, served


def test_a_proxy_with_a_name_of_its_own_is_let_in_by_the_setting():
    app, origin = Noting(), "https://cs.example.com"
    request = (
        "POST /graphql HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    )
    with guarded(app, origin) as port:

        def answer(host: str, origin: str) -> int:
            return send(request.format(host=host, origin=origin).encode(), port)

        assert answer("cs.example.com", origin) == 200
        assert answer("cs.example.com:443", origin) == 200
        assert answer(f"127.0.0.1:{port}", origin) == 200, "a proxy that puts its target's name"
        assert answer("cs.example.com:8443", origin) == 403
        assert answer("cs.example.com", "http://cs.example.com") == 403
        assert answer("cs.example.com.", origin) == 403


def test_who_is_refused_is_told_how_it_is_mended():
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"box:3000")]}
    told = reason_to_refuse(scope, Allowed(local_origins("0.0.0.0", 3000)))
    assert told == (
        "the host 'box:3000' is not served; if people open the UI under it, "
        "put its origin (https://name) into CS_ASSETS_UI_ORIGINS"
    )


@pytest.mark.parametrize(
    "origin",
    ["cs.example.com", "https://", "ftp://cs.example.com", "https://*.example.com", "*", "null",
     "https://cs.example.com/dagster", "https://me@cs.example.com", "http://cs:port"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_by_name(origin):
    with pytest.raises(UsageError, match="is no origin"):
        Allowed([origin])


def test_an_answer_may_not_be_framed_or_read_by_other_sites():
    with guarded(Noting()) as port, socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        answer = client.recv(4096).lower()
    assert b"x-frame-options: sameorigin" in answer
    assert b"cross-origin-resource-policy: same-origin" in answer

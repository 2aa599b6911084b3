"""R-60: servers that trickle, stall or flood for ever; an attempt ends when its time is over.

Each kind is a server on loopback that keeps one connection busy in its own way until the
client has gone. What the attempt then means is checked too: before the message was out as
a whole surely nobody has it, afterwards it is unclear, and a status line is an answer.
"""

import contextlib
import dataclasses
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anthropic

from cs_assets.ai.requests import AskingFailed, Question
from cs_assets.delivery.message import mime
from cs_assets.delivery.message.letter import Attachment
from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from resources.gong.auth import AccessKey
from resources.gong.client import GongClient, Retries
from resources.gong.errors import GongUnavailable
from resources.gong.quota import Quota
from resources.mail.providers.smtp import SmtpMail
from resources.models.claude import ClaudeProvider
from resources.models.cortex import CortexClient
from resources.slack.bot import BotSlack
from resources.slack.webhook import WebhookSlack
from resources.timed_http import timed
from tests.faults.mail_lint import LETTER
from tests.faults.processes import side_by_side
from tests.faults.wires import mail_transport
from tests.figures import Figure

#: Between two bytes; far below every time-out of a single read.
_PAUSE = 0.05
_HTTP_WIRES = ("sendgrid", "ses", "slack-webhook", "slack-bot", "gong", "claude", "cortex")
#: More than the kernel takes for a peer that does not read.
_LARGE = 6_000_000

Talk = Callable[["Peer"], None]


@dataclass
class Peer:
    """The server's end of a connection."""

    connection: socket.socket
    over: threading.Event

    def read_request(self) -> None:
        """All of an HTTP request whose length is told."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        length = int(lines[0].partition(b":")[2]) if lines else 0
        while len(body) < length:
            body += self._more()

    def read_until(self, end: bytes) -> None:
        data = b""
        while not data.endswith(end):
            data += self._more()

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)

    def for_ever(self, data: bytes) -> None:
        """The same again and again, a byte at a time."""
        while not self.over.wait(_PAUSE):
            for byte in data:
                self.say(bytes([byte]))
                if self.over.wait(_PAUSE):
                    return

    def stall(self) -> None:
        self.over.wait(60)

    def _more(self) -> bytes:
        data = self.connection.recv(65_536)
        if not data:
            raise ConnectionError
        return data


@contextmanager
def trickling(talk: Talk) -> Iterator[int]:
    """The port of a server that does ``talk`` on every connection."""
    over, server = threading.Event(), socket.create_server(("127.0.0.1", 0))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            talk(Peer(connection, over))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        over.set()
        server.close()


def _never_read(peer: Peer) -> None:
    peer.stall()


def _never_answer(peer: Peer) -> None:
    peer.read_request()
    peer.stall()


def _status_line(peer: Peer) -> None:
    peer.read_request()
    peer.for_ever(b"HTTP/1.1")


def _headers(peer: Peer) -> None:
    peer.read_request()
    peer.say(b"HTTP/1.1 500 Oops\r\n")
    peer.for_ever(b"X: y\r\n")


def _continue(peer: Peer) -> None:
    peer.read_request()
    peer.for_ever(b"HTTP/1.1 100 Continue\r\n\r\n")


def _body(peer: Peer) -> None:
    peer.read_request()
    peer.say(b"HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n\r\n")
    peer.for_ever(b" ")


def _chunks(peer: Peer) -> None:
    peer.read_request()
    peer.say(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.for_ever(b"1\r\n \r\n")


def _smtp(stages: int) -> Talk:
    """Polite for so many stages, then a reply that does not end."""

    def talk(peer: Peer) -> None:
        replies = (b"220 hello", b"250 hello", b"250 ok", b"250 ok", b"354 go on")
        for number in range(stages):
            peer.say(replies[number] + b"\r\n")
            peer.read_until(b"\r\n.\r\n" if number == 4 else b"\r\n")
        peer.for_ever(b"250-on and on\r\n" if stages != 4 else b"2")

    return talk


def _smtp_stops_reading(peer: Peer) -> None:
    for reply in (b"220 hello", b"250 hello", b"250 ok", b"250 ok"):
        peer.say(reply + b"\r\n")
        peer.read_until(b"\r\n")
    peer.say(b"354 go on\r\n")
    peer.stall()


NOBODY_HAS_IT = frozenset({Outcome.REJECTED_TRANSIENT})
UNCLEAR = frozenset({Outcome.UNKNOWN})

#: Kinds over HTTP, and what the attempt means for a message.
HTTP: dict[str, tuple[Talk, frozenset[Outcome]]] = {
    "never reads": (_never_read, NOBODY_HAS_IT | UNCLEAR),  # a small one is in its buffers
    "never answers": (_never_answer, UNCLEAR),
    "status line": (_status_line, UNCLEAR),
    "headers": (_headers, UNCLEAR),
    "continue": (_continue, UNCLEAR),
    "body": (_body, UNCLEAR),
    "chunks": (_chunks, UNCLEAR),
}
SMTP: dict[str, tuple[Talk, frozenset[Outcome]]] = {
    "greeting": (_smtp(0), NOBODY_HAS_IT),
    "extensions": (_smtp(1), NOBODY_HAS_IT),
    "sender": (_smtp(2), NOBODY_HAS_IT),
    "recipient": (_smtp(3), NOBODY_HAS_IT),
    "data": (_smtp(4), NOBODY_HAS_IT),
    "stops reading": (_smtp_stops_reading, NOBODY_HAS_IT),
    "dot": (_smtp(5), UNCLEAR),
}
#: The handshake of TLS goes before either.
TLS = "TLS handshake"


@dataclass(frozen=True)
class Case:
    """One kind on one transport."""

    wire: str
    kind: str
    seconds: float


def prepared(case: Case, port: int) -> Callable[[], Answer | None]:
    """One attempt of the real client, ready to be made; None comes of no message."""
    url, seconds = f"http://127.0.0.1:{port}", case.seconds
    large = _LARGE if case.kind in ("never reads", "stops reading") else 1
    letter = dataclasses.replace(
        LETTER, attachments=(Attachment("r.bin", "application/octet-stream", b"x" * large),)
    )
    mime_bytes = mime.build(letter)
    match case.wire:
        case "smtp":
            mail = SmtpMail(
                "127.0.0.1", port, tls="tls" if case.kind == TLS else "none", seconds=seconds
            )
            return lambda: mail.send(letter, mime_bytes)
        case "sendgrid" | "ses":
            transport = mail_transport(case.wire, url, seconds)
            return lambda: transport.send(letter, mime_bytes)
        case "slack-webhook":
            hook = WebhookSlack(f"{url}/services/T/B/X", seconds=seconds)
            return lambda: hook.send(Post("ab" * 32, "#reviews", "x" * large))
        case "slack-bot":
            bot = BotSlack("xoxb-1", f"{url}/api/", seconds=seconds)
            return lambda: bot.send(Post("ab" * 32, "#reviews", "x" * large))
        case _:
            return partial(_suppressed, _OTHERS[case.wire](url, seconds))


def _suppressed(ask: Callable[[], Any]) -> None:
    with contextlib.suppress(GongUnavailable, AskingFailed):
        ask()


def _gong(url: str, seconds: float) -> Callable[[], Any]:
    path = Path(tempfile.mkdtemp()) / "quota.sqlite"
    quota = Quota(path, "company", per_second=100, per_day=100)
    access, once = AccessKey("k", "s", url), Retries(attempts=1)
    return GongClient(access, quota, retries=once, deadline=seconds).workspaces


def _claude(url: str, seconds: float) -> Callable[[], Any]:
    client = anthropic.Anthropic(
        api_key="k",
        base_url=url,
        timeout=60,
        max_retries=0,
        http_client=timed(anthropic.DefaultHttpxClient(follow_redirects=False)),
    )
    question = Question("s", "m", "a", "claude-sonnet-5-5", "p", "1")
    return partial(ClaudeProvider(client, seconds=seconds).ask, question)


def _cortex(url: str, seconds: float) -> Callable[[], Any]:
    class Token:
        def current(self) -> str:
            return "t"

        def expire(self) -> None:
            """Lasts."""

    token: Any = Token()
    return CortexClient(url, token, read_timeout=seconds, deadline=seconds).create_thread


_OTHERS: dict[str, Callable[[str, float], Callable[[], Any]]] = {
    "gong": _gong,
    "claude": _claude,
    "cortex": _cortex,
}


def _talk(case: Case) -> tuple[Talk, frozenset[Outcome]]:
    if case.kind == TLS:
        return lambda peer: peer.for_ever(b"\x16\x03\x03"), NOBODY_HAS_IT
    return SMTP[case.kind] if case.wire == "smtp" else HTTP[case.kind]


def one_trickle(case: Case) -> tuple[float, str]:
    """Seconds beyond the deadline, and what the attempt wrongly means, if it does."""
    talk, expected = _talk(case)
    with trickling(talk) as port:
        attempt = prepared(case, port)
        began = time.monotonic()
        answer = attempt()
        over = time.monotonic() - began - case.seconds
    if answer is None:
        # It must have been the deadline that ended it.
        early = over < -case.seconds / 2
        return over, f"{case.wire}/{case.kind} ended by itself" if early else ""
    if answer.outcome in expected:
        return over, ""
    return over, f"{case.wire}/{case.kind} is {answer.outcome} {answer.error_text}"


def cases(seconds: float) -> list[Case]:
    """Every kind on every transport that it concerns."""
    over_http = [Case(wire, kind, seconds) for wire in _HTTP_WIRES for kind in HTTP]
    by_smtp = [Case("smtp", kind, seconds) for kind in (*SMTP, TLS)]
    return [*over_http, *by_smtp]


def trickles(seconds: float = 3.0, spare: float = 1.0, every: int = 1) -> Figure:
    """R-60: the longest that an attempt goes beyond its deadline, over all kinds of trickle.

    ``every``: only each so-manieth case, for the short form.
    """
    chosen = cases(seconds)[::every]
    found = side_by_side(one_trickle, chosen)
    wrong = [text for _, text in found if text]
    longest = max(over for over, _ in found)
    kinds = len({case.kind for case in chosen})
    return Figure(
        "R-60",
        f"longest time beyond the deadline in {len(chosen)} attempts under {kinds} kinds of "
        "trickle, outcomes that are not what is known",
        f"{longest:.2f} s, {len(wrong)}{': ' + '; '.join(wrong[:4]) if wrong else ''}",
        f"<= {spare:g} s, 0",
        longest <= spare and not wrong,
    )

"""An SMTP server on loopback whose every reply can be scripted; remembers whole mails.

A script entry is a mapping from a stage (``BANNER EHLO MAIL RCPT DATA DOT QUIT``) to
a reply line or to ``drop``, ``reset``, ``silence``; one entry serves one mail.
"""

import contextlib
import os
import signal
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

_REPLIES = {
    "BANNER": "220 test",
    "EHLO": "250-test\r\n250-8BITMIME\r\n250 SIZE {size}",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 queued as Q{number}",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass(frozen=True)
class Mail:
    """A mail whose final dot was read."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class SmtpFaultServer:
    """Serves ``script``, one entry a mail, then plain success."""

    script: deque[Mapping[str, str]] = field(default_factory=deque)
    mails: list[Mail] = field(default_factory=list)
    size: int = 50_000_000
    silence_seconds: float = 20.0
    kill_after_dot: bool = False

    def __post_init__(self) -> None:
        self.connections = 0
        self._victim = 0
        self._victim_known = threading.Event()
        self._stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> "SmtpFaultServer":
        return self

    def __exit__(self, *args: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def kill(self, pid: int) -> None:
        """Name the process that ``kill_after_dot`` is about."""
        self._victim = pid
        self._victim_known.set()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, _Over):
            _Dialogue(self, connection).run()
        with contextlib.suppress(OSError):
            connection.close()


class _Over(Exception):
    """The connection is to be ended."""


class _Dialogue:
    def __init__(self, server: SmtpFaultServer, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._entry: Mapping[str, str] = server.script[0] if server.script else {}
        self._taken = False
        self._sender = self._recipient = ""

    def run(self) -> None:
        self._say("BANNER")
        for line in self._lines:
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("EHLO")
                case "MAIL":
                    self._next_entry()
                    self._sender = _address(rest)
                    self._say("MAIL")
                case "RCPT":
                    self._recipient = _address(rest)
                    self._say("RCPT")
                case "DATA":
                    if self._say("DATA").startswith("354"):
                        self._take_content()
                case "RSET":
                    self._say("RSET")
                case "QUIT":
                    self._say("QUIT")
                    return
                case _:
                    self._send("502 not here")

    def _next_entry(self) -> None:
        """Take the entry of this mail; a banner or greeting of it has been used already."""
        script = self._server.script
        self._entry = script.popleft() if script else {}

    def _take_content(self) -> None:
        lines = []
        for line in self._lines:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        else:
            return
        self._server.mails.append(Mail(self._sender, self._recipient, b"".join(lines)))
        if self._server.kill_after_dot:
            self._server._victim_known.wait(10)
            self._server.kill_after_dot = False
            os.kill(self._server._victim, signal.SIGKILL)
            time.sleep(0.05)
        self._say("DOT")

    def _say(self, stage: str) -> str:
        reply = self._entry.get(stage) or _REPLIES[stage]
        if reply in ("drop", "reset", "silence"):
            if stage in ("BANNER", "EHLO") and self._server.script:
                self._server.script.popleft()
            self._fail(reply)
        if stage in ("BANNER", "EHLO") and stage in self._entry and self._server.script:
            self._server.script.popleft()
        text = reply.format(size=self._server.size, number=len(self._server.mails))
        self._send(text)
        return text

    def _fail(self, how: str) -> None:
        if how == "silence":
            self._server._stopping.wait(self._server.silence_seconds)
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._lines.close()
        raise _Over

    def _send(self, text: str) -> None:
        self._connection.sendall(text.encode() + b"\r\n")


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]

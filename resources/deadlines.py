"""A deadline for everything that one attempt does on the network.

A time-out of a socket bounds one read; a server that sends a byte now and then is never
caught by it. Here every read, write, handshake and name look-up within ``within(seconds)``
gets what is left of the whole, so that the attempt ends when its time is over, whatever
the other side does. Outside ``within`` sockets behave as usual.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

#: Name, connection and greeting of the transport layer together.
CONNECT_SECONDS = 10.0
_NAME_SECONDS = 3.0

Found = TypeVar("Found")

_ends: ContextVar[float | None] = ContextVar("ends", default=None)


class OutOfTime(TimeoutError):
    """The attempt's time is over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All network use in the block by this thread ends after ``seconds``; the earlier end counts.

    What is still under way then raises ``TimeoutError``.
    """
    end, outer = time.monotonic() + seconds, _ends.get()
    token = _ends.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Seconds that are left, None without a deadline; raises ``OutOfTime`` when none are."""
    end = _ends.get()
    if end is None:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise OutOfTime("the time of the attempt is over")
    return left


class _Timed(socket.socket):
    """A socket each use of which has what is left of the deadline."""

    def _keep_time(self) -> None:
        left = remaining()
        if left is not None:
            self.settimeout(left)


class DeadlineSocket(_Timed):
    """A plain connection under the deadline."""

    def recv(self, *arguments: Any) -> bytes:
        self._keep_time()
        return super().recv(*arguments)

    def recv_into(self, *arguments: Any) -> int:
        self._keep_time()
        return super().recv_into(*arguments)

    def send(self, *arguments: Any) -> int:
        self._keep_time()
        return super().send(*arguments)

    def sendall(self, *arguments: Any) -> None:
        self._keep_time()
        super().sendall(*arguments)


class DeadlineTls(ssl.SSLSocket, _Timed):
    """A TLS connection under the deadline; one read of it is bounded as a whole."""

    def read(self, *arguments: Any) -> Any:
        self._keep_time()
        return super().read(*arguments)

    def send(self, *arguments: Any) -> int:  # sendall is made of these
        self._keep_time()
        return super().send(*arguments)

    def do_handshake(self, *arguments: Any) -> None:
        self._keep_time()
        super().do_handshake(*arguments)


def timed(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same context; connections that it makes keep the deadline."""
    context.sslsocket_class = DeadlineTls
    return context


@cache
def verifying_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Verifies certificates, by ``ca_file`` or the system's; kept, because reading them is slow."""
    return timed(ssl.create_default_context(cafile=ca_file))


def connected(address: tuple[str, int], *_: Any, seconds: float | None = None) -> DeadlineSocket:
    """A connection to a host by name or number; each of its addresses gets an equal share.

    Takes and ignores the further arguments of ``socket.create_connection``. Raises ``OSError``.
    """
    with within(seconds or CONNECT_SECONDS):
        return _to_first_that_answers(_looked_up(*address))


def _to_first_that_answers(found: list[Any]) -> DeadlineSocket:
    trouble: OSError = OSError("the name has no address")
    for number, (family, kind, protocol, _, target) in enumerate(found):
        connection = DeadlineSocket(family, kind, protocol)
        try:
            connection.settimeout((remaining() or CONNECT_SECONDS) / (len(found) - number))
            connection.connect(target)
            # Requests and mails are dialogues of small packets: do not wait to fill them.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError as error:
            connection.close()
            trouble = error
    raise trouble


def _looked_up(host: str, port: int) -> list[Any]:
    """``getaddrinfo`` within the deadline; it knows no time-out of its own."""

    def look_up() -> list[Any]:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _aside(look_up)
    return look_up()


@cache
def local_name() -> str:
    """This machine's name for the greeting of a mail server: its full name, or a number."""
    try:
        with within(_NAME_SECONDS):
            name = _aside(socket.getfqdn)
    except OSError:
        name = ""
    return name if "." in name else "[127.0.0.1]"


def _aside(look_up: Callable[[], Found]) -> Found:
    """In a thread of its own, which a resolver that does not answer may keep for a while."""
    found: list[Found] = []
    troubles: list[OSError | UnicodeError] = []

    def run() -> None:
        try:
            found.append(look_up())
        except (OSError, UnicodeError) as error:
            troubles.append(error)

    aside = threading.Thread(target=run, daemon=True, name="name look-up")
    aside.start()
    aside.join(remaining())
    if troubles:
        raise OSError(f"the name cannot be looked up ({troubles[0]})") from None
    if not found:
        raise OutOfTime("the name was not looked up in time")
    return found[0]

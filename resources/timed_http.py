"""httpx clients that keep the deadline of ``deadlines.within``.

The time-outs of httpx bound each read and each write; within a deadline each has at most
what is left of it. Works for httpx and for its fork that the Claude SDK brings along.
"""

import sys
from typing import Any, TypeVar

from resources.deadlines import OutOfTime, remaining

Client = TypeVar("Client")


def timed(client: Client) -> Client:
    """The same client; its connections keep the deadline that is in force when they are used."""
    own: Any = client
    # The public way would be to build the transport, with its proxies and certificates, anew.
    for transport in (own._transport, *own._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)
    return client


class _Backend:
    """Opens connections under the deadline."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, *arguments: Any, timeout: float | None = None, **more: Any) -> Any:
        left = _shorter(timeout, self._backend, "ConnectTimeout")
        return _Stream(self._backend.connect_tcp(*arguments, timeout=left, **more))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _Stream:
    """A connection each use of which has what is left."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _shorter(timeout, self._stream, "ReadTimeout")
        return bytes(self._stream.read(max_bytes, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: the library gives its time-out to each piece that the kernel takes.
        view = memoryview(buffer)
        while view:
            left = _shorter(timeout, self._stream, "WriteTimeout")
            self._stream.write(bytes(view[:_PIECE]), left)
            view = view[_PIECE:]

    def start_tls(self, *arguments: Any, timeout: float | None = None, **more: Any) -> Any:
        left = _shorter(timeout, self._stream, "ConnectTimeout")
        return _Stream(self._stream.start_tls(*arguments, timeout=left, **more))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_PIECE = 16_384


def _shorter(timeout: float | None, backend: Any, error: str) -> float | None:
    """The time-out or what is left, whichever is less; raises the library's own ``error``."""
    try:
        left = remaining()
    except OutOfTime as over:
        library = sys.modules[type(backend).__module__.partition(".")[0]]
        raise getattr(library, error)(str(over)) from None
    return timeout if left is None else left if timeout is None else min(left, timeout)

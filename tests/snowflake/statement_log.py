"""What the connector sends to the local Snowflake server, statement by statement."""

import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

#: Where the connector sends statements.
PATH = "/queries/v1/query-request"

_Receive = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Sent:
    """One statement: its text, the values bound to it as they came, and its query tag."""

    text: str
    bound: str
    tag: str
    describes: bool
    """Whether only the columns of its result were asked for."""

    @property
    def kind(self) -> str:
        """The first word, in capitals."""
        return "DESCRIBE" if self.describes else self.text.split(None, 1)[0].upper()


_logs: list[list[Sent]] = []


@contextmanager
def statements() -> Iterator[list[Sent]]:
    """The statements that any connector of this process's servers sends inside."""
    log: list[Sent] = []
    _logs.append(log)
    try:
        yield log
    finally:
        _logs.remove(log)


def listening(scope: Any, receive: _Receive) -> _Receive:
    """``receive``, with each whole request written down."""
    zipped = (b"content-encoding", b"gzip") in scope["headers"]
    parts: list[bytes] = []

    async def receive_and_note() -> Any:
        message = await receive()
        if message["type"] == "http.request":
            parts.append(message.get("body", b""))
            if not message.get("more_body") and _logs:
                body = b"".join(parts)
                _note(json.loads(gzip.decompress(body) if zipped else body))
        return message

    return receive_and_note


def _note(request: dict[str, Any]) -> None:
    tag = (request.get("parameters") or {}).get("QUERY_TAG", "")
    bound = json.dumps(request.get("bindings") or {}, sort_keys=True)
    sent = Sent(_statement(request["sqlText"]), bound, tag, bool(request.get("describeOnly")))
    for log in _logs:
        if sent.kind == "PUT" and log and log[-1].kind == "PUT" and _to(sent) == _to(log[-1]):
            continue  # the connector asks this server, not Snowflake, for each file's address
        log.append(sent)


def _to(sent: Sent) -> str:
    return next(word for word in sent.text.split() if word.startswith("@"))


def _statement(text: str) -> str:
    """Without the comment lines that stand before it."""
    lines = text.strip().splitlines()
    while lines and lines[0].lstrip().startswith("--"):
        lines.pop(0)
    return "\n".join(lines)

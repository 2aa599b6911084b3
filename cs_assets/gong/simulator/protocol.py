"""The form of requests and answers: endpoints and scopes, inputs, envelopes and errors."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from cs_assets.gong.simulator.corpus import instant

PAGE_SIZE = 100

#: The scope that each endpoint needs.
SCOPES = {
    ("GET", "/v2/calls"): "api:calls:read:basic",
    ("GET", "/v2/calls/{id}"): "api:calls:read:basic",
    ("POST", "/v2/calls"): "api:calls:create",
    ("POST", "/v2/calls/extensive"): "api:calls:read:extensive",
    ("POST", "/v2/calls/transcript"): "api:calls:read:transcript",
    ("GET", "/v2/users"): "api:users:read",
    ("POST", "/v2/users/extensive"): "api:users:read",
    ("GET", "/v2/users/{id}"): "api:users:read",
    ("GET", "/v2/workspaces"): "api:workspaces:read",
    ("GET", "/v2/settings/scorecards"): "api:settings:scorecards:read",
    ("GET", "/v2/settings/trackers"): "api:settings:trackers:read",
    ("POST", "/v2/stats/activity/scorecards"): "api:stats:scorecards",
    ("POST", "/v2/stats/activity/aggregate"): "api:stats:user-actions",
    ("POST", "/v2/stats/activity/day-by-day"): "api:stats:user-actions:detailed",
    ("POST", "/v2/stats/interaction"): "api:stats:interaction",
    ("GET", "/v2/library/folders"): "api:library:read",
}
#: Every scope that reads; creating calls is granted to nobody.
READING = frozenset(SCOPES.values()) - {"api:calls:create"}
MEDIA_SCOPE = "api:calls:read:media-url"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """``cut``: the connection ends after so many bytes of the body; ``delay`` in seconds."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int | None = None


class Refused(Exception):
    """An error answer on its way up."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}


EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


def too_many(seconds: int) -> Refused:
    return Refused(429, "API rate limit exceeded", {"retry-after": str(seconds)})


def route(method: str, path: str) -> tuple[str, str]:
    """The endpoint's name and the id in the path, if it has one."""
    if (method, path) in SCOPES:
        return path, ""
    folder, _, last = path.rpartition("/")
    if (method, f"{folder}/{{id}}") in SCOPES and last:
        return f"{folder}/{{id}}", unquote(last)
    if any(known == path for _, known in SCOPES):
        raise Refused(405, "Method Not Allowed")
    raise Refused(404, "Not Found")


def body_of(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "Failed to read request") from error
    if not isinstance(body, dict):
        raise Refused(400, "Failed to read request")
    return body


def form_of(body: bytes) -> dict[str, str]:
    try:
        given = orjson.loads(body)
        return {str(key): str(value) for key, value in given.items()}
    except (orjson.JSONDecodeError, AttributeError):
        return dict(parse_qsl(body.decode(errors="replace")))


def times(first: Any, last: Any, prefix: str) -> tuple[dt.datetime, dt.datetime]:
    """The bounds of a filter; null and absent ones are open."""
    bounds = []
    for name, text, default in (
        ("fromDateTime", first, EARLIEST),
        ("toDateTime", last, LATEST),
    ):
        try:
            bounds.append(default if text is None else instant(str(text)))
        except ValueError as error:
            raise Refused(400, f"{prefix}{name}: must be a date in ISO-8601") from error
    if bounds[0] > bounds[1]:
        raise Refused(400, f"{prefix}fromDateTime: must be before toDateTime")
    return bounds[0], bounds[1]


def identifiers(filters: dict[str, Any], name: str) -> set[str] | None:
    given = filters.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or not given:
        raise Refused(400, f"filter.{name}: must not be empty")
    return {str(item) for item in given}


def page_of(
    request_id: str,
    items: str,
    pieces: Sequence[bytes],
    total: int,
    page: int,
    cursor: str | None,
) -> bytes:
    """The envelope of a list; the cursor is absent on the last page."""
    records = {
        "totalRecords": total,
        "currentPageSize": len(pieces),
        "currentPageNumber": page,
    }
    envelope = records | ({"cursor": cursor} if cursor else {})
    head = b'{"requestId":' + orjson.dumps(request_id) + b',"records":' + orjson.dumps(envelope)
    return head + b',"' + items.encode() + b'":[' + b",".join(pieces) + b"]}"


def json_of(status: int, content: dict[str, Any]) -> Response:
    return Response(status, orjson.dumps(content))


def error_of(refused: Refused, request_id: str) -> Response:
    """An error as Gong words it."""
    body = orjson.dumps({"requestId": request_id, "errors": [refused.text]})
    return Response(refused.status, body, {"x-traceid": request_id, **refused.headers})

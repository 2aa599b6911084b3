"""What the simulated API answers to a request. No sockets here: ``server`` has them."""

import base64
import datetime as dt
import itertools
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from cs_assets.gong.simulator.clock import Clock
from cs_assets.gong.simulator.corpus import Corpus, SimulatedCall, instant
from cs_assets.gong.simulator.cursors import BadCursor, Cursor, Cursors, fingerprint
from cs_assets.gong.simulator.faults import Fault, Faults
from cs_assets.gong.simulator.selection import selected

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
    ("GET", "/v2/library/folders"): "api:library:read",
}
#: Every scope that reads; creating calls is granted to nobody.
READING = frozenset(SCOPES.values()) - {"api:calls:create"}
MEDIA_SCOPE = "api:calls:read:media-url"


@dataclass(frozen=True)
class Limits:
    """Requests allowed to the company; none means no limit."""

    per_second: int | None = 3
    per_day: int | None = 10_000


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


class _Refused(Exception):
    """An error answer on its way up."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}


class Simulator:
    """One company behind its API.

    ``base_path`` is the customer's own base, as Gong gives one to each; requests
    elsewhere are refused as by the wrong host. ``repeat_at_boundary`` delivers the
    last call of a page again as the first of the next.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        key: str = "key",
        secret: str = "secret",  # noqa: S107 - a simulator's
        clock: Clock | None = None,
        limits: Limits | None = None,
        faults: Faults | None = None,
        scopes: Iterable[str] = READING,
        base_path: str = "",
        cursor_life: dt.timedelta = dt.timedelta(hours=1),
        repeat_at_boundary: bool = False,
    ) -> None:
        self.corpus = corpus
        self.clock = clock or Clock()
        self.limits = limits or Limits()
        self.faults = faults or Faults()
        self.scopes = set(scopes)
        self.requests: Counter[str] = Counter()
        self.base_path = base_path.rstrip("/")
        self.base_url = ""
        self.repeat_at_boundary = repeat_at_boundary
        self._basic = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
        self._client = (key, secret)
        self._cursors = Cursors(secrets.token_bytes(32), cursor_life)
        self._numbers = itertools.count(1)
        self._recent: deque[float] = deque()
        self._today: tuple[dt.date, int] = (dt.date.min, 0)
        self._lock = threading.Lock()
        self._parts: dict[tuple[str, int, str], bytes] = {}
        self.refresh_token = "first"  # noqa: S105
        self._access_tokens: dict[str, dt.datetime] = {}

    # --- one request ------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """The answer to a request, faults and limits included."""
        request_id = f"{next(self._numbers):019d}"
        if request.path == "/oauth2/generate-customer-token":
            return self._token(request)
        fault = self.faults.next()
        try:
            self._count()
            if fault is not None and fault.kind in _INSTEAD:
                return self._misbehave(fault, request_id)
            if fault is not None and fault.kind == "cursor_expired" and self._has_cursor(request):
                raise _Refused(400, "cursor has expired")
            body = self._answer(request, request_id)
        except _Refused as refused:
            return self._error(refused, request_id)
        return _spoil(Response(200, body, {"x-traceid": request_id}), fault)

    def _answer(self, request: Request, request_id: str) -> bytes:
        path = self._own_path(request)
        name, argument = _route(request.method, path)
        self.requests[f"{request.method} {name}"] += 1
        self._check_credentials(request)
        self._check_scope(SCOPES[request.method, name])
        if request.method == "POST" and "json" not in request.headers.get("content-type", "json"):
            raise _Refused(415, "Unsupported Media Type")
        handler: Callable[[Request, str, str], bytes] = {
            ("GET", "/v2/calls"): self._list_calls,
            ("GET", "/v2/calls/{id}"): self._one_call,
            ("POST", "/v2/calls/extensive"): self._extensive,
            ("POST", "/v2/calls/transcript"): self._transcripts,
            ("GET", "/v2/users"): self._users,
            ("POST", "/v2/users/extensive"): self._users_extensive,
            ("GET", "/v2/users/{id}"): self._one_user,
            ("GET", "/v2/workspaces"): self._workspaces,
            ("GET", "/v2/settings/scorecards"): self._scorecards,
            ("GET", "/v2/settings/trackers"): self._trackers,
            ("POST", "/v2/stats/activity/scorecards"): self._answered_scorecards,
            ("GET", "/v2/library/folders"): self._folders,
        }[request.method, name]
        return handler(request, request_id, argument)

    def _own_path(self, request: Request) -> str:
        if not request.path.startswith(self.base_path + "/"):
            raise _Refused(401, "Unauthorized")
        return request.path.removeprefix(self.base_path)

    def _has_cursor(self, request: Request) -> bool:
        return "cursor" in request.query or b'"cursor"' in request.body

    # --- limits and credentials -------------------------------------------------------

    def _count(self) -> None:
        """Count a request against the limits; one too many counts as well."""
        with self._lock:
            today, used = self._today
            now = self.clock.now()
            used = used + 1 if today == now.date() else 1
            self._today = (now.date(), used)
            if self.limits.per_day is not None and used > self.limits.per_day:
                midnight = dt.datetime.combine(now.date(), dt.time(tzinfo=dt.UTC))
                left = midnight + dt.timedelta(days=1) - now
                raise _too_many(int(left.total_seconds()) + 1)
            if self.limits.per_second is None:
                return
            moment = time.monotonic()
            while self._recent and moment - self._recent[0] >= 1.0:
                self._recent.popleft()
            if len(self._recent) >= self.limits.per_second:
                raise _too_many(1)
            self._recent.append(moment)

    @property
    def used_today(self) -> int:
        return self._today[1]

    def _check_credentials(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if given == self._basic:
            return
        expires = self._access_tokens.get(given.removeprefix("Bearer "))
        if expires is None or expires <= self.clock.now():
            raise _Refused(401, "Failed to verify the credentials")

    def _check_scope(self, scope: str) -> None:
        if scope not in self.scopes:
            raise _Refused(401, f"You don't have permission to use '{scope}' in your app.")

    def _token(self, request: Request) -> Response:
        """A new pair for the refresh token, which is then dead."""
        fields = dict(request.query) | _form(request.body)
        pair = base64.b64encode(f"{self._client[0]}:{self._client[1]}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _json(401, {"error": "invalid_client"})
        with self._lock:
            if fields.get("refresh_token") != self.refresh_token:
                return _json(
                    400,
                    {"error": "invalid_grant", "error_description": "token was used or revoked"},
                )
            self.refresh_token = secrets.token_urlsafe(16)
            access = secrets.token_urlsafe(16)
            self._access_tokens[access] = self.clock.now() + dt.timedelta(days=1)
        self.requests["POST /oauth2/generate-customer-token"] += 1
        return _json(
            200,
            {
                "access_token": access,
                "refresh_token": self.refresh_token,
                "token_type": "bearer",
                "expires_in": 86_400,
                "scope": " ".join(sorted(self.scopes)),
                "api_base_url_for_customer": self.base_url + self.base_path,
            },
        )

    # --- calls ------------------------------------------------------------------------

    def _list_calls(self, request: Request, request_id: str, _: str) -> bytes:
        query = request.query
        inputs = {k: v for k, v in query.items() if k != "cursor"}
        first, last = _times(query.get("fromDateTime"), query.get("toDateTime"), "")
        workspace = query.get("workspaceId")

        def fits(call: SimulatedCall) -> bool:
            return first <= call.listed < last and _in_workspace(call, workspace)

        def calls(after: tuple[dt.datetime, str] | None) -> Iterator[SimulatedCall]:
            return filter(fits, self.corpus.from_start(_EARLIEST, after))

        return self._page_of_calls(
            request_id,
            "calls",
            calls,
            lambda call: orjson.dumps(call.call["metaData"]),
            query.get("cursor"),
            fingerprint(["list", inputs]),
        )

    def _one_call(self, request: Request, request_id: str, call_id: str) -> bytes:
        call = self.corpus.get(call_id)
        if call is None or call.visible_at > self.clock.now():
            raise _Refused(404, f"Call ID {call_id} was not found")
        return orjson.dumps({"requestId": request_id, "call": call.call["metaData"]})

    def _extensive(self, request: Request, request_id: str, _: str) -> bytes:
        body = _body(request)
        selector = body.get("contentSelector")
        if selector is not None and not isinstance(selector, dict):
            raise _Refused(400, "contentSelector: must be an object")
        media = bool(((selector or {}).get("exposedFields") or {}).get("media"))
        if media:
            self._check_scope(MEDIA_SCOPE)
        which = fingerprint(selector)

        def part(call: SimulatedCall) -> bytes:
            if media:
                signature = secrets.token_hex(8)
                url = f"https://media.gong.example/{call.id}?signature={signature}"
                return orjson.dumps(selected(call.call, selector) | {"media": {"audioUrl": url}})
            key = (call.id, call.version, which)
            if key not in self._parts:
                self._parts[key] = orjson.dumps(selected(call.call, selector))
            return self._parts[key]

        return self._filtered_calls(request_id, "calls", body, part, ["extensive", which])

    def _transcripts(self, request: Request, request_id: str, _: str) -> bytes:
        body = _body(request)
        now = self.clock.now()

        def part(call: SimulatedCall) -> bytes | None:
            return call.transcript_json() if call.transcript_at <= now else None

        return self._filtered_calls(request_id, "callTranscripts", body, part, ["transcript"])

    def _filtered_calls(
        self,
        request_id: str,
        items: str,
        body: dict[str, Any],
        part: Callable[[SimulatedCall], bytes | None],
        kind: list[str],
    ) -> bytes:
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise _Refused(400, "filter: must not be null")
        first, last = _times(filters.get("fromDateTime"), filters.get("toDateTime"), "filter.")
        ids = _identifiers(filters, "callIds")
        hosts = _identifiers(filters, "primaryUserIds")
        workspace = filters.get("workspaceId")

        def calls(after: tuple[dt.datetime, str] | None) -> Iterator[SimulatedCall]:
            for call in self._candidates(first, ids, after):
                if call.started >= last:
                    if ids is None:
                        return
                    continue
                host = str(call.call["metaData"].get("primaryUserId"))
                if (hosts is None or host in hosts) and _in_workspace(call, workspace):
                    yield call

        inputs = fingerprint([*kind, filters])
        return self._page_of_calls(request_id, items, calls, part, body.get("cursor"), inputs)

    def _candidates(
        self,
        first: dt.datetime,
        ids: set[str] | None,
        after: tuple[dt.datetime, str] | None,
    ) -> Iterator[SimulatedCall]:
        if ids is None:
            return self.corpus.from_start(first, after)
        found = (call for call in map(self.corpus.get, ids) if call is not None)
        ordered = sorted(found, key=lambda call: (call.started, call.id))
        kept = (call for call in ordered if call.started >= first)
        return kept if after is None else _behind(kept, after)

    def _page_of_calls(
        self,
        request_id: str,
        items: str,
        calls: Callable[[tuple[dt.datetime, str] | None], Iterator[SimulatedCall]],
        part: Callable[[SimulatedCall], bytes | None],
        text: Any,
        inputs: str,
    ) -> bytes:
        """A page of calls. The total counts calls still in processing, which are not delivered."""
        now = self.clock.now()
        cursor = self._cursor(text, inputs, now)
        after = None if cursor is None else (instant(cursor.after[0]), cursor.after[1])
        total = cursor.total if cursor else sum(1 for _ in calls(None))
        delivered: list[bytes] = []
        last: SimulatedCall | None = None
        more = False
        for call in calls(after):
            piece = part(call) if call.visible_at <= now else None
            if piece is None:
                continue
            if len(delivered) == PAGE_SIZE:
                more = True
                break
            delivered.append(piece)
            last = call
        if cursor is None and not delivered:
            raise _Refused(404, "No calls found corresponding to the provided filters")
        if cursor is not None and self.repeat_at_boundary:
            repeated = self.corpus.get(cursor.after[1])
            piece = part(repeated) if repeated is not None else None
            delivered = [piece, *delivered] if piece is not None else delivered
        page = cursor.page + 1 if cursor else 0
        following = None
        if more and last is not None:
            expires = cursor.expires if cursor else self._cursors.begin(now)
            key = (last.started.isoformat(), last.id)
            following = self._cursors.write(Cursor(inputs, page, total, expires, key))
        return _page(request_id, items, delivered, total, page, following)

    def _cursor(self, text: Any, inputs: str, now: dt.datetime) -> Cursor | None:
        if text is None:
            return None
        try:
            return self._cursors.read(str(text), inputs, now)
        except BadCursor as error:
            raise _Refused(400, str(error)) from error

    # --- users and the rest -----------------------------------------------------------

    def _users(self, request: Request, request_id: str, _: str) -> bytes:
        return self._plain_page(
            request_id, "users", self.corpus.users, request.query.get("cursor"), "users", None
        )

    def _users_extensive(self, request: Request, request_id: str, _: str) -> bytes:
        body = _body(request)
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise _Refused(400, "filter: must not be null")
        wanted = _identifiers(filters, "userIds")
        first, last = _times(
            filters.get("createdFromDateTime"), filters.get("createdToDateTime"), "filter."
        )
        found = [
            user
            for user in self.corpus.users
            if (wanted is None or str(user["id"]) in wanted)
            and ("created" not in user or first <= instant(user["created"]) < last)
        ]
        return self._plain_page(
            request_id, "users", found, body.get("cursor"), fingerprint(filters), "No users"
        )

    def _one_user(self, request: Request, request_id: str, user_id: str) -> bytes:
        for user in self.corpus.users:
            if str(user["id"]) == user_id:
                return orjson.dumps({"requestId": request_id, "user": user})
        raise _Refused(404, f"User ID {user_id} was not found")

    def _workspaces(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "workspaces": self.corpus.workspaces})

    def _scorecards(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "scorecards": self.corpus.scorecards})

    def _trackers(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "keywordTrackers": self.corpus.trackers})

    def _folders(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "folders": self.corpus.folders})

    def _answered_scorecards(self, request: Request, request_id: str, _: str) -> bytes:
        body = _body(request)
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise _Refused(400, "filter: must not be null")
        found = [item for item in self.corpus.answered_scorecards if _was_answered(item, filters)]
        return self._plain_page(
            request_id,
            "answeredScorecards",
            found,
            body.get("cursor"),
            fingerprint(filters),
            "No answered scorecards",
            ".",
        )

    def _plain_page(
        self,
        request_id: str,
        items: str,
        found: Sequence[dict[str, Any]],
        text: Any,
        inputs: str,
        nothing: str | None,
        stop: str = "",
    ) -> bytes:
        """A page of a list; an empty one is a 404 where the list is a filtered one."""
        now = self.clock.now()
        if not found and nothing is not None:
            raise _Refused(404, f"{nothing} found corresponding to the provided filters{stop}")
        cursor = self._cursor(text, inputs, now)
        begin = int(cursor.after[0]) if cursor else 0
        page = cursor.page + 1 if cursor else 0
        end = begin + PAGE_SIZE
        following = None
        if end < len(found):
            expires = cursor.expires if cursor else self._cursors.begin(now)
            following = self._cursors.write(
                Cursor(inputs, page, len(found), expires, (str(end), ""))
            )
        pieces = [orjson.dumps(item) for item in found[begin:end]]
        return _page(request_id, items, pieces, len(found), page, following)

    # --- errors and faults ------------------------------------------------------------

    def _error(self, refused: _Refused, request_id: str) -> Response:
        body = orjson.dumps({"requestId": request_id, "errors": [refused.text]})
        return Response(refused.status, body, {"x-traceid": request_id, **refused.headers})

    def _misbehave(self, fault: Fault, request_id: str) -> Response:
        match fault.kind:
            case "too_many":
                return self._error(_too_many(max(0, round(fault.seconds))), request_id)
            case "reset":
                return Response(200, b"", cut=0)
            case "html":
                page = b"<html><body>Please try again.</body></html>"
                return Response(200, page, {"content-type": "text/html"})
            case "bad_gateway":
                return Response(502, b"<html>502</html>", {"content-type": "text/html"})
        status = {"server_error": 500, "unavailable": 503, "timeout": 504}[fault.kind]
        return self._error(_Refused(status, "Internal server error occurred"), request_id)


_EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
_INSTEAD = ("too_many", "reset", "html", "bad_gateway", "server_error", "unavailable", "timeout")


def _spoil(response: Response, fault: Fault | None) -> Response:
    """The answer, delivered badly."""
    if fault is None:
        return response
    size = len(response.body)
    match fault.kind:
        case "cut":
            return Response(200, response.body, response.headers, cut=size // 2)
        case "cut_json":
            return Response(200, response.body[: size * 2 // 3], response.headers)
        case "slow":
            return Response(200, response.body, response.headers, delay=fault.seconds)
    return response


def _too_many(seconds: int) -> _Refused:
    return _Refused(429, "API rate limit exceeded", {"retry-after": str(seconds)})


def _route(method: str, path: str) -> tuple[str, str]:
    """The endpoint's name and the id in the path, if it has one."""
    if (method, path) in SCOPES:
        return path, ""
    folder, _, last = path.rpartition("/")
    if (method, f"{folder}/{{id}}") in SCOPES and last:
        return f"{folder}/{{id}}", unquote(last)
    if any(known == path for _, known in SCOPES):
        raise _Refused(405, "Method Not Allowed")
    raise _Refused(404, "Not Found")


def _body(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise _Refused(400, "Failed to read request") from error
    if not isinstance(body, dict):
        raise _Refused(400, "Failed to read request")
    return body


def _form(body: bytes) -> dict[str, str]:
    from urllib.parse import parse_qsl

    try:
        given = orjson.loads(body)
        return {str(key): str(value) for key, value in given.items()}
    except (orjson.JSONDecodeError, AttributeError):
        return dict(parse_qsl(body.decode(errors="replace")))


def _times(first: Any, last: Any, prefix: str) -> tuple[dt.datetime, dt.datetime]:
    """The bounds of a filter; null and absent ones are open."""
    bounds = []
    for name, text, default in (
        ("fromDateTime", first, _EARLIEST),
        ("toDateTime", last, _LATEST),
    ):
        try:
            bounds.append(default if text is None else instant(str(text)))
        except ValueError as error:
            raise _Refused(400, f"{prefix}{name}: must be a date in ISO-8601") from error
    if bounds[0] > bounds[1]:
        raise _Refused(400, f"{prefix}fromDateTime: must be before toDateTime")
    return bounds[0], bounds[1]


def _identifiers(filters: dict[str, Any], name: str) -> set[str] | None:
    given = filters.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or not given:
        raise _Refused(400, f"filter.{name}: must not be empty")
    return {str(item) for item in given}


def _in_workspace(call: SimulatedCall, workspace: Any) -> bool:
    return workspace is None or str(call.call["metaData"].get("workspaceId")) == str(workspace)


def _behind(
    calls: Iterable[SimulatedCall], after: tuple[dt.datetime, str]
) -> Iterator[SimulatedCall]:
    return (call for call in calls if (call.started, call.id) > after)


def _was_answered(item: dict[str, Any], filters: dict[str, Any]) -> bool:
    """Days are inclusive at their begin and exclusive at their end, as all filters are."""
    for field_name, first, last in (
        ("callStartTime", "callFromDate", "callToDate"),
        ("reviewTime", "reviewFromDate", "reviewToDate"),
    ):
        day = str(item.get(field_name, ""))[:10]
        if filters.get(first) and day < str(filters[first]):
            return False
        if filters.get(last) and day >= str(filters[last]):
            return False
    for field_name, name in (
        ("reviewedUserId", "reviewedUserIds"),
        ("scorecardId", "scorecardIds"),
    ):
        wanted = _identifiers(filters, name)
        if wanted is not None and str(item.get(field_name)) not in wanted:
            return False
    return True


def _page(
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


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, orjson.dumps(content))

"""What the simulated API answers to a request. No sockets here: ``server`` has them."""

import datetime as dt
import itertools
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from cs_assets.gong.simulator import statistics
from cs_assets.gong.simulator.clock import Clock
from cs_assets.gong.simulator.corpus import Corpus, SimulatedCall, instant
from cs_assets.gong.simulator.cursors import BadCursor, Cursor, Cursors, fingerprint
from cs_assets.gong.simulator.faults import INSTEAD, Faults, instead, spoiled
from cs_assets.gong.simulator.gate import Gate, Limits
from cs_assets.gong.simulator.protocol import (
    EARLIEST,
    MEDIA_SCOPE,
    PAGE_SIZE,
    READING,
    SCOPES,
    Refused,
    Request,
    Response,
    body_of,
    error_of,
    identifiers,
    page_of,
    route,
    times,
)
from cs_assets.gong.simulator.selection import selected


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
        self.faults = faults or Faults()
        self.gate = Gate(self.clock, limits or Limits(), scopes, key, secret)
        self.requests: Counter[str] = Counter()
        self.base_path = base_path.rstrip("/")
        self.base_url = ""
        self.repeat_at_boundary = repeat_at_boundary
        self._cursors = Cursors(secrets.token_bytes(32), cursor_life)
        self._numbers = itertools.count(1)
        self._parts: dict[tuple[str, int, str], bytes] = {}

    # --- one request ------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """The answer to a request, faults and limits included."""
        request_id = f"{next(self._numbers):019d}"
        if request.path == "/oauth2/generate-customer-token":
            self.requests[f"POST {request.path}"] += 1
            return self.gate.token(request, self.base_url + self.base_path)
        fault = self.faults.next()
        try:
            self.gate.count()
            if fault is not None and fault.kind in INSTEAD:
                return instead(fault, request_id)
            if fault is not None and fault.kind == "cursor_expired" and self._has_cursor(request):
                raise Refused(400, "cursor has expired")
            body = self._answer(request, request_id)
        except Refused as refused:
            return error_of(refused, request_id)
        return spoiled(Response(200, body, {"x-traceid": request_id}), fault)

    def _answer(self, request: Request, request_id: str) -> bytes:
        path = self._own_path(request)
        name, argument = route(request.method, path)
        self.requests[f"{request.method} {name}"] += 1
        self.gate.check_credentials(request)
        self.gate.check_scope(SCOPES[request.method, name])
        if request.method == "POST" and "json" not in request.headers.get("content-type", "json"):
            raise Refused(415, "Unsupported Media Type")
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
            ("POST", "/v2/stats/activity/aggregate"): self._statistics,
            ("POST", "/v2/stats/activity/day-by-day"): self._statistics,
            ("POST", "/v2/stats/interaction"): self._statistics,
            ("GET", "/v2/library/folders"): self._folders,
        }[request.method, name]
        return handler(request, request_id, argument)

    def _own_path(self, request: Request) -> str:
        if not request.path.startswith(self.base_path + "/"):
            raise Refused(401, "Unauthorized")
        return request.path.removeprefix(self.base_path)

    def _has_cursor(self, request: Request) -> bool:
        return "cursor" in request.query or b'"cursor"' in request.body

    # --- calls ------------------------------------------------------------------------

    def _list_calls(self, request: Request, request_id: str, _: str) -> bytes:
        query = request.query
        inputs = {k: v for k, v in query.items() if k != "cursor"}
        first, last = times(query.get("fromDateTime"), query.get("toDateTime"), "")
        workspace = query.get("workspaceId")

        def fits(call: SimulatedCall) -> bool:
            return first <= call.listed < last and _in_workspace(call, workspace)

        def calls(after: tuple[dt.datetime, str] | None) -> Iterator[SimulatedCall]:
            return filter(fits, self.corpus.from_start(EARLIEST, after))

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
            raise Refused(404, f"Call ID {call_id} was not found")
        return orjson.dumps({"requestId": request_id, "call": call.call["metaData"]})

    def _extensive(self, request: Request, request_id: str, _: str) -> bytes:
        body = body_of(request)
        selector = body.get("contentSelector")
        if selector is not None and not isinstance(selector, dict):
            raise Refused(400, "contentSelector: must be an object")
        media = bool(((selector or {}).get("exposedFields") or {}).get("media"))
        if media:
            self.gate.check_scope(MEDIA_SCOPE)
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
        body = body_of(request)
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
            raise Refused(400, "filter: must not be null")
        first, last = times(filters.get("fromDateTime"), filters.get("toDateTime"), "filter.")
        ids = identifiers(filters, "callIds")
        hosts = identifiers(filters, "primaryUserIds")
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
            raise Refused(404, "No calls found corresponding to the provided filters")
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
        return page_of(request_id, items, delivered, total, page, following)

    def _cursor(self, text: Any, inputs: str, now: dt.datetime) -> Cursor | None:
        if text is None:
            return None
        try:
            return self._cursors.read(str(text), inputs, now)
        except BadCursor as error:
            raise Refused(400, str(error)) from error

    # --- users and the rest -----------------------------------------------------------

    def _users(self, request: Request, request_id: str, _: str) -> bytes:
        return self._plain_page(
            request_id, "users", self.corpus.users, request.query.get("cursor"), "users", None
        )

    def _users_extensive(self, request: Request, request_id: str, _: str) -> bytes:
        body = body_of(request)
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise Refused(400, "filter: must not be null")
        wanted = identifiers(filters, "userIds")
        first, last = times(
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
        raise Refused(404, f"User ID {user_id} was not found")

    def _workspaces(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "workspaces": self.corpus.workspaces})

    def _scorecards(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "scorecards": self.corpus.scorecards})

    def _trackers(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "keywordTrackers": self.corpus.trackers})

    def _folders(self, request: Request, request_id: str, _: str) -> bytes:
        return orjson.dumps({"requestId": request_id, "folders": self.corpus.folders})

    def _answered_scorecards(self, request: Request, request_id: str, _: str) -> bytes:
        body = body_of(request)
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise Refused(400, "filter: must not be null")
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

    def _statistics(self, request: Request, request_id: str, _: str) -> bytes:
        items, made = {
            "aggregate": ("usersAggregateActivityStats", statistics.aggregate),
            "day-by-day": ("usersDetailedActivities", statistics.day_by_day),
            "interaction": ("peopleInteractionStats", statistics.interaction),
        }[request.path.rpartition("/")[2]]
        body = body_of(request)
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise Refused(400, "filter: must not be null")
        found = made(self.corpus, filters)
        cursor = body.get("cursor")
        return self._plain_page(
            request_id, items, found, cursor, fingerprint([items, filters]), "No users"
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
            raise Refused(404, f"{nothing} found corresponding to the provided filters{stop}")
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
        return page_of(request_id, items, pieces, len(found), page, following)


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
        wanted = identifiers(filters, name)
        if wanted is not None and str(item.get(field_name)) not in wanted:
            return False
    return True

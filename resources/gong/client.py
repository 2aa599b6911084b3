"""The client of Gong's API v2: reads calls, transcripts and users page by page.

Written to what the API does (docs/gong.md): cursors travel in the query of a GET
and in the body of a POST; an empty result is a 404 with a known text; transcripts
are asked for 100 calls at a time; a cursor lives for an hour.
"""

import datetime as dt
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from cs_assets.errors import UsageError
from cs_assets.redaction import redacted
from resources.deadlines import within
from resources.gong.answers import Answer, NoAnswer, read_answer
from resources.gong.auth import Authorisation
from resources.gong.errors import (
    BadCredentials,
    GongError,
    GongUnavailable,
    MissingScope,
    RateLimited,
)
from resources.gong.log import tell
from resources.gong.pages import Page, Window, of_calls, only
from resources.gong.quota import LONGEST_SILENCE, Quota
from resources.timed_http import timed

_EMPTY = re.compile(r"\bno .* found .*provided filters", re.IGNORECASE)
_EXPIRED = re.compile(r"cursor has expired", re.IGNORECASE)
_SCOPE = re.compile(r"permission to use '([^']+)'")

#: Bytes of one answer, unpacked; a page of transcripts has a tenth of it at most.
_LARGEST_ANSWER = 256 * 2**20
_IDS_AT_ONCE = 100
_LONGEST_WINDOW = dt.timedelta(days=30)
_RESTARTS = 3

#: Everything that is read of a call. Media stays off: its addresses are signed anew each time.
_CONTENT: dict[str, Any] = {
    "context": "Extended",
    "contextTiming": ["Now", "TimeOfCall"],
    "exposedFields": {
        "parties": True,
        "content": {
            "structure": True,
            "topics": True,
            "trackers": True,
            "pointsOfInterest": True,
            "brief": True,
            "outline": True,
            "highlights": True,
            "callOutcome": True,
            "keyPoints": True,
        },
        "interaction": {
            "speakers": True,
            "personInteractionStats": True,
            "questions": True,
        },
        "collaboration": {"publicComments": True},
        "media": False,
    },
}


class _CursorExpired(Exception):
    """The walk took longer than its cursor lives."""


@dataclass(frozen=True)
class Retries:
    """How often a request is tried, and how long between: ``first * 2^n`` seconds with jitter."""

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0


@dataclass
class GongClient:
    """Reads one company. Thread-safe but for being closed; keep one a process."""

    authorisation: Authorisation
    quota: Quota
    workspace_id: str | None = None
    retries: Retries = field(default_factory=Retries)
    timeout: float = 60.0
    """Seconds without a sign of Gong."""
    deadline: float = 600.0
    """Seconds for one answer as a whole, however steadily it trickles in."""
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0

    def __post_init__(self) -> None:
        self._http = timed(httpx.Client(timeout=self.timeout, follow_redirects=False))
        self._workspace_checked = self.workspace_id is None

    def close(self) -> None:
        self._http.close()
        self.quota.close()

    # --- what a reader of Gong does ---------------------------------------------------

    def calls(self, window: Window) -> Iterator[Page]:
        """Calls that start in ``window``, oldest first, in stretches of at most 30 days."""
        self._check_workspace()
        for stretch in _stretches(window):
            filters = {
                "fromDateTime": _text(stretch.start),
                "toDateTime": _text(stretch.end),
                **self._workspace(),
            }
            yield from self._walk("/v2/calls/extensive", "calls", _calls_body(filters))

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The calls of these ids that Gong still has, 100 ids a request."""
        for ids in _batches(call_ids):
            filters = {"callIds": ids, **self._workspace()}
            yield from self._walk("/v2/calls/extensive", "calls", _calls_body(filters))

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The transcripts that exist for these calls, 100 ids a request."""
        for ids in _batches(call_ids):
            body = {"filter": {"callIds": ids}}
            wanted = of_calls(ids)
            for page in self._walk("/v2/calls/transcript", "callTranscripts", body):
                yield only(page, wanted)

    def users(self) -> Iterator[Page]:
        """Every user of the company."""
        return self._walk("/v2/users", "users", None)

    def workspaces(self) -> list[dict[str, Any]]:
        """The company's workspaces; not paged."""
        answer = self._answer("/v2/workspaces", "workspaces", None, None)
        return [item for item in answer.records if isinstance(item, dict)] if answer else []

    # --- walking through pages --------------------------------------------------------

    def _walk(self, path: str, items: str, body: dict[str, Any] | None) -> Iterator[Page]:
        """Every page; starts again from the first should the cursor expire on the way."""
        for restart in range(_RESTARTS + 1):
            try:
                yield from self._walk_once(path, items, body)
                return
            except _CursorExpired:
                tell("gong.cursor_expired", endpoint=path, restart=restart + 1)
        raise GongUnavailable(
            f"Gong: the cursor of {path} expired {_RESTARTS + 1} times; read a shorter stretch"
        )

    def _walk_once(self, path: str, items: str, body: dict[str, Any] | None) -> Iterator[Page]:
        cursor: str | None = None
        seen: set[str] = set()
        number = 0
        while True:
            answer = self._answer(path, items, body, cursor)
            if answer is None:
                return
            yield Page(
                records=answer.records,
                origin=f"{path} page {number}",
                fetched_at=_naive_now(),
                request_id=answer.request_id,
                broken=answer.broken,
                total=answer.total,
                size=answer.size,
            )
            if not answer.whole:
                raise GongUnavailable(
                    f"Gong: page {number} of {path} stays cut off; what it held was kept"
                )
            cursor = answer.cursor
            if cursor is None:
                return
            if cursor in seen:
                raise GongError(f"Gong: the cursor of {path} goes in circles at page {number}")
            seen.add(cursor)
            number += 1

    def _answer(
        self, path: str, items: str, body: dict[str, Any] | None, cursor: str | None
    ) -> Answer | None:
        """One page, or none for an empty result. Broken bodies are asked for again."""
        last: Answer | None = None
        problem = ""
        for attempt in range(self.retries.attempts):
            if attempt:
                self._pause(attempt)
            response = self._send(path, body, cursor, attempt)
            if isinstance(response, str):
                problem = response
                continue
            if response.status_code == 404:
                return None
            try:
                answer = read_answer(response.content, items)
            except NoAnswer as error:
                problem = f"the body is no answer: {error}"
                continue
            _tell_page(path, response, answer)
            if answer.whole and (not answer.broken or last is not None):
                return answer
            last = answer
            problem = "the body is damaged"
        if last is not None:
            return last
        raise GongUnavailable(
            f"Gong: {path}: {problem} ({self.retries.attempts} attempts); try again later"
        )

    # --- one request ------------------------------------------------------------------

    def _send(
        self, path: str, body: dict[str, Any] | None, cursor: str | None, attempt: int
    ) -> httpx.Response | str:
        """A response worth reading (200, or 404 for an empty result), or why to try again.

        Raises for what trying again cannot mend.
        """
        self.quota.take()
        header = self.authorisation.header()
        url = self.authorisation.base_url() + path
        headers = {"Authorization": header, "Accept": "application/json"}
        self.requests += 1
        try:
            if body is None:
                query = {"cursor": cursor} if cursor else None
                request = self._http.build_request("GET", url, params=query, headers=headers)
            else:
                sent = {**body, "cursor": cursor} if cursor else body
                request = self._http.build_request("POST", url, json=sent, headers=headers)
            with within(self.deadline):  # headers that trickle too
                response = self._received(request, path)
        except httpx.TransportError as error:
            return f"no answer ({type(error).__name__})"
        if response.status_code == 200:
            return response
        return self._refusal(path, response, header)

    def _received(self, request: httpx.Request, path: str) -> httpx.Response:
        """The response with its body, which may come neither without end nor for ever."""
        streamed = self._http.send(request, stream=True)
        body = bytearray()
        try:
            for chunk in streamed.iter_bytes(2**18):
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise GongError(
                        f"Gong: an answer of {path} is larger than {_LARGEST_ANSWER >> 20} MiB"
                    )
        finally:
            streamed.close()
        headers = httpx.Headers(streamed.headers)
        headers.pop("content-encoding", None)  # it is unpacked already
        response = httpx.Response(
            streamed.status_code, headers=headers, content=bytes(body), request=request
        )
        response.elapsed = streamed.elapsed
        return response

    def _refusal(self, path: str, response: httpx.Response, header: str) -> httpx.Response | str:
        status, said = response.status_code, _errors(response)
        tell(
            "gong.refused",
            endpoint=path,
            status=status,
            request_id=response.headers.get("x-traceid"),
        )
        if status == 404 and _EMPTY.search(said):
            return response
        if status == 429:
            return self._told_to_wait(response)
        if status >= 500:
            return f"Gong answered {status}"
        if status == 400 and _EXPIRED.search(said):
            raise _CursorExpired
        if status in (401, 403):
            scope = _SCOPE.search(said)
            if scope is not None:
                raise MissingScope(redacted(scope[1], 80), path)
            if self.authorisation.refused(header):
                return "the token was renewed"
            raise BadCredentials(
                f"Gong refused the key for {path} ({status}): it is wrong or revoked, or "
                f"{self.authorisation.base_url()} is not this company's base URL (GONG_BASE_URL)"
            )
        if status == 404:
            raise GongError(
                f"Gong: {path} does not exist at {self.authorisation.base_url()} (GONG_BASE_URL)"
            )
        raise GongError(f"Gong refused {path}: {status} {redacted(said, 200)}")

    def _told_to_wait(self, response: httpx.Response) -> str:
        seconds = _retry_after(response)
        self.quota.block(seconds)
        if seconds > self.quota.patience:
            resume_at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
            raise RateLimited(resume_at, f"Gong asked to wait {seconds:.0f} s")
        return "too many requests"

    def _pause(self, attempt: int) -> None:
        longest = min(self.retries.longest, self.retries.first * 2 ** (attempt - 1))
        self.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    # --- workspaces -------------------------------------------------------------------

    def _workspace(self) -> dict[str, str]:
        return {"workspaceId": self.workspace_id} if self.workspace_id else {}

    def _check_workspace(self) -> None:
        """An unknown workspace must fail: reading all would leak other teams' calls."""
        if self._workspace_checked:
            return
        known = {str(item.get("id")) for item in self.workspaces()}
        if self.workspace_id not in known:
            raise UsageError(
                f"Gong knows no workspace {self.workspace_id} (GONG_WORKSPACE_ID); "
                f"it has {redacted(', '.join(sorted(known)), 200) or 'none that this key may see'}"
            )
        self._workspace_checked = True


def _calls_body(filters: dict[str, Any]) -> dict[str, Any]:
    return {"filter": filters, "contentSelector": _CONTENT}


def _stretches(window: Window) -> Iterator[Window]:
    start = window.start
    while start < window.end:
        end = min(start + _LONGEST_WINDOW, window.end)
        yield Window(start, end)
        start = end


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), _IDS_AT_ONCE):
        yield list(ids[first : first + _IDS_AT_ONCE])


def _text(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _naive_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _errors(response: httpx.Response) -> str:
    """What the body says went wrong, as one text."""
    try:
        said = response.json()
    except ValueError:
        return ""
    errors = said.get("errors") if isinstance(said, dict) else None
    return " ".join(str(error) for error in errors) if isinstance(errors, list) else ""


def _retry_after(response: httpx.Response) -> float:
    """Seconds to wait, two days at most; one when Gong does not say, or nothing that can be."""
    try:
        seconds = float(response.headers.get("retry-after", "1"))
    except ValueError:
        return 1.0
    return min(seconds, LONGEST_SILENCE) if seconds >= 0 else 1.0


def _tell_page(path: str, response: httpx.Response, answer: Answer) -> None:
    tell(
        "gong.page",
        endpoint=path,
        request_id=answer.request_id,
        records=len(answer.records),
        broken=len(answer.broken),
        milliseconds=round(response.elapsed.total_seconds() * 1000),
    )

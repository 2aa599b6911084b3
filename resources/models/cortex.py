"""Snowflake Cortex over its REST API: Search, Analyst, Agents with threads.

Plain httpx. A call is one attempt; who asks decides about another (``AskingFailed``
says what kind of failure it was). Only two things are mended here: a token the
server no longer takes (once), and an event stream that breaks off (re-attached by
its run id as long as the deadline allows).
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from cs_assets.ai.requests import Answer, AskingFailed, FailureKind, Question, Tokens, Turn
from cs_assets.errors import UsageError
from resources.deadlines import within
from resources.models.cortex_events import AgentRun, BrokenStream, EventParser
from resources.models.quiet_loggers import quiet_loggers
from resources.settings import Settings
from resources.snowflake.jwt import KeyPairToken, host, read_key
from resources.timed_http import timed

_EXPIRED = "390112"  # in a body that comes with status 200
_REATTACHMENTS = 5
_GRACE_SECONDS = 0.5
_ORIGIN = "cs_assets"  # at most 16 bytes
#: A thread that nobody went on with for so long belongs to a run that is gone.
_LEFT_BEHIND_SECONDS = 86_400
_MOST_DELETED = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AnalystAnswer:
    """What Analyst made of a question. It never ran the SQL, and neither does this client."""

    text: str
    sql: str | None
    suggestions: tuple[str, ...]
    verified_query: str | None
    warnings: tuple[str, ...]
    request_id: str | None


class CortexClient:
    """The REST API of one account with one key; safe for threads."""

    def __init__(
        self,
        base_url: str,
        token: KeyPairToken,
        *,
        role: str | None = None,
        warehouse: str | None = None,
        read_timeout: float = 60.0,
        deadline: float = 300.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``read_timeout``: seconds of silence; ``deadline``: seconds of a whole agent run."""
        self._token = token
        self._deadline = deadline
        self._monotonic = monotonic
        headers = {"X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT"}
        if role:
            headers["X-Snowflake-Role"] = role
        if warehouse:
            headers["X-Snowflake-Warehouse"] = warehouse
        self._read_timeout = read_timeout
        self._http = timed(
            httpx.Client(
                base_url=base_url,
                headers=headers,
                timeout=httpx.Timeout(read_timeout, connect=10.0),
                follow_redirects=False,
            )
        )

    def close(self) -> None:
        self._http.close()

    def search(
        self,
        service: str,
        query: str,
        columns: Sequence[str],
        filter_: Mapping[str, Any] | None = None,
        limit: int = 10,
    ) -> list[dict[str, Any]]:
        """Rows of a Cortex Search service (``database.schema.name``), the best first."""
        body: dict[str, Any] = {"query": query, "columns": list(columns), "limit": limit}
        if filter_:
            body["filter"] = dict(filter_)
        path = _object_path(service, "cortex-search-services")
        results = self._json("POST", f"{path}:query", body).get("results")
        if not isinstance(results, list):
            raise AskingFailed("malformed", "search: an answer without results")
        return [row for row in results if isinstance(row, dict)]

    def analyst(self, semantic_view: str, question: str) -> AnalystAnswer:
        """Analyst's text, SQL or suggestions for one question."""
        body = {
            "messages": [{"role": "user", "content": [{"type": "text", "text": question}]}],
            "semantic_view": semantic_view,
        }
        document = self._json("POST", "/api/v2/cortex/analyst/message", body)
        message = document.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, list):
            raise AskingFailed("malformed", "analyst: an answer without a message")
        return _analyst_answer(document, [item for item in content if isinstance(item, dict)])

    def create_thread(self) -> int:
        """A new conversation of an agent."""
        document = self._json("POST", "/api/v2/cortex/threads", {"origin_application": _ORIGIN})
        number = document.get("thread_id")
        if isinstance(number, str) and number.isdecimal():
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool):
            raise AskingFailed("malformed", "threads: an answer without a thread id")
        return number

    def delete_thread(self, thread_id: int) -> None:
        """Delete a conversation with all that was said in it."""
        self._json("DELETE", f"/api/v2/cortex/threads/{thread_id}", None)

    def old_threads(self, before_ms: float) -> list[int]:
        """Our conversations that were last gone on with before a moment (ms since 1970)."""
        path = f"/api/v2/cortex/threads?origin_application={_ORIGIN}"
        rows = self._answer("GET", path, None)
        return [
            int(row["thread_id"])
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and float(row.get("updated_on") or before_ms) < before_ms
        ]

    def describe_agent(self, agent: str) -> dict[str, Any]:
        """What the account says about an agent: it is there and may be used."""
        return self._json("GET", _object_path(agent, "agents"), None)

    def run_agent(self, agent: str, text: str, thread_id: int, parent_message_id: int) -> AgentRun:
        """Ask the agent (``database.schema.name``) and follow its events to the end.

        Raises ``AskingFailed`` when it ends with an error, not in time, or breaks
        off and cannot be taken up again.
        """
        body = {
            "messages": [{"role": "user", "content": [{"type": "text", "text": text}]}],
            "thread_id": thread_id,
            "parent_message_id": parent_message_id,
            "stream": True,
        }
        run = AgentRun()
        until = self._monotonic() + self._deadline
        self._follow(run, "POST", f"{_object_path(agent, 'agents')}:run", body, until)
        for _ in range(_REATTACHMENTS):
            if run.finished or run.run_id is None or self._monotonic() >= until:
                break
            self._reattach(run, until)
        return _ended(run)

    def _reattach(self, run: AgentRun, until: float) -> None:
        path = f"/api/v2/cortex/agent/runs/{quote(run.run_id or '', safe='')}"
        if run.last_sequence is not None:
            path += f"?starting_after={run.last_sequence}"
        else:
            run.forget_deltas()
        self._follow(run, "GET", path, None, until)

    def _follow(self, run: AgentRun, method: str, path: str, body: Any, until: float) -> None:
        """Feed ``run`` with a stream until it ends, breaks off or takes too long."""
        parser = EventParser()
        try:
            # A little later than ``until``: a stream that goes on is left by the rule below.
            left = max(until - self._monotonic(), 0.0) + _GRACE_SECONDS
            with within(left), self._opened(method, path, body) as response:
                kind = response.headers.get("content-type", "")
                if "json" in kind and "event-stream" not in kind:
                    self._whole(run, response)
                    return
                if "text/event-stream" not in kind:
                    raise AskingFailed("malformed", "agent: an answer that is no event stream")
                for chunk in response.iter_bytes():
                    for event in parser.feed(chunk):
                        run.take(event)
                    if run.finished:
                        return
                    if self._monotonic() >= until:
                        return
        except httpx.HTTPError:
            if run.run_id is None:
                raise AskingFailed("transient", "agent: the stream broke off") from None
        except BrokenStream as error:
            raise AskingFailed("malformed", f"agent: {error}") from None

    def _whole(self, run: AgentRun, response: httpx.Response) -> None:
        """An answer in one piece has the shape of the ``response`` event."""
        from resources.models.cortex_events import Event

        response.read()
        run.take(Event("response", _object(_document(response, "agent"), "agent")))

    def _opened(self, method: str, path: str, body: Any) -> "_Opened":
        return _Opened(self._http, self._token, method, path, body)

    def _json(self, method: str, path: str, body: Any) -> dict[str, Any]:
        return _object(self._answer(method, path, body), _what(path))

    def _answer(self, method: str, path: str, body: Any) -> Any:
        what = _what(path)
        try:
            with within(self._read_timeout), self._opened(method, path, body) as response:
                response.read()
                return _document(response, what)
        except httpx.TimeoutException:
            raise AskingFailed("transient", f"{what}: no answer in time") from None
        except httpx.HTTPError:
            raise AskingFailed("transient", f"{what}: no connection") from None


class _Opened:
    """An open response with a token the server takes; any refusal becomes ``AskingFailed``."""

    def __init__(
        self, http: httpx.Client, token: KeyPairToken, method: str, path: str, body: Any
    ) -> None:
        self._http, self._token = http, token
        self._method, self._path, self._body = method, path, body
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        response = self._send()
        if response.status_code == 401 or _says_expired(response):
            response.close()
            self._token.expire()
            response = self._send()
        self._response = response
        if response.status_code != 200:
            try:
                raise _failure(response)
            finally:
                response.close()
        return response

    def __exit__(self, *_: object) -> None:
        if self._response is not None:
            self._response.close()

    def _send(self) -> httpx.Response:
        request = self._http.build_request(
            self._method,
            self._path,
            json=self._body,  # None sends no body
            headers={
                "Authorization": f"Bearer {self._token.current()}",
                "Accept": "text/event-stream, application/json",
            },
        )
        return self._http.send(request, stream=True)


def _says_expired(response: httpx.Response) -> bool:
    """Whether a 200 is in truth an expired token."""
    if response.status_code != 200 or "json" not in response.headers.get("content-type", ""):
        return False
    response.read()
    return _code(response) == _EXPIRED


def _code(response: httpx.Response) -> str:
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return ""
    code = document.get("code") or document.get("error_code") if isinstance(document, dict) else ""
    return str(code or "")[:20]


def _what(path: str) -> str:
    """What of the API is asked, in a word."""
    return path.partition("?")[0].rpartition("/")[2].partition(":")[0] or path


def _document(response: httpx.Response, what: str) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise AskingFailed("malformed", f"{what}: an answer that is no JSON") from None


def _object(document: Any, what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise AskingFailed("malformed", f"{what}: an answer that is no JSON object")
    return document


def _failure(response: httpx.Response) -> AskingFailed:
    """Our kind for a status; names status and code, never the body."""
    try:
        response.read()
        code = _code(response)
    except httpx.HTTPError:
        code = ""
    status = response.status_code
    kind: FailureKind = "transient" if status in (409, 429, 500, 502, 503, 504) else "stop"
    told = f"HTTP {status}" + (f" code {code}" if code else "")
    return AskingFailed(kind, told, retry_after=_seconds(response.headers.get("retry-after")))


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


def _ended(run: AgentRun) -> AgentRun:
    tokens = Tokens(run.input_tokens, run.output_tokens)
    if run.error_code is not None:
        raise AskingFailed("transient", f"agent: error {run.error_code}", tokens=tokens)
    if not run.finished:
        raise AskingFailed("transient", "agent: the stream ended without an answer", tokens=tokens)
    if run.status in ("cancelled", "timed_out"):
        raise AskingFailed("transient", f"agent: the run was {run.status}", tokens=tokens)
    if run.asks_back or not run.text.strip():
        raise AskingFailed("malformed", "agent: no answer, or a question back", tokens=tokens)
    return run


def _analyst_answer(document: dict[str, Any], content: list[dict[str, Any]]) -> AnalystAnswer:
    texts = [item["text"] for item in content if isinstance(item.get("text"), str)]
    statements = [item for item in content if item.get("type") == "sql"]
    sql = statements[-1].get("statement") if statements else None
    suggestions = [
        str(one)
        for item in content
        if item.get("type") in ("suggestions", "suggestion")
        for one in item.get("suggestions") or []
    ]
    confidence = statements[-1].get("confidence") if statements else None
    verified = confidence.get("verified_query_used") if isinstance(confidence, dict) else None
    warnings = document.get("warnings")
    return AnalystAnswer(
        text="\n".join(texts),
        sql=sql if isinstance(sql, str) else None,
        suggestions=tuple(suggestions),
        verified_query=str(verified.get("name")) if isinstance(verified, dict) else None,
        warnings=tuple(
            str(one.get("message"))[:300]
            for one in (warnings if isinstance(warnings, list) else [])
            if isinstance(one, dict)
        ),
        request_id=document.get("request_id"),
    )


def _object_path(name: str, kind: str) -> str:
    """The path of ``database.schema.name``; each part is quoted for the URL."""
    parts = name.split(".")
    if len(parts) != 3 or not all(parts):
        raise UsageError(f"'{name}' is no full name; write database.schema.name")
    database, schema, last = (quote(part, safe="") for part in parts)
    return f"/api/v2/databases/{database}/schemas/{schema}/{kind}/{last}"


@dataclass
class _Thread:
    """A thread on the server: how far it has come."""

    thread_id: int
    parent_message_id: int
    turns: tuple[Turn, ...]


class CortexAgentProvider:
    """Asks an agent; the questions of one conversation go into one thread.

    The agent's own instructions cannot be replaced, so ours come with the first
    message of a thread. Turns that the server's thread does not hold (they came
    from the ledger) are told in the first message of a new one.
    """

    name = "cortex"

    def __init__(self, client: CortexClient, agent: str) -> None:
        self._client = client
        self.agent = agent
        self._threads: dict[str, _Thread] = {}
        self._made: dict[str, list[int]] = {}
        self._has_looked_back = False
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        with self._lock:
            thread = self._threads.get(question.conversation)
        if thread is None or thread.turns != question.turns:
            thread = _Thread(self._begun(question.conversation), 0, question.turns)
            message = _first_message(question)
        else:
            message = question.ask
        run = self._client.run_agent(
            question.agent or self.agent, message, thread.thread_id, thread.parent_message_id
        )
        text = run.text
        if run.assistant_message_id is not None:
            known = _Thread(
                thread.thread_id,
                run.assistant_message_id,
                (*question.turns, Turn(question.ask, text)),
            )
            with self._lock:
                self._threads[question.conversation] = known
        tokens = Tokens(
            run.input_tokens or question.input_tokens_at_most, run.output_tokens or len(text) // 3
        )
        return Answer(text, question.model, tokens, run.run_id, run.evidence)

    def is_there(self, agent: str) -> bool:
        """Whether the account has an agent that may be asked; yes where it cannot tell now."""
        try:
            self._client.describe_agent(agent)
        except AskingFailed as failure:
            return failure.kind != "stop"
        return True

    def forget(self, conversation: str) -> None:
        """Delete the threads of a report that is written: they hold its whole fact sheet."""
        with self._lock:
            self._threads.pop(conversation, None)
            made = self._made.pop(conversation, [])
        self._delete(made)

    def _begun(self, conversation: str) -> int:
        """A new thread, noted so that it can be deleted whatever becomes of the answer."""
        with self._lock:
            looks_back, self._has_looked_back = not self._has_looked_back, True
        if looks_back:
            self._forget_left_behind()
        number = self._client.create_thread()
        with self._lock:
            self._made.setdefault(conversation, []).append(number)
        return number

    def _forget_left_behind(self) -> None:
        """Delete what runs that were killed have left; what goes on elsewhere is younger."""
        try:
            left = self._client.old_threads((time.time() - _LEFT_BEHIND_SECONDS) * 1000)
        except (AskingFailed, TypeError, ValueError, KeyError) as failure:
            _log.warning("old threads of the agent could not be listed: %s", failure)
            return
        self._delete(left[:_MOST_DELETED])

    def _delete(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            try:
                self._client.delete_thread(number)
            except AskingFailed as failure:
                _log.warning("a thread of the agent stays for a day: %s", failure)


def _first_message(question: Question) -> str:
    import secrets

    word = secrets.token_hex(8)
    parts = [
        question.system,
        f"DATA {word} BEGINS\n{question.material}\nDATA {word} ENDS",
        *(f"Asked: {turn.ask}\nYou wrote: {turn.answer}" for turn in question.turns),
        question.ask,
        "Answer with the text of the section alone.",
    ]
    return "\n\n".join(parts)


def reading_role(settings: Settings) -> str | None:
    """The role of agents, Analyst and case studies: it reads the views of ``REPORT`` alone."""
    own = settings.snowflake_role
    return settings.cortex_role or (f"{own}_REPORT" if own else None)


def cortex_client(settings: Settings, timeout: float, role: str | None = None) -> CortexClient:
    """The client for these settings; one clear line for what is missing.

    ``role``: under which it asks, else the reading role: an agent runs SQL that a model wrote, so
    it must not be able to do what the service can.
    """
    if settings.snowflake_account is None or settings.snowflake_user is None:
        raise UsageError("Cortex needs SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER")
    quiet_loggers()
    key, passphrase = settings.snowflake_private_key, settings.snowflake_private_key_passphrase
    token = KeyPairToken(
        settings.snowflake_account,
        settings.snowflake_user,
        read_key(key.get_secret_value() if key else None, settings.snowflake_private_key_path),
        passphrase.get_secret_value() if passphrase else None,
    )
    return CortexClient(
        settings.cortex_base_url or f"https://{host(settings.snowflake_account)}",
        token,
        role=role or reading_role(settings),
        warehouse=settings.snowflake_warehouse,
        read_timeout=timeout,
    )

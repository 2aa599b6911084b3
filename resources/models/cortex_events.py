"""The event stream of a Cortex agent: taken apart as it comes, put together by rule.

``EventParser`` turns bytes, however they are cut, into events (server-sent events,
WHATWG HTML standard). ``AgentRun`` collects them: the aggregate ``response`` is what
counts, deltas only serve while it has not come. The answer is every content item of
type text, in order, not the last item.
"""

import codecs
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from cs_assets.redaction import redacted

#: More than this in one event is no answer of an agent.
_LARGEST_EVENT = 16 * 1024 * 1024


class BrokenStream(ValueError):
    """Bytes that are no event stream."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, its data as JSON, and its sequence number if it has one."""

    name: str
    data: Any
    sequence: int | None = None


class EventParser:
    """Feeds on bytes, gives events. A byte order mark, comments and both line ends are taken."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest: list[str] = []
        self._rest_size = 0
        self._name = ""
        self._id = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that end in ``chunk``. Raises ``BrokenStream`` for data that is no JSON."""
        text = self._decoder.decode(chunk)
        self._rest.append(text)
        self._rest_size += len(text)
        if self._rest_size > _LARGEST_EVENT:
            raise BrokenStream("an event that does not end")
        if "\n" not in text and "\r" not in text:
            return  # a line in many pieces is joined once
        text = "".join(self._rest)
        # A lone CR at the end may be the first half of CRLF.
        held = "\r" if text.endswith("\r") else ""
        lines = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest = lines.pop() + held
        self._rest, self._rest_size = [rest], len(rest)
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        if not line:
            return self._end()
        field_name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field_name == "event":
            self._name = value
        elif field_name == "data":
            self._size += len(value)
            if self._size > _LARGEST_EVENT:
                raise BrokenStream("an event that does not end")
            self._data.append(value)
        elif field_name == "id":
            self._id = value
        return None

    def _end(self) -> Event | None:
        name, data, number = self._name, "\n".join(self._data), self._id
        self._name, self._id, self._data, self._size = "", "", [], 0
        if not data:
            return None
        if data.strip() == "[DONE]":
            return Event("done", None)
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            raise BrokenStream(f"data of event '{name[:40]}' is no JSON") from None
        return Event(name or "message", document, _sequence(number, document))


def _sequence(number: str, document: Any) -> int | None:
    """The place of an event in its run: its own id line, or the field of its data."""
    if number.isdecimal():
        return int(number)
    return _whole(document, "sequence_number") if isinstance(document, dict) else None


@dataclass(frozen=True)
class Citation:
    """What an answer refers to in a search index."""

    doc_id: str
    title: str
    text: str


@dataclass(frozen=True)
class ToolCall:
    """What the agent did on the way: a search, a query with its SQL."""

    tool_use_id: str
    name: str
    type: str
    status: str
    sql: str | None


@dataclass
class AgentRun:
    """The state of one run while its events arrive; any event may come twice."""

    run_id: str | None = None
    thread_id: int | None = None
    user_message_id: int | None = None
    assistant_message_id: int | None = None
    last_sequence: int | None = None
    status: str = ""
    error_code: str | None = None
    error_message: str = ""
    request_id: str | None = None
    warnings: list[str] = field(default_factory=list)
    unknown_events: set[str] = field(default_factory=set)
    input_tokens: int = 0
    output_tokens: int = 0
    _deltas: dict[int, str] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _citations: dict[tuple[str, str], Citation] = field(default_factory=dict)
    _tools: dict[str, ToolCall] = field(default_factory=dict)
    _elicits: set[int] = field(default_factory=set)
    _response: dict[str, Any] | None = None

    @property
    def finished(self) -> bool:
        """Whether the terminal event has come: a ``response`` or an ``error``."""
        return self._response is not None or self.error_code is not None

    @property
    def text(self) -> str:
        """The answer: texts of the response, else the whole texts so far, else the deltas."""
        if self._response is not None:
            items = self._response.get("content")
            texts = [
                item["text"]
                for item in (items if isinstance(items, list) else [])
                if isinstance(item, dict)
                and item.get("type") == "text"
                and isinstance(item.get("text"), str)
            ]
            return "".join(texts)
        parts = {**self._deltas, **self._texts}
        return "".join(parts[index] for index in sorted(parts))

    @property
    def asks_back(self) -> bool:
        """Whether the agent asked for something instead of answering."""
        return bool(self._elicits)

    @property
    def citations(self) -> list[Citation]:
        return list(self._citations.values())

    @property
    def tools(self) -> list[ToolCall]:
        return list(self._tools.values())

    @property
    def sql(self) -> list[str]:
        """The statements that Analyst generated, in order: kept for audit, never run here."""
        return [tool.sql for tool in self._tools.values() if tool.sql]

    @property
    def evidence(self) -> str:
        """What the answer rests on, as JSON: kept in the ledger for audit."""
        return json.dumps(
            {
                "citations": [asdict(citation) for citation in self.citations],
                "sql": self.sql,
                "tools": [f"{tool.name} {tool.status}".strip() for tool in self.tools],
                "warnings": self.warnings,
                "thread_id": self.thread_id,
                "assistant_message_id": self.assistant_message_id,
            },
            ensure_ascii=False,
        )

    def take(self, event: Event) -> None:
        """Take one event; unknown ones are noted and ignored."""
        if event.sequence is not None:
            if self.last_sequence is not None and event.sequence <= self.last_sequence:
                return  # repeated after a re-attach
            self.last_sequence = event.sequence
        if event.name == "done":
            return
        data = event.data if isinstance(event.data, dict) else {}
        handler = _HANDLERS.get(event.name)
        if handler is None:
            self.unknown_events.add(event.name[:60])
        else:
            handler(self, data)

    def forget_deltas(self) -> None:
        """Before a stream starts from its beginning again."""
        self._deltas.clear()
        self.last_sequence = None

    def _status(self, data: dict[str, Any]) -> None:
        self.status = _text(data, "status")

    def _text_delta(self, data: dict[str, Any]) -> None:
        index = _index(data)
        self._deltas[index] = self._deltas.get(index, "") + _text(data, "text")
        self._elicit(data)

    def _whole_text(self, data: dict[str, Any]) -> None:
        self._texts[_index(data)] = _text(data, "text")
        self._elicit(data)
        for annotation in _list(data, "annotations"):
            self._cite(annotation)

    def _elicit(self, data: dict[str, Any]) -> None:
        if data.get("is_elicitation") is True:
            self._elicits.add(_index(data))

    def _annotation(self, data: dict[str, Any]) -> None:
        self._cite(data.get("annotation"))

    def _cite(self, annotation: Any) -> None:
        if isinstance(annotation, dict) and annotation.get("type") == "cortex_search_citation":
            doc_id = _text(annotation, "doc_id")
            key = (doc_id, _text(annotation, "search_result_id"))
            self._citations[key] = Citation(
                doc_id, _text(annotation, "doc_title"), _text(annotation, "text")
            )

    def _tool_use(self, data: dict[str, Any]) -> None:
        self._tool(data)

    def _tool_result(self, data: dict[str, Any]) -> None:
        sql = None
        for item in _list(data, "content"):
            inner = item.get("json") if isinstance(item, dict) else None
            if isinstance(inner, dict) and isinstance(inner.get("sql"), str):
                sql = inner["sql"]
        self._tool(data, sql)

    def _analyst_delta(self, data: dict[str, Any]) -> None:
        delta = data.get("delta")
        if isinstance(delta, dict) and isinstance(delta.get("sql"), str):
            before = self._tools.get(_text(data, "tool_use_id"))
            # The statement comes whole or in pieces; a whole one replaces what was before.
            sql = delta["sql"]
            if before and before.sql and not sql.startswith(before.sql):
                sql = before.sql + sql
            self._tool(data, sql)

    def _tool(self, data: dict[str, Any], sql: str | None = None) -> None:
        key = _text(data, "tool_use_id")
        before = self._tools.get(key, ToolCall(key, "", "", "", None))
        self._tools[key] = ToolCall(
            key,
            _text(data, "name") or _text(data, "tool_name") or before.name,
            _text(data, "type") or _text(data, "tool_type") or before.type,
            _text(data, "status") or before.status,
            sql or before.sql,
        )

    def _warning(self, data: dict[str, Any]) -> None:
        code = _text(data, "code")
        self.warnings.append(redacted(f"{code} {_text(data, 'message')}", 300))

    def _metadata(self, data: dict[str, Any]) -> None:
        inner = data.get("metadata") if isinstance(data.get("metadata"), dict) else data
        assert isinstance(inner, dict)
        self.run_id = _text(inner, "run_id") or self.run_id
        number = _whole(inner, "message_id")
        if inner.get("role") == "assistant":
            self.assistant_message_id = number if number is not None else self.assistant_message_id
        elif inner.get("role") == "user":
            self.user_message_id = number if number is not None else self.user_message_id

    def _error(self, data: dict[str, Any]) -> None:
        code = _text(data, "code") or _text(data, "error_code") or "unknown"
        self.error_code = redacted(code, 40)
        self.error_message = redacted(_text(data, "message"), 300)
        self.request_id = _text(data, "request_id") or self.request_id

    def _whole_response(self, data: dict[str, Any]) -> None:
        self._response = data
        self.status = _text(data, "status") or self.status
        for item in _list(data, "content"):
            if not isinstance(item, dict):
                continue
            for annotation in _list(item, "annotations"):
                self._cite(annotation)
            for kind, take in (("tool_use", self._tool_use), ("tool_result", self._tool_result)):
                if isinstance(item.get(kind), dict):
                    take(item[kind])
        for warning in _list(data, "warnings"):
            if isinstance(warning, dict):
                self._warning(warning)
        metadata = data.get("metadata")
        if isinstance(metadata, dict):
            self._take_ids(metadata)
            self._take_usage(metadata.get("usage"))

    def _take_ids(self, metadata: dict[str, Any]) -> None:
        self.run_id = _text(metadata, "run_id") or self.run_id
        for name in ("thread_id", "user_message_id", "assistant_message_id"):
            if (number := _whole(metadata, name)) is not None:
                setattr(self, name, number)

    def _take_usage(self, usage: Any) -> None:
        self.input_tokens = self.output_tokens = 0
        for used in _list(usage if isinstance(usage, dict) else {}, "tokens_consumed"):
            if isinstance(used, dict):
                self.input_tokens += _total(used.get("input_tokens"))
                self.output_tokens += _total(used.get("output_tokens"))

    def _ignored(self, data: dict[str, Any]) -> None:
        """Known, and of no use to a text: thinking, tables, charts, progress of tools."""


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _whole(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _index(data: dict[str, Any]) -> int:
    return _whole(data, "content_index") or 0


def _total(counts: Any) -> int:
    total = counts.get("total") if isinstance(counts, dict) else None
    return total if isinstance(total, int) and total > 0 else 0


_HANDLERS = {
    "response.status": AgentRun._status,
    "response.thinking.delta": AgentRun._ignored,
    "response.thinking": AgentRun._ignored,
    "response.text.delta": AgentRun._text_delta,
    "response.text": AgentRun._whole_text,
    "response.text.annotation": AgentRun._annotation,
    "response.tool_use": AgentRun._tool_use,
    "response.tool_result.status": AgentRun._tool_use,
    "response.tool_result.analyst.delta": AgentRun._analyst_delta,
    "response.tool_result": AgentRun._tool_result,
    "response.table": AgentRun._ignored,
    "response.chart": AgentRun._ignored,
    "response.warning": AgentRun._warning,
    "metadata": AgentRun._metadata,
    "error": AgentRun._error,
    "response": AgentRun._whole_response,
}

"""Reads the body of an answer of Gong, and saves what can be saved of a broken one.

A body that is strict JSON is one fast parse. Otherwise the list of items is taken
apart by hand, so that one record with NaN, bad bytes or a lost brace costs itself
and not the other ninety-nine of its page.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from resources.gong.pages import BrokenRecord


class NoAnswer(ValueError):
    """The body is not an answer of the API at all."""


@dataclass(frozen=True)
class Answer:
    """One page as the API sends it.

    ``whole`` is false when the end of the body is missing: there may be more
    records, and the cursor is unknown.
    """

    records: Sequence[Any]
    broken: Sequence[BrokenRecord]
    cursor: str | None
    total: int | None
    request_id: str | None
    whole: bool = True
    size: int = 0


def read_answer(body: bytes, items: str) -> Answer:
    """Read an answer whose records are under the key ``items``; raises ``NoAnswer``."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _salvage(_as_utf8(body), items)
    if not isinstance(document, dict):
        raise NoAnswer(f"expected an object, got {type(document).__name__}")
    records = document.get(items)
    if records is None:
        records = []
    if not isinstance(records, list):
        raise NoAnswer(f"'{items}' is no list")
    if _is_doubtful(body, document):
        return _salvage(body, items)
    return replace(_answer(document, records, []), size=len(body))


def _answer(
    document: dict[str, Any],
    records: Sequence[Any],
    broken: Sequence[BrokenRecord],
    whole: bool = True,
) -> Answer:
    envelope = document.get("records")
    if envelope is not None and not isinstance(envelope, dict):
        raise NoAnswer("'records' is no object")
    envelope = envelope or {}
    cursor, total, request_id = (
        envelope.get("cursor"),
        envelope.get("totalRecords"),
        document.get("requestId"),
    )
    # Only its absence ends a list: anything but text would end it early, and silently.
    if cursor is not None and (not isinstance(cursor, str) or not cursor):
        raise NoAnswer("records.cursor is no text")
    return Answer(
        records=records,
        broken=broken,
        cursor=cursor,
        total=total if isinstance(total, int) else None,
        request_id=request_id if isinstance(request_id, str) else None,
        whole=whole,
    )


def _as_utf8(body: bytes) -> bytes:
    """The body without byte order mark, and in UTF-8 should it be in UTF-16 or -32."""
    encoding = json.detect_encoding(body)
    if encoding == "utf-8":
        return body
    try:
        return body.decode(encoding).encode()
    except UnicodeDecodeError:
        return body


def _is_doubtful(body: bytes, document: Any) -> bool:
    """Whether a record repeats a key, or is nested deeper than can be written again.

    Writing the document again loses keys that were there twice, each with a colon: counting
    them is the cheap sign, and only where the counts differ is the body looked into.
    """
    try:
        colons = orjson.dumps(document).count(b":")
    except TypeError:
        return True
    written = body.count(b":") + body.count(b"\\u003a") + body.count(b"\\u003A")
    return written != colons and _repeats_keys(body)


def _repeats_keys(text: bytes) -> bool:
    found = False

    def see(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or any(count > 1 for count in Counter(key for key, _ in pairs).values())

    try:
        json.loads(text, object_pairs_hook=see)
    except (ValueError, RecursionError):
        return True
    return found


# --- taking a broken body apart -------------------------------------------------------

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|["{}\[\]]', re.DOTALL)
_RECORD_START = re.compile(rb'\{\s*"(?:metaData|callId)"\s*:')


def _salvage(body: bytes, items: str) -> Answer:
    found = re.search(rb'"' + items.encode() + rb'"\s*:\s*\[', body)
    if found is None:
        raise NoAnswer("not JSON, and no list of records in it")
    records: list[Any] = []
    broken: list[BrokenRecord] = []
    pieces = list(_pieces(body, found.end()))
    for piece, reason, _ in pieces:
        if reason is None:
            records.append(piece)
        else:
            broken.append(BrokenRecord(piece.decode(errors="backslashreplace"), reason))
    end = pieces[-1][2] if pieces else found.end()
    closing = re.compile(rb"[\s,]*\]").match(body, end)
    if closing is None:
        return _answer(_start_of(body, found.end()), records, broken, whole=False)
    try:
        document = orjson.loads(body[: found.end()] + b"]" + body[closing.end() :])
    except orjson.JSONDecodeError:
        return _answer(_start_of(body, found.end()), records, broken, whole=False)
    return _answer(document, records, broken)


def _start_of(body: bytes, items_start: int) -> dict[str, Any]:
    """What stands before the list of items, closed as if nothing followed."""
    try:
        document = orjson.loads(body[:items_start] + b"]}")
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _pieces(body: bytes, start: int) -> Iterator[tuple[Any, str | None, int]]:
    """Elements of the list from ``start``: parsed with no reason, or their bytes and why not.

    The third value is where the element ends.
    """
    separator = re.compile(rb"[\s,]*")
    position = start
    while position < len(body):
        match = separator.match(body, position)
        position = match.end() if match else position
        if position >= len(body) or body[position : position + 1] == b"]":
            return
        end = _end_of_element(body, position)
        text = body[position:end]
        value, reason = _parse(text)
        if reason is not None:
            # A lost brace makes an element swallow its successors: begin again at the next.
            again = _RECORD_START.search(body, position + 1, end)
            if again is not None:
                end = again.start()
                text = body[position:end].rstrip(b" \r\n\t,")
            yield text, reason, end
        else:
            yield value, None, end
        position = max(end, position + 1)


def _end_of_element(body: bytes, start: int) -> int:
    """Where the element that begins at ``start`` ends: its last bracket, or the next comma."""
    if body[start : start + 1] not in (b"{", b"["):
        match = re.compile(rb'(?:"(?:[^"\\]|\\.)*"|[^,\]"])+').match(body, start)
        return match.end() if match else len(body)
    depth = 0
    for token in _TOKEN.finditer(body, start):
        sign = token.group()
        if sign in (b"{", b"["):
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return token.end()
        elif sign == b'"':  # a string without end
            return len(body)
    return len(body)


def _parse(text: bytes) -> tuple[Any, str | None]:
    try:
        value = orjson.loads(text)
        orjson.dumps(value)
    except orjson.JSONDecodeError as error:
        return None, f"not JSON: {error.msg}"
    except TypeError:
        return None, "nested too deep"
    if _repeats_keys(text):
        return None, "a key is there twice"
    return value, None

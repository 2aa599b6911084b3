"""Reads the body of an answer of Gong, or a file of answers, and saves what can be saved.

A body that is strict JSON is one fast parse. Otherwise the list of items is taken
apart by hand, so that one record with NaN, bad bytes or a lost brace costs itself
and not the other ninety-nine of its page.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson

from resources.gong.pages import BrokenRecord

Body = bytes | bytearray

#: A file up to so many bytes is one parse. A longer one is taken apart record by record: what is
#: parsed takes up to thirty times the room of its text.
_PARSED_AT_ONCE = 16_000_000
_RECORDS_OF_A_PAGE = 100
_LONGEST_CURSOR = 100_000
#: A record without its last brace is looked for to the end of the body, and so is the next one.
_BYTES_LOOKED_THROUGH, _TIMES_LOOKED_THROUGH = 50_000_000, 5
#: Bytes of a broken piece that are kept; its raw copy is cut shorter still, and says so.
_LONGEST_RAW = 1_000_000
_LONGEST_REQUEST_ID = 200


class NoAnswer(ValueError):
    """The body is not an answer of the API at all, or ends early."""


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


def read_answers(body: Body, items: str) -> Iterator[Answer]:
    """The answers in a file: one, or a list of them, without cursors.

    One bad record costs itself, as in an answer of the API. Raises ``NoAnswer``, saying where
    if that is known, for what holds no answers, and after the last record of a file that ends
    early.
    """
    problem = ""
    if len(body) <= _PARSED_AT_ONCE:
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            problem = f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})"
        else:
            answers = list(_answers_of(document, items))
            if not _is_doubtful(body, document):
                yield from answers
                return
    yield from _taken_apart(_as_utf8(body), items, problem)


def _answers_of(document: Any, items: str) -> Iterator[Answer]:
    for number, answer in enumerate(document if isinstance(document, list) else [document]):
        if not isinstance(answer, dict) or not isinstance(answer.get(items), list):
            raise NoAnswer(
                f"answer {number}: expected an object with a list '{items}', "
                "as the Gong API answers"
            )
        yield Answer(
            records=answer[items],
            broken=(),
            cursor=None,
            total=None,
            request_id=_request_id(answer.get("requestId")),
        )


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
    if cursor is not None and len(cursor) > _LONGEST_CURSOR:
        raise NoAnswer(f"records.cursor is longer than {_LONGEST_CURSOR:,} characters")
    return Answer(
        records=records,
        broken=broken,
        cursor=cursor,
        total=total if isinstance(total, int) else None,
        request_id=_request_id(request_id),
        whole=whole,
    )


def _request_id(said: Any) -> str | None:
    return said[:_LONGEST_REQUEST_ID] if isinstance(said, str) else None


def _as_utf8(body: Body) -> Body:
    """The body without byte order mark, and in UTF-8 should it be in UTF-16 or -32."""
    encoding = json.detect_encoding(body)
    if encoding == "utf-8":
        return body
    try:
        return body.decode(encoding).encode()
    except UnicodeDecodeError:
        return body


def _is_doubtful(body: Body, document: Any) -> bool:
    """Whether a record repeats a key, or is nested deeper than can be written again.

    Writing the document again loses keys that were there twice, each with a colon: counting
    them is the cheap sign, and only where the counts differ is the body looked into.
    """
    try:
        return _repeats_keys(body, orjson.dumps(document))
    except TypeError:
        return True


def _repeats_keys(text: Body, rewritten: bytes) -> bool:
    colons = text.count(b":") + text.count(b"\\u003a") + text.count(b"\\u003A")
    if colons == rewritten.count(b":"):
        return False
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


_REQUEST_ID = re.compile(rb'"requestId"\s*:\s*"([^"\\]{1,200})"')
_CLOSING = re.compile(rb"[\s,]*\]")


def _list_of(items: str) -> re.Pattern[bytes]:
    return re.compile(rb'"' + items.encode() + rb'"\s*:\s*\[')


def _taken_apart(body: Body, items: str, problem: str) -> Iterator[Answer]:
    """The records of every list of ``items``, a page at a time; ``problem`` is why not at once."""
    lists, end = _list_of(items), 0
    found = lists.search(body)
    if found is None:
        raise NoAnswer(problem or f"expected an object with a list '{items}'")
    while found is not None:
        ids = _REQUEST_ID.findall(body, end, found.start())
        request_id = ids[-1].decode(errors="replace") if ids else None
        end = found.end()
        pieces = _pieces(body, end)
        while some := list(islice(pieces, _RECORDS_OF_A_PAGE)):
            end = some[-1][2]
            yield replace(_page_of(some), request_id=request_id)
        if _CLOSING.match(body, end) is None:
            ends = "the file ends early; what it held before that was kept"
            raise NoAnswer(f"{problem}: {ends}" if problem else ends)
        found = lists.search(body, end)


def _page_of(pieces: Sequence[tuple[Any, str | None, int]]) -> Answer:
    records = [piece for piece, reason, _ in pieces if reason is None]
    broken = [
        BrokenRecord(piece[:_LONGEST_RAW].decode(errors="backslashreplace"), reason)
        for piece, reason, _ in pieces
        if reason is not None
    ]
    return Answer(records, broken, cursor=None, total=None, request_id=None)


def _salvage(body: Body, items: str) -> Answer:
    found = _list_of(items).search(body)
    if found is None:
        raise NoAnswer("not JSON, and no list of records in it")
    pieces = list(_pieces(body, found.end()))
    page = _page_of(pieces)
    records, broken = page.records, page.broken
    end = pieces[-1][2] if pieces else found.end()
    closing = _CLOSING.match(body, end)
    if closing is None:
        return _answer(_start_of(body, found.end()), records, broken, whole=False)
    try:
        document = orjson.loads(body[: found.end()] + b"]" + body[closing.end() :])
    except orjson.JSONDecodeError:
        return _answer(_start_of(body, found.end()), records, broken, whole=False)
    return _answer(document, records, broken)


def _start_of(body: Body, items_start: int) -> dict[str, Any]:
    """What stands before the list of items, closed as if nothing followed."""
    try:
        document = orjson.loads(body[:items_start] + b"]}")
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _pieces(body: Body, start: int) -> Iterator[tuple[Any, str | None, int]]:
    """Elements of the list from ``start``: parsed with no reason, or their bytes and why not.

    The third value is where the element ends.
    """
    separator = re.compile(rb"[\s,]*")
    position = start
    patience = _BYTES_LOOKED_THROUGH + _TIMES_LOOKED_THROUGH * len(body)
    while position < len(body):
        match = separator.match(body, position)
        position = match.end() if match else position
        if position >= len(body) or body[position : position + 1] == b"]":
            return
        end = _end_of_element(body, position)
        patience -= end - position
        if patience < 0:
            yield body[position:], "the rest is too damaged to be taken apart", len(body)
            return
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


def _end_of_element(body: Body, start: int) -> int:
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


def _parse(text: Body) -> tuple[Any, str | None]:
    try:
        value = orjson.loads(text)
        rewritten = orjson.dumps(value)
    except orjson.JSONDecodeError as error:
        return None, f"not JSON: {error.msg}"
    except TypeError:
        return None, "nested too deep"
    if _repeats_keys(text, rewritten):
        return None, "a key is there twice"
    return value, None

"""A thousand answers of a model that cannot be used."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.ai import fake_claude
from tests.ai.loopback import Reply, as_json

JSON = {"content-type": "application/json"}


def _document(text: str = "ok") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(bytes(fake_claude.message(text).body))  # type: ignore[arg-type]
    return document


def _with(**parts: Any) -> Reply:
    return as_json({**_document(), **parts})


def _cut(chance: random.Random) -> Reply:
    body = json.dumps(_document(json.dumps({"verdict": "approve"}))).encode()
    return Reply(200, body[: chance.randrange(1, len(body) - 1)], JSON)


def _text(text: str) -> Reply:
    return fake_claude.message(text)


_MAKERS: tuple[Callable[[random.Random], Reply], ...] = (
    lambda c: fake_claude.message("", stop_reason="refusal"),
    lambda c: fake_claude.message('{"verdict": "appr', stop_reason="max_tokens"),
    lambda c: fake_claude.message("{}", stop_reason="pause_turn"),
    lambda c: fake_claude.message("{}", stop_reason="model_context_window_exceeded"),
    _cut,
    lambda c: Reply(200, b"<html>Service notice</html>", {"content-type": "text/html"}),
    lambda c: Reply(200, b"", JSON),
    lambda c: Reply(200, b"null", JSON),
    lambda c: Reply(200, b"[" * 100_000, JSON),
    lambda c: Reply(200, b'{"id": NaN}', JSON),
    lambda c: Reply(200, b"\xff\xfe\x00bad", JSON),
    lambda c: Reply(200, json.dumps(_document()).encode(), JSON, fault="cut"),
    lambda c: Reply(200, b"not gzip", {**JSON, "content-encoding": "gzip"}),
    lambda c: Reply(204, b"", {}),
    lambda c: _with(content=[]),
    lambda c: _with(content=None),
    lambda c: _with(content="text"),
    lambda c: _with(content=[{"type": "text", "text": None}]),
    lambda c: _with(content=[{"type": "text"}]),
    lambda c: _with(content=[{"type": "thinking", "thinking": "hm", "signature": "s"}]),
    lambda c: _with(content=[None, 7, "x"]),
    lambda c: _with(usage=None),
    lambda c: _with(stop_reason=None),
    lambda c: as_json({"unexpected": True}),
    lambda c: as_json([_document()]),
    lambda c: _text("Certainly! Here is my review: all is well."),
    lambda c: _text("```json\n{\"verdict\": \"approve\"}\n```"),
    lambda c: _text(json.dumps({"verdict": "approve", "row_ids": [], "reason": "r", "more": 1})),
    lambda c: _text(json.dumps({"verdict": "perhaps", "row_ids": [], "reason": "r"})),
    lambda c: _text(json.dumps({"verdict": 1, "row_ids": "x", "reason": None})),
    lambda c: _text('{"verdict": NaN, "row_ids": [Infinity], "reason": "r"}'),
    lambda c: _text('{"text": "a" "b"}'),
    lambda c: _text("{" * c.randrange(2000, 60_000)),
    lambda c: _text(json.dumps({"text": "w" * c.randrange(30_000, 400_000)})),
    lambda c: _text(json.dumps({"text": ["a list"]})),
    lambda c: _text(json.dumps({"text": "\ud800 alone"})),
    lambda c: _text(json.dumps({"text": ""})),
    lambda c: fake_claude.error(500, "api_error"),
    lambda c: fake_claude.error(429, "rate_limit_error", **{"retry-after": "1e9"}),
    lambda c: fake_claude.error(413, "request_too_large"),
)  # fmt: skip


def broken_answers(count: int, seed: int = 20261109) -> Iterator[Reply]:
    """``count`` replies, every kind in turn."""
    chance = random.Random(seed)
    for position in range(count):
        yield _MAKERS[position % len(_MAKERS)](chance)

"""The Messages API on loopback, with the shapes of the reference."""

import json
from typing import Any

from tests.ai.loopback import Reply, Request, as_json


def message(
    text: str, *, stop_reason: str = "end_turn", model: str = "claude-sonnet-5-5", **more: Any
) -> Reply:
    """A finished message with one text block."""
    return as_json(
        {
            "id": "msg_loopback",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 1200, "output_tokens": 340},
            **more,
        }
    )


def written(text: str) -> Reply:
    """A section in the shape that the writer asks for."""
    return message(json.dumps({"text": text}))


def error(status: int, kind: str, code: str | None = None, **headers: str) -> Reply:
    details = {"details": {"error_code": code}} if code else {}
    return as_json(
        {
            "type": "error",
            "error": {"type": kind, "message": "from the loopback", **details},
            "request_id": "req_loopback",
        },
        status,
        **{"request-id": "req_loopback", **headers},
    )


def last_ask(request: Request) -> str:
    """What was asked last, with all that stands before it in its message."""
    return said(request.json["messages"][-1])


def said(message: dict[str, Any]) -> str:
    """All of a message's text."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n\n".join(block["text"] for block in content)


def material_of(request: Request) -> dict[str, Any]:
    """The JSON document that was sent between the markers."""
    first = request.json["messages"][0]["content"][0]["text"]
    inside = first.split(" BEGINS\n", 1)[1].rsplit("\nDATA ", 1)[0]
    document: dict[str, Any] = json.loads(inside)
    return document

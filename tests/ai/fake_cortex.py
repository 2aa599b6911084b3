"""Cortex REST on loopback: threads, agent runs as event streams, search, analyst."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.ai.loopback import Reply, Request, as_json

STREAM = {"content-type": "text/event-stream"}
RUN_PATH = "/api/v2/databases/CS/schemas/AI/agents/WRITER:run"


def make_key(folder: Path) -> Path:
    """A private key as a file; made anew for every test session, worth nothing elsewhere."""
    path = folder / "key.p8"
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return path


def event(name: str, data: Any, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def whole_run(text: str, *, assistant_id: int = 2, run_id: str = "7-1") -> list[bytes]:
    """Every kind of event that the reference lists, ending with the aggregate."""
    half = len(text) // 2
    sql = "SELECT COUNT(*) FROM conversions"
    citation = {
        "type": "cortex_search_citation",
        "index": 0,
        "search_result_id": "cs_1",
        "doc_id": "cs-1",
        "doc_title": "Story",
        "text": "Mail helped.",
    }
    events: list[tuple[str, Any]] = [
        ("metadata", {"metadata": {"role": "user", "message_id": 1, "run_id": run_id}}),
        ("response.status", {"status": "planning", "message": "Planning"}),
        ("response.thinking.delta", {"content_index": 0, "text": "There are 99", "signature": ""}),
        ("response.thinking", {"content_index": 0, "text": "There are 99", "signature": "s"}),
        ("response.tool_use", {"content_index": 1, "tool_use_id": "t1", "name": "analyst",
                               "type": "cortex_analyst_text_to_sql", "input": {}}),
        ("response.tool_result.status", {"tool_use_id": "t1", "status": "running"}),
        ("response.tool_result.analyst.delta", {"content_index": 2, "tool_use_id": "t1",
                                                "delta": {"sql": sql}}),
        ("response.tool_result", {"content_index": 2, "tool_use_id": "t1", "name": "analyst",
                                  "content": [{"type": "json", "json": {"sql": sql}}],
                                  "status": "success"}),
        ("response.table", {"content_index": 3, "tool_use_id": "t1", "result_set": {}}),
        ("response.chart", {"content_index": 4, "tool_use_id": "t1", "chart_spec": "{}"}),
        ("response.warning", {"message": "tool not accessible", "code": "399569"}),
        ("response.text.delta", {"content_index": 5, "text": text[:half]}),
        ("response.text.delta", {"content_index": 5, "text": text[half:]}),
        ("response.text.annotation", {"content_index": 5, "annotation_index": 0,
                                      "annotation": citation}),
        ("response.text", {"content_index": 5, "text": text, "annotations": [citation]}),
        ("response.something_new", {"content_index": 6}),
        ("metadata", {"metadata": {"role": "assistant", "message_id": assistant_id,
                                   "run_id": run_id}}),
        ("response", aggregate(text, assistant_id=assistant_id, run_id=run_id)),
    ]  # fmt: skip
    return [event(name, data, number) for number, (name, data) in enumerate(events, start=1)]


def aggregate(text: str, *, assistant_id: int = 2, run_id: str = "7-1") -> dict[str, Any]:
    return {
        "role": "assistant",
        "status": "completed",
        "content": [
            {"type": "thinking", "thinking": {"text": "There are 99"}},
            {"type": "text", "text": text, "annotations": [], "is_elicitation": False},
            {"type": "suggested_queries", "suggested_queries": []},
        ],
        "metadata": {
            "run_id": run_id,
            "thread_id": 7,
            "user_message_id": 1,
            "assistant_message_id": assistant_id,
            "usage": {
                "tokens_consumed": [
                    {"model_name": "m", "input_tokens": {"total": 900},
                     "output_tokens": {"total": 80}}
                ]
            },
        },
    }  # fmt: skip


def stream(parts: Iterable[bytes], **more: Any) -> Reply:
    return Reply(200, list(parts), STREAM, **more)


def agent(
    runs: Callable[[Request, int], Reply], left_behind: Sequence[dict[str, Any]] = ()
) -> Callable[[Request], Reply]:
    """A script: threads are made, ``runs`` answers the n-th run or re-attachment (from 1).

    ``left_behind``: the threads that there are.
    """
    left_behind = list(left_behind)
    count = 0

    def script(request: Request) -> Reply:
        nonlocal count
        if request.method == "DELETE":
            return as_json({"success": True})
        if request.path.startswith("/api/v2/cortex/threads?"):
            return as_json(left_behind)
        if request.path == "/api/v2/cortex/threads":
            return as_json({"thread_id": 7, "origin_application": "cs_assets"})
        count += 1
        return runs(request, count)

    return script

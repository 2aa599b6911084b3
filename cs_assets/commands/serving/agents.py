"""Serves the closed set of questions to agents by the Model Context Protocol, for one asker.

Over stdio the process that starts us is who asks; over HTTP whoever has the token, on this machine
alone. Tools read only; what they gave is noted (``ops.answers_given``) before it is given.
"""

import hmac
import socket
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from cs_assets.answers import tools
from cs_assets.answers.model import Answer, Plan
from cs_assets.commands.serving.guard import App, Receive, Scope, Send
from cs_assets.commands.terminal import echo
from cs_assets.errors import CsAssetsError

#: Answers a question in words, a plan, or ``find`` with a name.
Answering = Callable[[str | Plan, bool], Answer]
_PATH = "/mcp"
#: Letters of a request at most.
_LARGEST = 64 * 1024


def server(answering: Answering) -> Server[Any]:
    """The server; ``answering(asked, by_name)`` runs in a thread of its own."""

    async def listed(_: Any, __: Any) -> types.ListToolsResult:
        hints = types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, open_world_hint=False
        )
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=one.name,
                    description=one.meaning,
                    input_schema=dict(one.schema),
                    annotations=hints,
                )
                for one in tools.offered()
            ]
        )

    async def called(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        asked = _asked(params.name, params.arguments or {})
        if asked is None:
            return _failed(f"no tool takes that: see the schema of {params.name[:40]!r}")
        try:
            answer = await anyio.to_thread.run_sync(answering, asked, params.name == tools.FIND)
        except CsAssetsError as error:
            return _failed(error.told())
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=answer.text)],
            structured_content=answer.as_dict(),
        )

    return Server(
        "cs-assets",
        instructions=tools.INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def _asked(name: str, arguments: dict[str, Any]) -> str | Plan | None:
    """What a call asks for: a text, or a plan; ``None`` for what no schema allows."""
    field = {tools.ASK: "question", tools.FIND: "name"}.get(name)
    if field is None:
        return tools.plan(name, arguments)
    text = arguments.get(field)
    return text if isinstance(text, str) and set(arguments) == {field} else None


def _failed(why: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=why)], is_error=True)


def serve_stdio(answering: Answering) -> None:
    """Serve on standard input and output until the other side closes."""

    async def run() -> None:
        ours = server(answering)
        async with stdio_server() as (reading, writing):
            await ours.run(reading, writing, ours.create_initialization_options())

    anyio.run(run)


def serve_http(answering: Answering, token: str, port: int) -> None:
    """Serve on this machine's loopback until stopped; ``port`` 0 takes a free one."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        app = guarded(
            server(answering).streamable_http_app(
                streamable_http_path=_PATH, json_response=True, stateless_http=True,
                max_request_body_size=_LARGEST,
            ),
            token,
        )  # fmt: skip
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        echo(f"Serving http://127.0.0.1:{listening.getsockname()[1]}{_PATH}; Ctrl-C stops it",
             error=True)  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def guarded(app: App, token: str) -> App:
    """``app`` for those alone who bring the token; others learn nothing."""
    expected = f"Bearer {token}".encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        brought = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
        is_right = len(brought) == 1 and hmac.compare_digest(brought[0], expected)
        if scope["type"] == "http" and is_right:
            return await app(scope, receive, send)
        if scope["type"] == "http":
            headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

    return guard

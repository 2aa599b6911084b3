"""Serves the closed set of questions to agents by the Model Context Protocol, for one asker.

Over stdio the process that starts us is who asks; over HTTP whoever has the token, on this machine
alone. Questions read only; what they gave is noted (``ops.answers_given``) before it is given.
Decisions are those of the desk, each confirmed (``decisions``).
"""

import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette

from cs_assets.answers import beginnings, tools
from cs_assets.answers.model import Answer, Plan
from cs_assets.answers.proof import by_line
from cs_assets.answers.questions import QUESTIONS
from cs_assets.answers.scope import Asker
from cs_assets.commands.serving.guard import App, Receive, Scope, Send
from cs_assets.commands.terminal import echo
from cs_assets.desk.agents import decisions
from cs_assets.desk.agents.decisions import Decisions
from cs_assets.errors import CsAssetsError

#: Answers a question in words, a plan, or ``find`` with a name.
Answering = Callable[[str | Plan, bool], Answer]


@dataclass(frozen=True)
class Serving:
    """For whom tools work: what answers for them, and what decides."""

    asker: Asker
    answering: Answering
    decisions: Decisions
    given: Callable[[str], Plan]
    """The plan of an answer that was given, by its id; raises ``UsageError``."""


_PATH = "/mcp"
#: What is told to those who bring no token that is right.
_WANTED = b"a bearer token that this server knows is wanted (header Authorization)"
#: Letters of a request at most.
_LARGEST = 64 * 1024


def server(serving: Serving) -> Server[Any]:
    """The server for one asker; ``answering(asked, by_name)`` runs in a thread of its own."""

    async def listed(_: Any, __: Any) -> types.ListToolsResult:
        reads, decides = tools.offered(), decisions.offered()
        return types.ListToolsResult(
            tools=[*(_tool(one, True) for one in reads), *(_tool(one, False) for one in decides)]
        )

    async def called(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        name, given = params.name, params.arguments or {}
        try:
            if serving.decisions.takes(name):
                done = await anyio.to_thread.run_sync(serving.decisions.called, name, given)
                return _told(_decided(done), done)
            asked = tools.asked(name, given)
            answer = await anyio.to_thread.run_sync(serving.answering, asked, name == tools.FIND)
        except CsAssetsError as error:
            return _failed(error.told())
        return _told(_said(answer), _brief(answer), _links(answer))

    async def read(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            text = await anyio.to_thread.run_sync(_document, serving, uri)
        except (ValueError, CsAssetsError) as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        contents = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[contents])

    async def documents(_: Any, __: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[_QUESTIONS])

    async def templates(_: Any, __: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[_CUSTOMER, _CALL, _ANSWER])

    async def prompts(_: Any, __: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[_prompt(one) for one in beginnings.BEGINNINGS])

    async def prompt(_: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        try:
            text = beginnings.text(params.name, serving.asker.role, params.arguments or {})
        except ValueError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        content = types.TextContent(type="text", text=text)
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=content)])

    return Server(
        "cs-assets",
        version=version("cs-assets"),
        instructions=tools.INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
        on_list_resources=documents,
        on_list_resource_templates=templates,
        on_read_resource=read,
        on_list_prompts=prompts,
        on_get_prompt=prompt,
    )


def _said(answer: Answer) -> str:
    """The text, for clients that show nothing else: rows as a list, and what can be asked."""
    parts = [f"- {one.text}" if one.is_row else one.text for one in answer.lines]
    if answer.needs:
        parts.append(f"What would be needed: {answer.needs}")
    if answer.offered:
        head = [] if answer.question == tools.FIND else ["You can ask:"]
        parts += [*head, *(f"- {one}" for one in answer.offered)]
    return "\n".join(parts)


def _decided(done: Mapping[str, Any]) -> str:
    """What a tool of decisions says, for clients that show nothing else."""
    if done["status"] == "to_confirm":
        return (
            f"Would do: {done['would']}. Nothing is done yet: tell the person these words, and "
            f"call {decisions.CONFIRM} with this code after their yes: {done['code']}"
        )
    before = " (it was done before)" if done["status"] == "done_before" else ""
    return f"Done{before}: {done['words']}"


#: Of a fact, what its id, its value and its cell say already: the answer's document has it.
_SAID = ("label", "written", "unit")
#: Of an answer, what is there though it is empty.
_ALWAYS = ("status", "question", "text", "facts")


def _brief(answer: Answer) -> dict[str, Any]:
    """The answer as data, its facts without what is said twice."""
    document = answer.as_dict()
    document["facts"] = [
        {key: value for key, value in fact.items()
         if key not in _SAID and (key, value) != ("status", "ok")}
        for fact in document["facts"]
    ]  # fmt: skip
    return {key: one for key, one in document.items() if one or key in _ALWAYS}


def _tool(one: tools.Offered, reads_only: bool) -> types.Tool:
    hints = types.ToolAnnotations(
        read_only_hint=reads_only, destructive_hint=False, idempotent_hint=True,
        open_world_hint=False,
    )  # fmt: skip
    return types.Tool(
        name=one.name, description=one.meaning, input_schema=dict(one.schema), annotations=hints
    )


def _told(
    text: str, document: dict[str, Any], links: Sequence[types.ResourceLink] = ()
) -> types.CallToolResult:
    said = types.TextContent(type="text", text=text)
    return types.CallToolResult(content=[said, *links], structured_content=document)


# --- documents that an answer links to, read in the asker's scope like everything else

_SCHEME = "cs-assets://"
_QUESTIONS = types.Resource(
    name="questions", uri=f"{_SCHEME}questions", mime_type="application/json",
    description="What can be asked, with the phrasings that are documented.",
)  # fmt: skip
_CUSTOMER = types.ResourceTemplate(
    name="customer", uri_template=f"{_SCHEME}customer/{{id}}", mime_type="application/json",
    description="How a customer is: health, segment, contract, clear changes.",
)  # fmt: skip
_CALL = types.ResourceTemplate(
    name="call", uri_template=f"{_SCHEME}call/{{id}}", mime_type="application/json",
    description="What a call was scored, with reason and evidence by dimension.",
)  # fmt: skip
_ANSWER = types.ResourceTemplate(
    name="answer", uri_template=f"{_SCHEME}answer/{{id}}", mime_type="application/json",
    description="An answer line by line, each with the facts in it and the cells that prove them.",
)  # fmt: skip
_BEHIND = {"customer": "standing", "call": "why_score"}
_MOST_LINKS = 10


def _links(answer: Answer) -> list[types.ResourceLink]:
    """Links to its own proof, and to the customers and calls that an answer names."""
    named: dict[str, None] = {f"answer/{answer.answer_id}": None} if answer.facts else {}
    for one in answer.facts:
        if one.table == "source.customers":
            named[f"customer/{one.key[0]}"] = None
        elif one.column == "call_id":
            named[f"call/{one.key[0]}"] = None
    named |= {f"call/{quote.source_id}": None for quote in answer.quotes}
    return [
        types.ResourceLink(type="resource_link", name=path, uri=f"{_SCHEME}{path}")
        for path in [*named][:_MOST_LINKS]
    ]


def _document(serving: Serving, uri: str) -> str:
    """A document as JSON; raises ``ValueError`` for an address that names none."""
    path = uri.removeprefix(_SCHEME)
    if path == "questions":
        return json.dumps([{"id": q.id, "meaning": q.meaning, "phrasings": q.phrasings}
                           for q in QUESTIONS])  # fmt: skip
    kind, _, identity = path.partition("/")
    if uri.startswith(_SCHEME) and kind == "answer" and identity:
        again = serving.answering(serving.given(identity), False)
        lines = [
            {"text": text, "facts": [one.as_dict() for one in facts]}
            for text, facts in by_line(again)
        ]
        return json.dumps({"answer": identity, "question": again.question, "lines": lines})
    if not uri.startswith(_SCHEME) or kind not in _BEHIND or not identity:
        raise ValueError("nothing is at that address")
    answer = serving.answering(Plan(_BEHIND[kind], {kind: identity}), False)
    return json.dumps(answer.as_dict())


def _prompt(one: beginnings.Beginning) -> types.Prompt:
    arguments = [
        types.PromptArgument(name=name, required=True, description=f"name or id of the {name}")
        for name in one.needs
    ]
    return types.Prompt(name=one.name, description=one.meaning, arguments=arguments)


def _failed(why: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=why)], is_error=True)


def serve_stdio(serving: Serving) -> None:
    """Serve on standard input and output until the other side closes."""

    async def run() -> None:
        ours = server(serving)
        async with stdio_server() as (reading, writing):
            await ours.run(reading, writing, ours.create_initialization_options())

    anyio.run(run)


def serve_http(by_token: Mapping[str, Serving], port: int) -> None:
    """Serve on this machine's loopback until stopped, each token for its asker; ``port`` 0 takes a
    free one.
    """
    with socket.create_server(("127.0.0.1", port)) as listening:
        apps = {token: _app(serving) for token, serving in by_token.items()}
        config = uvicorn.Config(guarded(apps), log_level="warning", access_log=False)
        echo(f"Serving http://127.0.0.1:{listening.getsockname()[1]}{_PATH}; Ctrl-C stops it",
             error=True)  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def _app(serving: Serving) -> Starlette:
    return server(serving).streamable_http_app(
        streamable_http_path=_PATH, json_response=True, stateless_http=True,
        max_request_body_size=_LARGEST,
    )  # fmt: skip


def guarded(apps: Mapping[str, Starlette]) -> App:
    """Each app for those alone who bring its token; others learn nothing."""
    expected = {f"Bearer {token}".encode(): app for token, app in apps.items()}

    @asynccontextmanager
    async def all_alive(_: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as alive:
            for app in apps.values():
                await alive.enter_async_context(app.router.lifespan_context(app))
            yield

    lifespan = Starlette(lifespan=all_alive)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await lifespan(scope, receive, send)
        brought = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
        right = [
            app for token, app in expected.items()
            if len(brought) == 1 and hmac.compare_digest(brought[0], token)
        ]  # fmt: skip
        if scope["type"] == "http" and right:
            return await right[0](scope, receive, send)
        if scope["type"] == "http":
            length = str(len(_WANTED)).encode()
            headers = [
                (b"www-authenticate", b"Bearer"), (b"content-length", length),
                (b"content-type", b"text/plain"),
            ]  # fmt: skip
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": _WANTED})

    return guard

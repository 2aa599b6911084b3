"""The way to the pages: HTTP and websocket, bounded, through a socket that is this user's alone.

Only what the pages need goes on: no header by which somebody could say who they are, no cookie of
ours, no frame that is no message of Streamlit's.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx
import websockets
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import unix_connect

from cs_assets.desk.front.signing_in import own_path, page
from cs_assets.desk.session import HEADER

#: Bytes of a message from a browser, and of one to it.
LARGEST_IN, LARGEST_OUT = 1_000_000, 32_000_000
_ON = (
    "accept", "accept-encoding", "accept-language", "cache-control", "if-modified-since",
    "if-none-match", "range", "user-agent",
)  # fmt: skip
_BACK = (
    "accept-ranges", "cache-control", "content-disposition", "content-encoding", "content-length",
    "content-range", "content-type", "etag", "last-modified", "vary",
)  # fmt: skip
#: What Streamlit's page is before its scripts have come, and what it is then.
_EMPTY = (
    b'<div id="root"></div>',
    b'<div id="root"><style>:root{color-scheme:light dark}</style><p style="font:16px/1.5 '
    b'system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem">The desk is opening: '
    b"the first time it takes some seconds.</p></div>",
)
_NAME = (b"<title>Streamlit</title>", b"<title>Customer desk</title>")
#: After so many a browser asks again whether the pages are there.
_LOOK_AGAIN_SECONDS = "2"
_SECONDS = httpx.Timeout(30.0, connect=5.0)
#: Kept for less time than the pages keep theirs (5 seconds): who closes first must be we.
_CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=2.0)


class Pages:
    """Streamlit behind a socket of the file system."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(socket), limits=_CONNECTIONS),
            timeout=_SECONDS,
            base_url="http://pages",
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, request: Request, identity: str) -> Response:
        """The answer to a GET or HEAD, passed on as it comes."""
        asked = self._client.build_request(
            request.method,
            httpx.URL(path=request.url.path, query=request.url.query.encode()),
            headers={**_headers(request.headers), HEADER: identity},
        )
        try:
            answer = await self._sent(asked)
        except httpx.HTTPError:
            return _away(request)
        headers = {name: answer.headers[name] for name in _BACK if name in answer.headers}
        if request.method == "GET" and headers.get("content-type", "").startswith("text/html"):
            return await _shell(answer, headers)
        return StreamingResponse(
            answer.aiter_raw(),
            answer.status_code,
            headers,
            background=BackgroundTask(answer.aclose),
        )

    async def _sent(self, asked: httpx.Request) -> httpx.Response:
        """Once more where a connection that was kept had just been closed by the pages."""
        try:
            return await self._client.send(asked, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await self._client.send(asked, stream=True)

    async def connect(
        self, browser: WebSocket, identity: str, until: float, leaving: asyncio.Event
    ) -> None:
        """Pass messages both ways for ``until`` seconds at most, or until the viewer leaves."""
        offered = browser.headers.get("sec-websocket-protocol", "")
        wanted = [one.strip() for one in offered.split(",") if one.strip()]
        try:
            pages = await unix_connect(
                str(self._socket),
                f"ws://{browser.headers['host']}{browser.url.path}",
                additional_headers={HEADER: identity},
                origin=None,
                subprotocols=[websockets.Subprotocol(one) for one in wanted] or None,
                user_agent_header=browser.headers.get("user-agent", ""),
                max_size=LARGEST_OUT, compression=None, open_timeout=10, close_timeout=2,
            )  # fmt: skip
        except (OSError, websockets.WebSocketException, ValueError, TimeoutError):
            await browser.close(1013)
            return
        async with pages:
            await browser.accept(subprotocol=pages.subprotocol)
            ways = [
                asyncio.ensure_future(_to_pages(browser, pages)),
                asyncio.ensure_future(_to_browser(pages, browser)),
                asyncio.ensure_future(leaving.wait()),  # bounded: by the wait for all three
            ]
            _, others = await asyncio.wait(ways, timeout=until, return_when="FIRST_COMPLETED")
            for way in others:
                way.cancel()
            ended = await asyncio.gather(*ways, return_exceptions=True)
            code = next((one for one in ended if isinstance(one, int) and one > 1000), 1000)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await browser.close(code)


async def _to_pages(browser: WebSocket, pages: websockets.ClientConnection) -> int:
    """Messages of the browser; the code to close with at their end."""
    while True:
        message = await browser.receive()
        if message["type"] == "websocket.disconnect":
            return 1000
        frame = message.get("bytes")
        if frame is None or len(frame) > LARGEST_IN or not _is_ours(frame):
            return 1002 if frame is None or len(frame) <= LARGEST_IN else 1009
        await pages.send(frame)


def _is_ours(frame: bytes) -> bool:
    """Whether the bytes are a message of Streamlit's with something in it."""
    said = BackMsg()
    try:
        said.ParseFromString(frame)
    except Exception:  # of protobuf's, whose classes differ by implementation
        return False
    return said.WhichOneof("type") is not None


async def _to_browser(pages: websockets.ClientConnection, browser: WebSocket) -> int:
    async for message in pages:
        if isinstance(message, str):
            return 1002
        await browser.send_bytes(message)
    return 1001


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    passed = {name: given[name] for name in _ON if name in given}
    own = _own_cookies(given.get("cookie", "").split(";"))
    return {**passed, "host": given.get("host", ""), **({"cookie": own} if own else {})}


def _own_cookies(parts: Iterable[str]) -> str:
    """Streamlit's cookies; ours are nothing to the pages."""
    return "; ".join(one.strip() for one in parts if one.strip().startswith("_streamlit"))


async def _shell(answer: httpx.Response, headers: dict[str, str]) -> Response:
    """Streamlit's empty page, with words in it until its scripts have come and taken its place."""
    try:
        body = await answer.aread()
    finally:
        await answer.aclose()
    for name in ("content-length", "content-encoding"):
        headers.pop(name, None)
    return Response(body.replace(*_EMPTY).replace(*_NAME), answer.status_code, headers)


def _away(request: Request) -> Response:
    told = ("The desk is starting", "This page looks again by itself; it takes some seconds.")
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(". ".join(told), 503)  # an open page shows a sentence that is JSON
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = page(*told, own_path(wanted), "Look again", 503)
    answer.headers["refresh"] = _LOOK_AGAIN_SECONDS
    return answer

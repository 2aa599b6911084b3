"""The front as one ASGI application: the guard, who it is, and the pages behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from functools import partial
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from cs_assets.answers.scope import Asker
from cs_assets.commands.serving.guard import Allowed, App, Guard, reason_to_refuse_desk
from cs_assets.desk import session
from cs_assets.desk.front.proxy import Pages
from cs_assets.desk.front.roles import asker_of
from cs_assets.desk.front.signing_in import CALLBACK, LOGIN, LOGOUT, SigningIn, page
from cs_assets.desk.front.visitors import Visitors, cookies_of
from cs_assets.desk.viewer import Viewer, signed
from cs_assets.errors import UsageError
from resources.oidc import Provider
from resources.settings import Settings

#: How long an open page of somebody whose sign-in is over stays connected: it shows nothing new,
#: and what they are writing still reaches their drafts.
_GRACE_SECONDS = 3600.0
_OVER = (
    "Your sign-in is over. What you have written\nstands here still: sign in in another tab\n"
    "at {},\nthen come back to this one and go on."
)


class Front:
    """Answers for the desk; ``key`` signs what the pages are told of who looks."""

    def __init__(self, settings: Settings, socket: Path, key: bytes) -> None:
        self._settings = settings
        self._key = key
        self._pages = Pages(socket)
        is_secure = (settings.desk_url or "").startswith("https://")
        self._provider = provider_of(settings)
        self._visitors = Visitors(
            settings.desk_hours, everybody=self._provider is None, is_secure=is_secure
        )
        self._signing_in = self._provider and SigningIn(
            self._provider,
            self._visitors,
            self._base,
            partial(_role_of, settings),
            is_secure=is_secure,
        )

    def application(self, origins: Collection[str]) -> App:
        """Everything behind the guard, served under these origins."""
        routes: list[Route | WebSocketRoute] = []
        if self._signing_in:
            routes += [
                Route(LOGIN, self._signing_in.login, methods=["GET"]),
                Route(CALLBACK, self._signing_in.callback, methods=["GET"]),
                Route(LOGOUT, self._signing_in.logout, methods=["GET"]),
            ]
        routes += [
            Route("/{rest:path}", self._get, methods=["GET", "HEAD"]),
            WebSocketRoute("/{rest:path}", self._websocket),
        ]
        return Guard(
            Starlette(routes=routes, lifespan=self._lifespan),
            Allowed(origins),
            reason_to_refuse_desk,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._pages.close()
        if self._provider:
            await self._provider.close()

    async def _get(self, request: Request) -> Response:
        viewer = self._visitors.viewer(cookies_of(request.headers.get("cookie", "")))
        if viewer is not None:
            return await self._pages.get(request, signed(viewer, self._key))
        if "text/html" not in request.headers.get("accept", ""):
            # An open page asks so whether it may come back; it shows a sentence that is JSON.
            return JSONResponse(_OVER.format(self._base(request) + LOGIN), 401)
        if request.url.path == "/":
            words = "The desk shows what is yours, so it has to know who you are."
            return page("Sign in", words, LOGIN, "Sign in", 401)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(wanted, safe='')}", 303)

    async def _websocket(self, browser: WebSocket) -> None:
        cookies = cookies_of(browser.headers.get("cookie", ""))
        viewer = self._visitors.viewer(cookies)
        if viewer is None:
            await browser.close(1008)
            return
        leaving = self._visitors.leaving(cookies)
        try:
            left = (viewer.until - session.now()).total_seconds() + _GRACE_SECONDS
            await self._pages.connect(browser, signed(viewer, self._key), left, leaving)
        finally:
            self._visitors.left(cookies, leaving)

    def _base(self, request: Request) -> str:
        """The guard has let only origins of the list through."""
        own = self._settings.desk_url
        return own.rstrip("/") if own else f"http://{request.headers['host']}"


def provider_of(settings: Settings) -> Provider | None:
    """Who signs people in; ``None`` where nobody has to. Raises ``UsageError`` for half of it."""
    parts = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    if not any(parts):
        return None
    issuer, client, secret = parts
    if not (issuer and client and secret):
        raise UsageError("sign-in needs all of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET")
    return Provider(issuer, client, secret.get_secret_value())


async def _role_of(settings: Settings, address: str) -> Asker | None:
    def read() -> Asker | None:
        with session.warehouse(settings).reading("desk sign-in") as db:
            return asker_of(db, address, settings.desk_operators)

    return await asyncio.to_thread(read)


__all__ = ["Front", "Viewer", "provider_of"]

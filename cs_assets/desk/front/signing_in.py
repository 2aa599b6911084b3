"""Signs people in by OpenID Connect: code flow with PKCE, state and nonce.

What a sign-in began with is kept here and found again by its state, which the browser also has in a
cookie: nobody can be signed in by a link that somebody else began.
"""

import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cs_assets.answers.scope import Asker
from cs_assets.desk.front.visitors import Visitors, cookies_of, set_cookie
from cs_assets.errors import CsAssetsError, Unavailable, UsageError
from resources.oidc import Begun, Provider

LOGIN, CALLBACK, LOGOUT = "/auth/login", "/auth/callback", "/auth/logout"
_COOKIE = "cs_assets_login"
#: Seconds for a sign-in, and sign-ins that may be under way.
_SECONDS, _MOST = 600, 2_000

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;
color:#1c2733;background:#fff}}a{{color:#0b5cad}}
@media (prefers-color-scheme:dark){{body{{color:#e6eaee;background:#14191f}}a{{color:#8ec1f5}}}}
</style></head><body><main><h1>{title}</h1><p>{words}</p><p><a href="{link}">{link_words}</a></p>
</main></body></html>
"""


def page(title: str, words: str, link: str, link_words: str, status: int) -> Response:
    """A page of our own; everything is escaped."""
    from html import escape

    told = {"title": title, "words": words, "link": link, "link_words": link_words}
    return HTMLResponse(
        _PAGE.format(**{name: escape(value) for name, value in told.items()}),
        status,
        {"cache-control": "no-store", "content-security-policy": "default-src 'none'; style-src "
         "'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"},
    )  # fmt: skip


@dataclass(frozen=True)
class _Pending:
    begun: Begun
    back_to: str
    ends: float


class SigningIn:
    """The three addresses of signing in and out."""

    def __init__(
        self,
        provider: Provider,
        visitors: Visitors,
        base: Callable[[Request], str],
        role_of: Callable[[str], Awaitable[Asker | None]],
        *,
        is_secure: bool,
    ) -> None:
        """``base``: the desk's own address as this browser sees it; ``role_of``: by address."""
        self._provider = provider
        self._visitors = visitors
        self._base = base
        self._role_of = role_of
        self._is_secure = is_secure
        self._pending: dict[str, _Pending] = {}

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider."""
        self._forget_old()
        if len(self._pending) >= _MOST:
            return page("Too many sign-ins at once", "Try again in some minutes.", LOGIN,
                        "Try again", 503)  # fmt: skip
        state = secrets.token_urlsafe(32)
        begun = await self._provider.begin(state, self._base(request) + CALLBACK)
        back_to = own_path(request.query_params.get("next", "/"))
        self._pending[state] = _Pending(begun, back_to, time.monotonic() + _SECONDS)
        answer = RedirectResponse(begun.address, 303, {"cache-control": "no-store"})
        answer.headers["set-cookie"] = set_cookie(
            _COOKIE, state, _SECONDS, is_secure=self._is_secure
        )
        return answer

    async def callback(self, request: Request) -> Response:
        """The provider sends the browser back with a code."""
        state = request.query_params.get("state", "")
        own = cookies_of(request.headers.get("cookie", "")).get(_COOKIE, "")
        pending = self._pending.pop(state, None)
        is_own = bool(own) and hmac.compare_digest(own.encode(), state.encode())
        if pending is None or not is_own or pending.ends < time.monotonic():
            return _not_signed_in("this sign-in was not begun here, or took too long")
        code = request.query_params.get("code", "")
        if not code:
            return _not_signed_in("the sign-in was broken off")
        try:
            address = await self._provider.address(pending.begun, code)
            who = await self._role_of(address)
        except Unavailable:  # its words name files and processes of this machine
            return _not_signed_in("who you are cannot be looked up right now; it is in a moment")
        except CsAssetsError as error:
            return _not_signed_in(error.told())
        if who is None:
            return page(
                "You have no place at this desk",
                f"{address} is the address of no CSM, rep, manager or member of operations. Ask "
                "operations to add you to the company's lists.",
                LOGIN, "Sign in as somebody else", 403,
            )  # fmt: skip
        answer = RedirectResponse(pending.back_to, 303, {"cache-control": "no-store"})
        answer.headers.append("set-cookie", self._visitors.signed_in(who, address))
        answer.headers.append("set-cookie", set_cookie(_COOKIE, "", 0, is_secure=self._is_secure))
        return answer

    async def logout(self, request: Request) -> Response:
        """Sign out here; the provider's own session is its affair."""
        cookies = cookies_of(request.headers.get("cookie", ""))
        answer = page("You are signed out", "What you have written is kept.", LOGIN,
                      "Sign in again", 200)  # fmt: skip
        answer.headers["set-cookie"] = self._visitors.sign_out(cookies)
        return answer

    def _forget_old(self) -> None:
        now = time.monotonic()
        for state in [one for one, pending in self._pending.items() if pending.ends < now]:
            del self._pending[state]


def own_path(wanted: str) -> str:
    """A path of the desk to go back to; anything that could lead elsewhere becomes ``/``."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/auth/"))
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if is_path and plain and len(wanted) <= 500 else "/"


def _not_signed_in(why: str) -> Response:
    return page("You are not signed in", f"{why[:1].upper()}{why[1:]}.", LOGIN, "Try again", 400)


__all__ = ["CALLBACK", "LOGIN", "LOGOUT", "SigningIn", "UsageError", "own_path", "page"]

"""Who is signed in: a signed cookie, for some hours, until they sign out.

Where nobody signs in (no OIDC), whoever reaches this machine's loopback is operations.
"""

import asyncio
import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from cs_assets.acting import acting_user
from cs_assets.answers.scope import Asker
from cs_assets.desk.session import now
from cs_assets.desk.viewer import NotSignedIn, Viewer, signed, verified

COOKIE = "cs_assets_desk"
#: Sign-outs that are remembered at most; older ones have run out long before.
_MOST_ENDED = 10_000


class Visitors:
    """Knows visitors by their cookie. One object for a process."""

    def __init__(self, hours: float, *, everybody: bool, is_secure: bool) -> None:
        """``everybody``: nobody signs in; ``is_secure``: people come by https only."""
        self._key = secrets.token_bytes(32)
        self._length = dt.timedelta(hours=hours)
        self._ended: dict[str, dt.datetime] = {}
        self._everybody = everybody
        self._is_secure = is_secure
        self._leaving: dict[str, set[asyncio.Event]] = {}

    def viewer(self, cookies: Mapping[str, str]) -> Viewer | None:
        """Who sends these cookies, ``None`` for somebody who is not signed in."""
        if self._everybody:
            return Viewer(Asker("operations"), acting_user(), now() + self._length)
        token = cookies.get(COOKIE, "")
        if not token or _name(token) in self._ended:
            return None
        try:
            return verified(token, self._key, now())
        except NotSignedIn:
            return None

    def signed_in(self, who: Asker, address: str) -> str:
        """The Set-Cookie of somebody who has just signed in."""
        until = now() + self._length
        token = signed(Viewer(who, address, until), self._key)
        return self._set_cookie(token, int(self._length.total_seconds()))

    def sign_out(self, cookies: Mapping[str, str]) -> str:
        """End what the cookie began, open pages too; the Set-Cookie that takes it away."""
        if (viewer := self.viewer(cookies)) is not None and not self._everybody:
            name = _name(cookies[COOKIE])
            self._ended[name] = viewer.until
            while len(self._ended) > _MOST_ENDED:
                self._ended.pop(next(iter(self._ended)))
            for event in self._leaving.get(name, ()):
                event.set()
        return self._set_cookie("", 0)

    def leaving(self, cookies: Mapping[str, str]) -> asyncio.Event:
        """Set when whoever sends these cookies signs out."""
        event = asyncio.Event()
        self._leaving.setdefault(_name(cookies.get(COOKIE, "")), set()).add(event)
        return event

    def left(self, cookies: Mapping[str, str], event: asyncio.Event) -> None:
        """Nobody waits for the event any more."""
        name = _name(cookies.get(COOKIE, ""))
        waiting = self._leaving.get(name, set())
        waiting.discard(event)
        if not waiting:
            self._leaving.pop(name, None)

    def _set_cookie(self, value: str, seconds: int) -> str:
        return set_cookie(COOKIE, value, seconds, is_secure=self._is_secure)


def set_cookie(name: str, value: str, seconds: int, *, is_secure: bool) -> str:
    """A Set-Cookie that no script reads and no other site's form sends."""
    parts = [f"{name}={value}", "Path=/", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax"]
    return "; ".join(parts + ["Secure"] * is_secure)


def cookies_of(header: str) -> dict[str, str]:
    """The cookies of a request; of a header that is none, no cookies."""
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Who may speak to the served UI: an ASGI middleware in front of every request and websocket.

The UI has no sign-in, and a browser sends requests to 127.0.0.1 for any page that asks it to. So
nothing is taken on trust from the address a request came from:

- *Host* must be one that is served. A name that an attacker lets resolve to this machine (DNS
  rebinding) makes his page same-origin with the UI, but its requests still bear his name.
- *Origin*, when there is one, must be on the list. That it equals Host proves nothing, for with a
  rebound name it does.
- *Sec-Fetch-Site* of another site passes for one thing only: a person who follows a link to a page.
- GET never runs GraphQL, whose mutations and queries alike would run by an ``<img>``.
- POST must be ``application/json``: the other types are sent across origins without a preflight,
  and a preflight (OPTIONS) is refused.

What comes without a browser's headers (``curl``, a monitor) passes if its Host is right: no web
page can make such a request.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from cs_assets.errors import UsageError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
#: Why a request is not answered, None when it is.
Refusing = Callable[[Scope, "Allowed"], str | None]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_METHODS = ("GET", "HEAD", "POST")
_OWN_SITE = ("same-origin", "none")
_HEADERS = (
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_LOG = logging.getLogger("cs_assets.ui")


class Allowed:
    """The origins under which the UI is opened, and the hosts that go with them."""

    def __init__(self, origins: Iterable[str]) -> None:
        """Each of the form ``https://name`` or ``http://name:port``; UsageError for another."""
        self.origins = set()
        self.hosts = set()
        for origin in origins:
            scheme, host, port = _parts(origin)
            default = _DEFAULT_PORTS[scheme]
            self.origins.add(f"{scheme}://{host}" + ("" if port == default else f":{port}"))
            self.hosts |= {f"{host}:{port}"} | ({host} if port == default else set())


def _parts(origin: str) -> tuple[str, str, int]:
    wrong = f"{origin!r} is no origin: write https://name or http://name:port"
    try:
        found = urlsplit(origin.strip())
        port = found.port
    except ValueError as error:
        raise UsageError(wrong) from error
    rest = found.path.rstrip("/") or found.query or found.fragment or found.username
    if found.scheme not in _DEFAULT_PORTS or not found.hostname or rest or "*" in origin:
        raise UsageError(wrong)
    host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
    return found.scheme, host, port or _DEFAULT_PORTS[found.scheme]


def local_origins(host: str, port: int) -> list[str]:
    """The names of this machine for itself, and the address that is bound if it is one."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host not in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        names.append(f"[{host}]" if ":" in host else host)
    return [f"http://{name}:{port}" for name in names]


class Guard:
    """Passes on what ``reason_to_refuse`` has nothing against."""

    def __init__(self, app: App, allowed: Allowed, refusing: "Refusing | None" = None) -> None:
        self._app = app
        self._allowed = allowed
        self._reason = refusing or reason_to_refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self._reason(scope, self._allowed)
        if reason is None:
            await self._app(scope, receive, _with_headers(send))
            return
        method = "websocket" if scope["type"] == "websocket" else scope["method"]
        _LOG.warning("refused %s %s: %s", method[:10], ascii(scope["path"][:100]), reason)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refuse(send, reason)


def _with_headers(send: Send) -> Send:
    async def passed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return passed


async def _refuse(send: Send, reason: str) -> None:
    body = f"refused: {reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def reason_to_refuse(scope: Scope, allowed: Allowed) -> str | None:
    """Why a request is not answered, in a sentence for who runs the UI; None when it is."""
    headers = _Headers(scope)
    if reason := _from_elsewhere(headers, allowed, "UI", "CS_ASSETS_UI_ORIGINS"):
        return reason
    if scope["type"] == "websocket":
        return _foreign_site(headers)
    if scope["method"] not in _METHODS:
        return f"the method {scope['method'][:20]!a} is not in use"
    is_graphql = _is_graphql(scope)
    if scope["method"] == "POST":
        return _foreign_site(headers) or _not_json(headers)
    if is_graphql and not _asks_for_the_editor(scope, headers):
        return "GraphQL is answered by POST only"
    return _foreign_site(headers, link=not is_graphql)


def reason_to_refuse_desk(scope: Scope, allowed: Allowed) -> str | None:
    """As ``reason_to_refuse``, for the desk: what changes anything comes by its websocket alone.

    Of other sites nothing passes but a link that somebody follows, and none that signs out.
    """
    headers = _Headers(scope)
    if reason := _from_elsewhere(headers, allowed, "desk", "DESK_URL"):
        return reason
    if scope["type"] == "websocket":
        return _foreign_site(headers)
    if scope["method"] not in ("GET", "HEAD"):
        return f"the method {scope['method'][:20]!a} is not in use"
    return _foreign_site(headers, link=not scope["path"].rstrip("/").endswith("/logout"))


def _from_elsewhere(headers: "_Headers", allowed: Allowed, what: str, setting: str) -> str | None:
    """Why Host and Origin are not those of who is served."""
    if twice := headers.given_twice("host", "origin", "sec-fetch-site", "content-type"):
        return f"the header {twice} came more than once"
    host = (headers.get("host") or "").lower()
    if host not in allowed.hosts:
        return (
            f"the host {host[:100]!a} is not served; if people open the {what} under it, "
            f"put its origin (https://name) into {setting}"
        )
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in allowed.origins:
        return (
            f"a page of {origin[:100]!a} may not use the {what}; if people open the {what} there, "
            f"put it into {setting}"
        )
    return None


def _foreign_site(headers: "_Headers", link: bool = False) -> str | None:
    site = headers.get("sec-fetch-site")
    if site is None or site in _OWN_SITE:
        return None
    followed = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    if link and followed == ("navigate", "document"):
        return None
    return "it was sent for a page of another site"


def _not_json(headers: "_Headers") -> str | None:
    kind = (headers.get("content-type") or "").split(";")[0].strip().lower()
    return None if kind == "application/json" else "POST takes application/json only"


def _is_graphql(scope: Scope) -> bool:
    return any(part == "graphql" for part in scope["path"].split("/"))


def _asks_for_the_editor(scope: Scope, headers: "_Headers") -> bool:
    return "text/html" in (headers.get("accept") or "") and not scope.get("query_string")


class _Headers:
    """Header values by name in lower case."""

    def __init__(self, scope: Scope) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self._values.setdefault(name.decode("latin-1").lower(), []).append(
                value.decode("latin-1").strip()
            )

    def get(self, name: str) -> str | None:
        return self._values.get(name, [None])[0]

    def given_twice(self, *names: str) -> str | None:
        return next((name for name in names if len(self._values.get(name, ())) > 1), None)

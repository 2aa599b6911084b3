"""What another site's page, a rebound name, a link or a thief's tool sends to the desk's front.

Each is bytes on a socket, so that no client mends them. Those that a browser would send bear the
victim's cookie, although most browsers would keep it back.
"""

import base64
import itertools
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cs_assets.answers.scope import Asker
from cs_assets.desk import session
from cs_assets.desk.front.application import Front
from cs_assets.desk.front.visitors import COOKIE
from cs_assets.desk.viewer import Viewer, signed
from tests.desk.fronting import Pages, fronted
from tests.desk.oidc_server import CLIENT, SECRET, OidcServer, oidc_server
from tests.desk.viewing import viewer

_EVIL = "http://evil.example"
_PATHS = ("/", "/customer?id=CUST_1", "/_stcore/health", "/_stcore/host-config", "/media/x.pdf",
          "/auth/logout", "/AUTH/logout/", "/%61uth/logout", "//auth/logout",
          "/routing")  # fmt: skip
_UPGRADE = (
    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", base64.b64encode(b"0123456789abcdef").decode()),
    ("Sec-WebSocket-Protocol", "streamlit"),
)  # fmt: skip
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Attempt:
    """What is tried, and its bytes."""

    name: str
    request: bytes


@dataclass(frozen=True)
class Tried:
    """How many were tried, and which of them had an effect."""

    attempts: int
    effects: list[str]
    rightful: int
    """Requests of the victim that came through, before and after."""


def tried(folder: Path, home: Path, count: int, seed: int = 5) -> Tried:
    """Half of the attempts where people sign in, half where this machine's user is everybody."""
    chance, effects, rightful = random.Random(seed), list[str](), 0
    with oidc_server() as provider:
        given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT,
                 "oidc_client_secret": SECRET, "desk_operations": "victim@x.example"}  # fmt: skip
        for name, settings in (("signed in", given), ("local", {})):
            place = folder / name.replace(" ", "")
            place.mkdir()
            with fronted(place, home, **settings) as (address, pages, front):
                port = int(address.rpartition(":")[2])
                cookie = _cookie(front) if settings else ""
                before = _comes_in(port, cookie, pages)
                every = list(_attempts(port, cookie, provider if settings else None, chance))
                chosen = list(itertools.islice(itertools.cycle(every), count // 2))
                chance.shuffle(chosen)
                effects += [
                    f"{name}: {one.name}: {effect}"
                    for one in chosen
                    if (effect := _effect(one, port, pages))
                ]
                rightful += before + _comes_in(port, cookie, pages)
    return Tried(count // 2 * 2, effects, rightful)


def _cookie(front: Front) -> str:
    """The victim's."""
    set_cookie = front._visitors.signed_in(Asker("operations"), "victim@x.example")
    return set_cookie.partition(";")[0]


def _comes_in(port: int, cookie: str, pages: Pages) -> bool:
    before = len(pages.seen)
    _answer(_bytes("GET", "/book", f"127.0.0.1:{port}", [("Cookie", cookie)]), port)
    return len(pages.seen) == before + 1


def _effect(attempt: Attempt, port: int, pages: Pages) -> str:
    """What came of it; empty for nothing."""
    seen = len(pages.seen)
    head = _answer(attempt.request, port).lower()
    if len(pages.seen) > seen:
        return "it reached the pages"
    if "101 switching" in head.partition("\r\n")[0]:
        return "a websocket was opened"
    if f"set-cookie: {COOKIE}=" in head and f"{COOKIE}=;" not in head:
        return "somebody was signed in"
    if f"set-cookie: {COOKIE}=;" in head:
        return "somebody was signed out"
    place = next((x for x in head.split("\r\n") if x.startswith("location:")), "")
    return f"it led to {place}" if "evil" in place.replace("next=", "") and "%" not in place else ""


def _answer(request: bytes, port: int, seconds: float = 60.0) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as opened:
        try:
            opened.sendall(request)
            return opened.recv(8192).decode("latin-1")
        except (ConnectionResetError, BrokenPipeError):
            return ""


def _bytes(method: str, target: str, host: str | None, headers: Headers) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host is not None else [])]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _attempts(
    port: int, cookie: str, provider: OidcServer | None, chance: random.Random
) -> Iterator[Attempt]:
    own = [("Cookie", cookie)] if cookie else []
    here = f"127.0.0.1:{port}"
    yield from _rebound(port, own)
    yield from _other_sites(port, own)
    if provider is None:
        return
    yield from _impostors(here, cookie, chance)
    yield from _sign_ins(here)


def _rebound(port: int, own: Headers) -> Iterator[Attempt]:
    """Names that an attacker lets resolve to this machine."""
    names = ["evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}",
             f"localhost.evil.example:{port}", f"evil.example@127.0.0.1:{port}",
             f"localhost.:{port}", f"0.0.0.0:{port}", f"127.0.0.1:{port + 1}", "",
             f"[::ffff:127.0.0.1]:{port}",
             f"127.1:{port}", f"2130706433:{port}", f"127.0.0.1:{port}, evil.example"]  # fmt: skip
    for name, path in itertools.product(names, _PATHS):
        same = [("Origin", f"http://{name}"), ("Sec-Fetch-Site", "same-origin"), *own]
        yield Attempt(f"rebound {name!r} {path}", _bytes("GET", path, name, same))
        yield Attempt(f"rebound {name!r}, no origin, {path}", _bytes("GET", path, name, own))
    for name in names:
        same = [("Origin", f"http://{name}"), *_UPGRADE, *own]
        yield Attempt(f"rebound socket {name!r}", _bytes("GET", "/_stcore/stream", name, same))
    here = f"127.0.0.1:{port}"
    twice = [("Host", "evil.example"), *own]
    yield Attempt("two hosts", _bytes("GET", "/book", here, twice))
    yield Attempt("no host", _bytes("GET", "/book", None, own))


def _other_sites(port: int, own: Headers) -> Iterator[Attempt]:
    """Pages of others that use the right name."""
    here = f"127.0.0.1:{port}"
    origins = [_EVIL, "null", f"https://{here}", f"http://127.0.0.1:{port + 1}", "file://",
               f"http://{here}.evil.example", f"http://{here}, {_EVIL}",
               f"http://user@{here}"]  # fmt: skip
    for origin, path in itertools.product(origins, _PATHS):
        foreign = [("Origin", origin), *own]
        yield Attempt(f"page of {origin!r} {path}", _bytes("GET", path, here, foreign))
    for origin in origins:
        yield Attempt(
            f"socket of {origin!r}",
            _bytes("GET", "/_stcore/stream", here, [("Origin", origin), *_UPGRADE, *own]),
        )
    yield Attempt(
        "socket of another site",
        _bytes("GET", "/_stcore/stream", here,
               [("Sec-Fetch-Site", "cross-site"), *_UPGRADE, *own]),
    )  # fmt: skip
    for site, mode, path in itertools.product(
        ("cross-site", "same-site"), ("no-cors", "cors", "navigate"), _PATHS
    ):
        frame = "iframe" if mode == "navigate" else "image"
        sent = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", frame), *own]
        yield Attempt(f"{site} {mode} {path}", _bytes("GET", path, here, sent))
    for path in _PATHS[5:8]:
        link = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"), *own]  # fmt: skip
        yield Attempt(f"a link to {path}", _bytes("GET", path, here, link))
    for method, path in itertools.product(("POST", "PUT", "DELETE", "OPTIONS", "PATCH"), _PATHS):
        body = [("Content-Length", "0"), ("Content-Type", "text/plain"), *own]
        yield Attempt(f"{method} {path}", _bytes(method, path, here, body))


def _impostors(here: str, cookie: str, chance: random.Random) -> Iterator[Attempt]:
    """Who says themselves who they are."""
    boss = Viewer(Asker("operations"), "victim@x.example", viewer("operations").until)
    token = cookie.partition("=")[2]
    for header in (session.HEADER, session.HEADER.upper(), session.HEADER.replace("-", "_"),
                   "X-Forwarded-User", "X-Forwarded-Email", "Remote-User", "Authorization",
                   "Sf-Context-Current-User"):  # fmt: skip
        for value in ("operations", token, signed(boss, b"guessed")):
            yield Attempt(f"{header} by hand", _bytes("GET", "/book", here, [(header, value)]))
            yield Attempt(
                f"{header} by hand, socket",
                _bytes("GET", "/_stcore/stream", here, [(header, value), *_UPGRADE]),
            )
    for n in range(60):
        place = chance.randrange(len(token))
        other = chance.choice([c for c in "Aa0.-_" if c != token[place]])
        spoilt = token[:place] + other + token[place + 1 :]
        forged = chance.choice([spoilt, token[:place], signed(boss, bytes([n])), token[::-1]])
        sent = [("Cookie", f"{COOKIE}={forged}")]
        yield Attempt(f"a cookie made by hand ({n})", _bytes("GET", "/book", here, sent))


def _sign_ins(here: str) -> Iterator[Attempt]:
    """Sign-ins that somebody else began, or that nobody began."""
    for n in range(40):
        made = [("Cookie", f"cs_assets_login=state-{n}")]
        target = f"/auth/callback?code=stolen-{n}&state=state-{n}"
        yield Attempt("a callback that nobody began", _bytes("GET", target, here, made))
    for place in (_EVIL, "//evil.example", "/\\evil.example", "https:evil.example"):
        target = f"/auth/callback?code=x&state=y&next={place}"
        yield Attempt("a callback that leads elsewhere", _bytes("GET", target, here, []))

"""How a request to Gong says who we are: an access key, or an OAuth token.

Refresh tokens of Gong are good for one use: each refresh answers with a new pair
and kills the old one. So one process refreshes at a time, and the new pair is on
disk, fsynced, before anybody uses it.
"""

import base64
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import orjson

from cs_assets.locked_files import lock
from cs_assets.redaction import redacted, remember_secret
from resources.deadlines import within
from resources.files import write_atomically
from resources.gong.errors import BadCredentials, GongUnavailable
from resources.timed_http import timed

TOKEN_URL = "https://app.gong.io/oauth2/generate-customer-token"  # noqa: S105 - an address

#: A token is renewed when it has less than this left, in seconds.
_MARGIN = 300.0
_DEADLINE = 60.0  # seconds that a renewal takes at most
_TURN_SECONDS = 3 * _DEADLINE


class Authorisation(Protocol):
    """Gives the header, and where the company's API lives."""

    def header(self) -> str:
        """The value of ``Authorization``."""
        ...

    def base_url(self) -> str:
        """The address of this company's API, without ``/v2``."""
        ...

    def refused(self, header: str) -> bool:
        """Told that ``header`` was refused; true when a new one is worth a try."""
        ...


@dataclass(frozen=True)
class AccessKey:
    """Basic authentication with an access key and its secret."""

    key: str
    secret: str
    url: str

    def header(self) -> str:
        pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return f"Basic {pair}"

    def base_url(self) -> str:
        return normal_base(self.url)

    def refused(self, header: str) -> bool:
        return False

    def __repr__(self) -> str:
        return f"AccessKey(url={self.url!r})"


@dataclass(frozen=True)
class TokenPair:
    """What the token endpoint answered; ``grant`` tells from which first token it descends."""

    access_token: str
    refresh_token: str
    expires_at: float
    base_url: str
    grant: str

    def __repr__(self) -> str:
        return f"TokenPair(base_url={self.base_url!r}, expires_at={self.expires_at})"


class OAuth:
    """Bearer tokens of an OAuth app, renewed and kept in ``store`` (mode 0600)."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        first_refresh_token: str,
        store: Path,
        *,
        token_url: str = TOKEN_URL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = (client_id, client_secret)
        self._first = first_refresh_token
        self._grant = hashlib.sha256(first_refresh_token.encode()).hexdigest()
        self._store = store
        self._token_url = token_url
        self._now = now

    def header(self) -> str:
        return f"Bearer {self._current().access_token}"

    def base_url(self) -> str:
        return normal_base(self._current().base_url)

    def refused(self, header: str) -> bool:
        with self._alone():
            pair = self._stored()
            if pair is not None and f"Bearer {pair.access_token}" != header:
                return True  # another process has renewed it meanwhile
            self._renew(pair)
            return True

    def _current(self) -> TokenPair:
        pair = self._stored()
        if pair is not None and pair.expires_at - self._now() > _MARGIN:
            return pair
        with self._alone():
            pair = self._stored()
            if pair is not None and pair.expires_at - self._now() > _MARGIN:
                return pair
            return self._renew(pair)

    def _renew(self, old: TokenPair | None) -> TokenPair:
        token = old.refresh_token if old is not None else self._first
        try:
            with within(_DEADLINE), timed(httpx.Client(timeout=30)) as client:
                answer = client.post(
                    self._token_url,
                    auth=self._client,
                    params={"grant_type": "refresh_token", "refresh_token": token},
                )
        except httpx.TransportError as error:
            raise GongUnavailable(
                f"Gong's token address did not answer ({type(error).__name__}); try again later"
            ) from error
        if answer.status_code >= 500:
            raise GongUnavailable(f"Gong's token address answered {answer.status_code}")
        if answer.status_code != 200:
            raise BadCredentials(
                f"Gong refused the refresh token ({answer.status_code} {_why(answer)}); "
                "authorise the app again and set GONG_OAUTH_REFRESH_TOKEN"
            )
        pair = self._read(answer)
        for secret in (pair.access_token, pair.refresh_token):
            remember_secret(secret)
        # On disk first: from here on the old refresh token is dead.
        write_atomically(self._store, orjson.dumps(asdict(pair)))
        return pair

    def _read(self, answer: httpx.Response) -> TokenPair:
        try:
            given = answer.json()
            return TokenPair(
                access_token=str(given["access_token"]),
                refresh_token=str(given["refresh_token"]),
                expires_at=self._now() + _lifetime(given.get("expires_in", 86_400)),
                base_url=str(given["api_base_url_for_customer"]),
                grant=self._grant,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise GongUnavailable(
                f"Gong's token address answered without {error}; no token was kept"
            ) from None

    def _stored(self) -> TokenPair | None:
        try:
            pair = TokenPair(**orjson.loads(self._store.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return pair if pair.grant == self._grant else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time; others wait and then find the new pair."""
        self._store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._store.with_suffix(".lock")
        handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(handle, beside, _TURN_SECONDS)
            yield
        finally:
            os.close(handle)


def normal_base(url: str) -> str:
    """The base address without a trailing slash or ``/v2``, which the paths bring themselves."""
    return url.strip().rstrip("/").removesuffix("/v2").rstrip("/")


def _why(answer: httpx.Response) -> str:
    try:
        given = answer.json()
    except ValueError:
        return "no reason given"
    return redacted(given.get("error", "no reason given"), 100) if isinstance(given, dict) else ""


def _lifetime(said: Any) -> float:
    """Seconds that a token lives, a month at most; raises ``ValueError`` for what is no time."""
    seconds = float(said)
    if not seconds >= 0:
        raise ValueError("a time of life (expires_in)")
    return min(seconds, 30 * 86_400.0)

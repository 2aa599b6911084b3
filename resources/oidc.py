"""An OpenID Connect provider: discovery, the code flow with PKCE, and a checked ID token."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from cs_assets.errors import Unavailable, UsageError
from cs_assets.mail_addresses import is_address

_SCOPE = "openid email"
#: What an ID token may be signed with; never the client's secret, never nothing.
_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512"]
_SECONDS = 10.0
#: Bytes of an answer at most, and how far clocks may differ.
_LONGEST, _LEEWAY_SECONDS = 200_000, 60
#: A key that is not known is looked for again, but not more often.
_KEYS_REST_SECONDS = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SignInFailed(UsageError):
    """The provider's answer does not say who somebody is."""


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: where the browser goes, and what only we know of it."""

    address: str
    redirect: str
    verifier: str
    nonce: str


class Provider:
    """One provider and our client there. Raises ``Unavailable`` while it does not answer."""

    def __init__(self, issuer: str, client_id: str, secret: str) -> None:
        """``UsageError`` for an issuer that is not https (loopback excepted)."""
        self._issuer = _safe(issuer.strip(), "OIDC_ISSUER")
        self._client_id = client_id
        self._secret = secret
        self._http = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)
        self._metadata: dict[str, Any] = {}
        self._keys: Any = None
        self._keys_at = 0.0
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def begin(self, state: str, redirect: str) -> Begun:
        """The address to send a browser to."""
        import secrets

        from authlib.integrations.httpx_client import AsyncOAuth2Client

        metadata = await self._known()
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        async with AsyncOAuth2Client(
            self._client_id, scope=_SCOPE, redirect_uri=redirect, code_challenge_method="S256"
        ) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Begun(str(address), redirect, verifier, nonce)

    async def address(self, begun: Begun, code: str) -> str:
        """The verified mail address of who has come back with ``code``.

        Raises ``SignInFailed`` for a code or token that is not right, or an address that the
        provider has not verified.
        """
        token = await self._token(begun, code)
        claims = await self._claims(token, begun.nonce)
        address = claims.get("email")
        if not isinstance(address, str) or not is_address(address):
            raise SignInFailed("the sign-in has no mail address: the scope email is needed")
        if claims.get("email_verified") is not True:
            raise SignInFailed("your mail address is not verified where you sign in")
        return address

    async def _token(self, begun: Begun, code: str) -> str:
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        metadata = await self._known()
        try:
            async with AsyncOAuth2Client(
                self._client_id,
                self._secret,
                redirect_uri=begun.redirect,
                timeout=_SECONDS,
                token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method
            ) as client:
                answer = await client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=begun.verifier
                )
        except OAuthError as error:
            raise SignInFailed("the sign-in was refused; begin it again") from error
        except Exception as error:  # of the HTTP client that Authlib chooses
            raise _away(error) from error
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > _LONGEST:
            raise SignInFailed("the sign-in gave no ID token")
        return token

    async def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is signed, ours, of now and of this sign-in."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        metadata = await self._known()
        for is_last in (False, True):
            try:
                decoded = jwt.decode(token, await self._key_set(), algorithms=_ALGORITHMS)
                claims = CodeIDToken(
                    decoded.claims,
                    decoded.header,
                    {
                        "iss": {"essential": True, "value": metadata["issuer"]},
                        "aud": {"essential": True, "value": self._client_id},
                    },
                    {"nonce": nonce, "client_id": self._client_id},
                )
                claims.validate(leeway=_LEEWAY_SECONDS)
                return dict(claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                # The provider may sign with a key that is newer than those we know.
                if is_last or not self._forget_keys():
                    raise SignInFailed("the ID token is not right; begin the sign-in again") from (
                        error
                    )
        raise AssertionError("unreachable")

    async def _known(self) -> dict[str, Any]:
        async with self._lock:
            if not self._metadata:
                found = await self._json(
                    f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                )
                if found.get("issuer", "").rstrip("/") != self._issuer.rstrip("/"):
                    raise SignInFailed("OIDC_ISSUER is not what the provider calls itself")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _safe(str(found.get(name)), name)
                self._metadata = found
            return self._metadata

    async def _key_set(self) -> Any:
        from joserfc.jwk import KeySet

        metadata = await self._known()
        async with self._lock:
            if self._keys is None:
                self._keys = KeySet.import_key_set(await self._json(metadata["jwks_uri"]))  # type: ignore[arg-type]
                self._keys_at = time.monotonic()
            return self._keys

    def _forget_keys(self) -> bool:
        """Whether keys are to be read again: not those that were read a moment ago."""
        if time.monotonic() - self._keys_at < _KEYS_REST_SECONDS:
            return False
        self._keys = None
        return True

    async def _json(self, address: str) -> dict[str, Any]:
        try:
            async with self._http.stream("GET", address) as answer:
                answer.raise_for_status()
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _LONGEST:
                        raise SignInFailed("the sign-in provider's answer is too long")
            said = json.loads(body)
        except (httpx.HTTPError, ValueError) as error:
            raise _away(error) from error
        if not isinstance(said, dict):
            raise SignInFailed("the sign-in provider's answer is none")
        return said


def _safe(address: str, name: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise UsageError(f"{name} must be an address of the form https://name")
    return address


def _away(error: Exception) -> Unavailable:
    return Unavailable(f"where people sign in does not answer ({type(error).__name__}); try again")

"""A provider of sign-ins on loopback, that can be told to give wrong answers."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from tests.desk.listening import listening

CLIENT, SECRET = "desk", "the-secret-of-the-desk-at-its-provider"


class OidcServer:
    """Signs in whoever ``address`` names, without asking."""

    def __init__(self) -> None:
        self.address = "c1@x.example"
        self.is_verified: Any = True
        self.changed: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        """What becomes of the claims before they are signed."""
        self.algorithm = "RS256"
        self.url = ""
        self.keys = [RSAKey.generate_key(2048, {"kid": "first"})]
        self.asked = 0
        self._codes: dict[str, dict[str, str]] = {}

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    async def _metadata(self, _: Request) -> JSONResponse:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token",
                  "jwks_uri": "keys"}  # fmt: skip
        return JSONResponse(
            {"issuer": self.url, **{name: f"{self.url}/{one}" for name, one in places.items()}}
        )

    async def _authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) > 20
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> JSONResponse:
        self.asked += 1
        form = await request.form()
        asked = self._codes.pop(str(form["code"]), None)
        told = f"{CLIENT}:{SECRET}".encode()
        is_client = (
            request.headers.get("authorization") == f"Basic {base64.b64encode(told).decode()}"
        )
        proof = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if not (
            asked
            and is_client
            and challenge == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "a", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}
        )

    def _signed(self, nonce: str) -> str:
        claims = self.changed(
            {"iss": self.url, "sub": "1", "aud": CLIENT, "exp": int(time.time()) + 300,
             "iat": int(time.time()), "nonce": nonce, "email": self.address,
             "email_verified": self.is_verified}
        )  # fmt: skip
        if self.algorithm == "none":
            head, body = (
                base64.urlsafe_b64encode(part).rstrip(b"=").decode()
                for part in (b'{"alg":"none"}', str(claims).replace("'", '"').encode())
            )
            return f"{head}.{body}."
        key = OctKey.import_key(SECRET) if self.algorithm == "HS256" else self.keys[-1]
        head = {"alg": self.algorithm, "kid": self.keys[-1].kid}
        return jwt.encode(head, claims, key, algorithms=[self.algorithm])

    async def _keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [one.as_dict(private=False) for one in self.keys]})


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    server = OidcServer()
    with listening(lambda _: server.application()) as port:
        server.url = f"http://127.0.0.1:{port}"
        yield server

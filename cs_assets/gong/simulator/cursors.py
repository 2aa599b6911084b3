"""Cursors as Gong makes them: signed, bound to the request, dead an hour after its begin."""

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import orjson

_HEADER = {"alg": "HS256", "typ": "JWT"}


class BadCursor(ValueError):
    """A cursor that cannot be used; the message is what Gong says."""


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands: behind ``after``, on ``page``, of ``total`` frozen at its begin."""

    inputs: str
    page: int
    total: int
    expires: float
    after: tuple[str, str]


class Cursors:
    """Writes and reads cursors under one key."""

    def __init__(self, key: bytes, life: dt.timedelta) -> None:
        self._key = key
        self._life = life

    def begin(self, now: dt.datetime) -> float:
        """When the cursors of a walk that begins now expire."""
        return (now + self._life).timestamp()

    def write(self, cursor: Cursor) -> str:
        claims = {
            "inputs": cursor.inputs,
            "pageSize": 100,
            "pageNumber": cursor.page,
            "totalRecords": cursor.total,
            "exp": cursor.expires,
            "after": list(cursor.after),
        }
        signed = f"{_encode(orjson.dumps(_HEADER))}.{_encode(orjson.dumps(claims))}"
        return f"{signed}.{self._signature(signed)}"

    def read(self, text: str, inputs: str, now: dt.datetime) -> Cursor:
        """Raises ``BadCursor`` for one that is forged, of another request, or expired."""
        signed, _, signature = text.rpartition(".")
        if not hmac.compare_digest(signature, self._signature(signed)):
            raise BadCursor("cursor: is invalid")
        claims = orjson.loads(_decode(signed.split(".")[1]))
        if claims["inputs"] != inputs:
            raise BadCursor("cursor: does not match the other inputs of the request")
        if now.timestamp() >= claims["exp"]:
            raise BadCursor("cursor has expired")
        first, second = claims["after"]
        return Cursor(
            inputs, claims["pageNumber"], claims["totalRecords"], claims["exp"], (first, second)
        )

    def _signature(self, text: str) -> str:
        return _encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest())


def fingerprint(inputs: Any) -> str:
    """One text for all inputs of a request but the cursor."""
    return hashlib.sha256(orjson.dumps(inputs, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

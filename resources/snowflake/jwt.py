"""Key-pair tokens for Snowflake's REST API: RS256, made here, renewed before they end.

Claims as Snowflake wants them: ``iss`` is ACCOUNT.USER.SHA256:fingerprint, ``sub``
ACCOUNT.USER, in capitals, the account without its region part and with hyphens for
dots; a token may live an hour, these live 59 minutes.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cs_assets.errors import UsageError

_LIFE_SECONDS = 59 * 60
_RENEW_BEFORE_SECONDS = 5 * 60


class KeyPairToken:
    """Gives a valid token at any time. Neither key nor token is in its ``repr``."""

    def __init__(
        self,
        account: str,
        user: str,
        pem: bytes,
        passphrase: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = _private_key(pem, passphrase)
        subject = f"{_bare_account(account)}.{user.upper()}"
        self._claims = {"iss": f"{subject}.SHA256:{fingerprint(self._key)}", "sub": subject}
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    def current(self) -> str:
        """A token with at least five minutes to live."""
        with self._lock:
            now = self._clock()
            if now >= self._expires - _RENEW_BEFORE_SECONDS:
                self._renew(now)
            return self._token

    def expire(self) -> None:
        """Forget the token: the server would not take it."""
        with self._lock:
            self._expires = 0.0

    def _renew(self, now: float) -> None:
        import jwt

        self._expires = now + _LIFE_SECONDS
        claims = {**self._claims, "iat": int(now), "exp": int(self._expires)}
        self._token = jwt.encode(claims, self._key, algorithm="RS256")


def read_key(pem: str | None, path: Path | None) -> bytes:
    """The PEM text given, or that of the file; one clear line when there is neither."""
    if pem:
        return pem.encode()
    if path is None:
        raise UsageError("no key for Snowflake; set SNOWFLAKE_PRIVATE_KEY_PATH")
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UsageError(
            f"the key of Snowflake cannot be read from {path} ({error.strerror}); "
            "set SNOWFLAKE_PRIVATE_KEY_PATH"
        ) from None


def fingerprint(key: Any) -> str:
    """base64 of the SHA-256 of the public key (DER), as ``DESC USER`` shows it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def public_key(pem: bytes, passphrase: str | None) -> str:
    """The public half as ``RSA_PUBLIC_KEY`` takes it: base64 of the DER, in one line."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _private_key(pem, passphrase).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def plain_key(pem: bytes, passphrase: str | None) -> str:
    """The key as PEM without passphrase, for what cannot take one; never written anywhere."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = _private_key(pem, passphrase)
    pkcs8: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pkcs8.decode()


def host(account: str) -> str:
    """The host of an account; underscores are not allowed in host names."""
    return f"{account.lower().replace('_', '-')}.snowflakecomputing.com"


def _bare_account(account: str) -> str:
    """The account in a token: a locator loses its region, other dots become hyphens."""
    upper = account.upper()
    first, _, rest = upper.partition(".")
    is_locator = "-" in rest and "-" not in first  # XY12345.EU-CENTRAL-1
    return first if is_locator else upper.replace(".", "-")


def _private_key(pem: bytes, passphrase: str | None) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not pem.lstrip().startswith(b"-----"):
        pem = base64.b64decode(pem)
    try:
        return load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (TypeError, ValueError):
        # The library's own words can hold parts of the key: they are not repeated.
        raise UsageError(
            "the key of Snowflake is no PEM key or its passphrase is wrong; check "
            "SNOWFLAKE_PRIVATE_KEY_PATH and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"
        ) from None

"""Addresses of the desk's pages, for mail, digests and Slack: what is shown, and no token.

Whoever follows one signs in there as themselves. ``base`` is the setting ``DESK_URL``.
"""

from urllib.parse import urlencode, urlsplit

from cs_assets.errors import UsageError

#: Hosts to which plain http does not leave the machine.
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def customer(base: str, customer_id: str) -> str:
    """The page of a customer."""
    return _address(base, "customer", id=customer_id)


def call(base: str, call_id: str, at_seconds: int | None = None) -> str:
    """The page of a call, from a second of it on."""
    if at_seconds is None:
        return _address(base, "calls", call=call_id)
    return _address(base, "calls", call=call_id, at=str(at_seconds))


def coaching(base: str, rep_user_id: str = "") -> str:
    """The weeks of a rep; one's own without a rep."""
    return _address(base, "coaching", **({"rep": rep_user_id} if rep_user_id else {}))


def checked(base: str) -> str:
    """``base`` without a slash at its end; raises ``UsageError`` for what is no origin."""
    try:
        parts = urlsplit(base.strip())
        is_origin = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_origin, parts = False, urlsplit("")
    more = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_origin or more or not is_safe:
        raise UsageError(
            f"DESK_URL {base[:100]!a}: write https://name (http for this machine alone), no path"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _address(base: str, page: str, **query: str) -> str:
    return f"{checked(base)}/{page}" + (f"?{urlencode(query)}" if query else "")

"""Which recipients are addresses at all, and which may be reached outside production."""

import re
from collections.abc import Iterable

#: One strict ASCII form: no quotes, comments, blanks or display names can hide in it.
_ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def is_address(text: str) -> bool:
    """Whether ``text`` is exactly one mail address (local part <= 64, whole <= 254)."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(found["local"]) <= 64 and len(text) <= 254


def parse_allow_list(text: str | None) -> tuple[str, ...]:
    """Entries of a comma-separated list: ``name@host``, ``@host`` or ``#channel``."""
    return tuple(part.strip().casefold() for part in (text or "").split(",") if part.strip())


def allowed(recipient: str, allow_list: Iterable[str]) -> bool:
    """Whether the recipient, or its host, stands in the allow-list."""
    wanted = recipient.strip().casefold()
    host = "@" + wanted.rpartition("@")[2] if "@" in wanted else None
    return any(entry in (wanted, host) for entry in allow_list)

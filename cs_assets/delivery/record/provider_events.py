"""An event that a provider tells of after acceptance, and how its parts are read safely."""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cs_assets.mail_addresses import is_address

_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Event:
    """One event. ``suppress_because`` is set when the address must not be used again."""

    event_id: str
    provider: str
    event: str
    happened_at: dt.datetime
    delivery_key: str | None
    address: str | None
    suppress_because: str = ""


def event_id(provider: str, given: Any, document: dict[str, Any]) -> str:
    """The provider's own id, or one made of the whole document: a repeat has the same."""
    if isinstance(given, str) and given:
        return f"{provider}:{given[:120]}"
    text = json.dumps(document, sort_keys=True, default=str)
    return f"{provider}:{hashlib.sha256(text.encode()).hexdigest()}"


def key_of(value: Any) -> str | None:
    """A delivery key, if it is one."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else None


def address_of(value: Any) -> str | None:
    """A mail address, if it is one."""
    return value if isinstance(value, str) and is_address(value) else None


def from_epoch(value: Any) -> dt.datetime:
    """Seconds since 1970 as UTC; 1970 when there are none."""
    try:
        return dt.datetime.fromtimestamp(float(value), dt.UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError, OSError):
        return dt.datetime(1970, 1, 1)  # noqa: DTZ001 (naive UTC; the event names no time)


def from_iso(value: Any) -> dt.datetime:
    """ISO 8601 as UTC; 1970 when it is none."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return from_epoch(None)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment

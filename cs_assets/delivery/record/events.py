"""What providers tell after acceptance: delivered, bounced, complained.

Read from files that a webhook receiver stored, one JSON document, a JSON list or
JSON lines: SendGrid's event webhook and SES notifications (bare or inside SNS).
Repeats are normal; each event counts once by its id. An event about a delivery is
proof that the provider took it; a hard bounce or a complaint suppresses the address.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_assets.delivery.addresses import is_address
from cs_assets.delivery.model import State
from cs_assets.delivery.record.ledger import Ledger, LedgerError
from cs_assets.errors import UsageError

_KEY = re.compile(r"[0-9a-f]{64}")

#: SendGrid events after which nothing more may be sent to the address.
_SENDGRID_HARD = frozenset({"bounce", "dropped", "spamreport", "unsubscribe"})


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


@dataclass
class Imported:
    """What importing events came to."""

    new: int = 0
    repeated: int = 0
    unreadable: int = 0
    resolved: int = 0
    suppressed: int = 0


class UnreadableEvents(UsageError):
    """A file that holds no events."""


def read_events(path: Path) -> tuple[list[Event], int]:
    """Events of a file, and how many of its entries could not be read as one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableEvents(f"{path}: cannot be read ({type(error).__name__})") from error
    events: list[Event] = []
    unreadable = 0
    for document in _documents(text, path):
        found = list(_events_of(document))
        events += found
        unreadable += not found
    return events, unreadable


def import_events(ledger: Ledger, events: Iterable[Event], now: dt.datetime) -> Imported:
    """Record events once; take them as evidence for unknown deliveries; suppress addresses."""
    done = Imported()
    for event in events:
        if not ledger.record_event(
            event_id=event.event_id,
            delivery_key=event.delivery_key,
            event=event.event,
            address=event.address,
            happened_at=event.happened_at,
            provider=event.provider,
            detail=event.suppress_because,
        ):
            done.repeated += 1
            continue
        done.new += 1
        done.resolved += _resolve(ledger, event, now)
        if event.suppress_because and event.address and is_address(event.address):
            done.suppressed += ledger.suppress(
                event.address, reason=event.suppress_because, source=event.provider, now=now
            )
    return done


def _resolve(ledger: Ledger, event: Event, now: dt.datetime) -> bool:
    """The provider speaks of the delivery, so it took it."""
    if event.delivery_key is None:
        return False
    try:
        delivery = ledger.get(event.delivery_key)
    except LedgerError:
        return False
    if delivery.state is not State.UNKNOWN:
        return False
    note = f"{event.provider} event {event.event} {event.event_id[:40]}"
    ledger.resolve(delivery.delivery_key, sent=True, by="evidence", note=note, now=now)
    return True


def _documents(text: str, path: Path) -> Iterator[Any]:
    try:
        document = json.loads(text)
    except ValueError:
        yield from _lines(text, path)
        return
    yield from document if isinstance(document, list) else [document]


def _lines(text: str, path: Path) -> Iterator[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    parsed = []
    for line in lines:
        try:
            parsed.append(json.loads(line))
        except ValueError:
            parsed.append(None)
    if not any(document is not None for document in parsed):
        raise UnreadableEvents(f"{path}: holds neither JSON nor JSON lines")
    for document in parsed:
        yield from document if isinstance(document, list) else [document]


def _events_of(document: Any) -> Iterator[Event]:
    if not isinstance(document, dict):
        return
    inner = document.get("Message")
    if isinstance(inner, str):  # an SNS envelope
        try:
            document = json.loads(inner)
        except ValueError:
            return
        if not isinstance(document, dict):
            return
    if isinstance(document.get("mail"), dict):
        yield from _ses(document)
    elif isinstance(document.get("event"), str):
        yield from _sendgrid(document)


def _sendgrid(document: dict[str, Any]) -> Iterator[Event]:
    name = str(document["event"])[:40]
    hard = name in _SENDGRID_HARD and document.get("type") != "blocked"
    yield Event(
        event_id=_event_id("sendgrid", document.get("sg_event_id"), document),
        provider="sendgrid",
        event=name,
        happened_at=_epoch(document.get("timestamp")),
        delivery_key=_delivery_key(document.get("delivery_key")),
        address=_address(document.get("email")),
        suppress_because=f"{name}: {str(document.get('reason') or '')[:120]}" if hard else "",
    )


def _ses(document: dict[str, Any]) -> Iterator[Event]:
    mail = document["mail"]
    name = str(document.get("eventType") or document.get("notificationType") or "")[:40].lower()
    if not name:
        return
    tags = mail.get("tags") if isinstance(mail.get("tags"), dict) else {}
    keys = tags.get("delivery_key") or [None]
    detail = document.get(name) if isinstance(document.get(name), dict) else {}
    assert isinstance(detail, dict)
    permanent = name == "bounce" and detail.get("bounceType") == "Permanent"
    recipients = detail.get("bouncedRecipients") or detail.get("complainedRecipients") or [{}]
    for number, recipient in enumerate(recipients if isinstance(recipients, list) else [{}]):
        address = recipient.get("emailAddress") if isinstance(recipient, dict) else None
        because = f"{name}: {detail.get('bounceSubType') or ''}".strip(": ")
        yield Event(
            event_id=_event_id("ses", None, {**document, "recipient": number}),
            provider="ses",
            event=name,
            happened_at=_iso(mail.get("timestamp")),
            delivery_key=_delivery_key(keys[0] if isinstance(keys, list) else keys),
            address=_address(address or (mail.get("destination") or [None])[0]),
            suppress_because=because if permanent or name == "complaint" else "",
        )


def _event_id(provider: str, given: Any, document: dict[str, Any]) -> str:
    if isinstance(given, str) and given:
        return f"{provider}:{given[:120]}"
    text = json.dumps(document, sort_keys=True, default=str)
    return f"{provider}:{hashlib.sha256(text.encode()).hexdigest()}"


def _delivery_key(value: Any) -> str | None:
    return value if isinstance(value, str) and _KEY.fullmatch(value) else None


def _address(value: Any) -> str | None:
    return value if isinstance(value, str) and is_address(value) else None


def _epoch(value: Any) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(float(value), dt.UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError, OSError):
        return dt.datetime(1970, 1, 1)  # noqa: DTZ001 (naive UTC; the event names no time)


def _iso(value: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return _epoch(None)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment

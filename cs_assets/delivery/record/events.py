"""What providers tell after acceptance: delivered, bounced, complained.

Read from files that a webhook receiver stored, one JSON document, a JSON list or
JSON lines, in the shape of whichever provider.
Repeats are normal; each event counts once by its id. An event about a delivery is
proof that the provider took it; a hard bounce or a complaint suppresses the address.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_assets.delivery.model import State
from cs_assets.delivery.record.ledger import Ledger, LedgerError
from cs_assets.delivery.record.provider_events import Event
from cs_assets.errors import UsageError
from cs_assets.mail_addresses import is_address


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


#: The events of a document of one provider; none when it is another's.
Reader = Callable[[Any], Iterator[Event]]


def read_events(path: Path, readers: Sequence[Reader]) -> tuple[list[Event], int]:
    """Events of a file by whichever reader knows them; how many entries none could read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableEvents(f"{path}: cannot be read ({type(error).__name__})") from error
    events: list[Event] = []
    unreadable = 0
    for document in _documents(text, path):
        found = next(filter(None, (list(read(document)) for read in readers)), [])
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

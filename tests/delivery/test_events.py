"""Events of providers: evidence, bounces, and that a repeat changes nothing."""

import json
from pathlib import Path

import pytest

from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import State
from cs_assets.delivery.record.events import UnreadableEvents, import_events, read_events
from resources.mail.choosing import event_readers
from tests.faults.doubles import ScriptedTransport
from tests.faults.scene import WEEK, artefact


@pytest.fixture
def unclear(outbox: Outbox, transport: ScriptedTransport, home: Path) -> str:
    transport.script.append(TimeoutError())
    report = deliver(outbox, [artefact(home)], kind="weekly_report", period_start=WEEK, run_id="r")
    return next(iter(report.tally.unknown))


def sendgrid(key: str, event: str, **more: object) -> dict[str, object]:
    return {
        "sg_event_id": f"e-{event}",
        "event": event,
        "email": "csm1@customers.example",
        "timestamp": 1_795_000_000,
        "delivery_key": key,
        **more,
    }


def ses(key: str, kind: str, **detail: object) -> dict[str, object]:
    return {
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-16T08:00:00.000Z",
            "destination": ["csm1@customers.example"],
            "tags": {"delivery_key": [key]},
        },
        kind.lower(): detail,
    }


def stored(folder: Path, document: object) -> Path:
    path = folder / "events.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_delivered_event_proves_an_unclear_delivery_sent(
    outbox: Outbox, unclear: str, tmp_path: Path
) -> None:
    found, _ = read_events(stored(tmp_path, [sendgrid(unclear, "delivered")] * 3), event_readers())
    done = import_events(outbox.ledger, found, outbox.clock.now())
    assert (done.new, done.repeated, done.resolved, done.suppressed) == (1, 2, 1, 0)
    assert outbox.ledger.get(unclear).state is State.SENT
    assert outbox.ledger.decisions(unclear)[0]["decided_by"] == "evidence"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_permanent_bounce_of_ses_suppresses_the_address(
    outbox: Outbox, unclear: str, tmp_path: Path, wrapped: bool
) -> None:
    event: object = ses(
        unclear,
        "Bounce",
        bounceType="Permanent",
        bouncedRecipients=[{"emailAddress": "csm1@customers.example"}],
    )
    document = {"Type": "Notification", "Message": json.dumps(event)} if wrapped else event
    found, unreadable = read_events(stored(tmp_path, document), event_readers())
    done = import_events(outbox.ledger, found, outbox.clock.now())
    assert unreadable == 0
    assert done.suppressed == 1
    assert "csm1@customers.example" in outbox.ledger.suppressed()


def test_a_passing_bounce_suppresses_nobody(outbox: Outbox, unclear: str, tmp_path: Path) -> None:
    events = [
        ses(unclear, "Bounce", bounceType="Transient"),
        sendgrid(unclear, "bounce", type="blocked"),
        sendgrid(unclear, "deferred"),
    ]
    lines = "\n".join(json.dumps(event) for event in events)
    found, _ = read_events(stored(tmp_path, lines), event_readers())
    assert import_events(outbox.ledger, found, outbox.clock.now()).suppressed == 0


def test_hostile_and_broken_events_change_nothing(
    outbox: Outbox, unclear: str, tmp_path: Path
) -> None:
    lines = [
        '{"event": "bounce", "email": "a@b.example\\r\\nBcc: x", "delivery_key": "%"}',
        '{"event": "delivered", "delivery_key": "' + "0" * 64 + '", "timestamp": "NaN"}',
        '{"event": 5}',
        "[1, null]",
        "{broken",
        '{"mail": {}, "eventType": "Bounce", "bounce": {"bouncedRecipients": 7}}',
        '{"mail": {"tags": {"delivery_key": "x"}}, "notificationType": "Complaint"}',
    ]
    found, unreadable = read_events(stored(tmp_path, "\n".join(lines)), event_readers())
    done = import_events(outbox.ledger, found, outbox.clock.now())
    assert unreadable == 4
    assert (done.resolved, done.suppressed) == (0, 0)
    assert outbox.ledger.get(unclear).state is State.UNKNOWN


def test_a_file_without_events_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableEvents, match="neither JSON"):
        read_events(stored(tmp_path, "hello"), event_readers())

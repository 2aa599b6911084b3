"""Events of providers: evidence, bounces, and that a repeat changes nothing."""

import datetime as dt
import json
from pathlib import Path

import pytest

from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import State
from cs_assets.delivery.record import audit
from cs_assets.delivery.record.events import UnreadableEvents, import_events, read_events
from resources.mail.choosing import event_readers
from resources.mail.sendgrid_body import request_body
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


def opened(key: str, number: int, at: dt.datetime, **more: object) -> dict[str, object]:
    stamp = int(at.replace(tzinfo=dt.UTC).timestamp())
    return sendgrid(key, "open", sg_event_id=f"o{number}", timestamp=stamp) | more


def test_the_audit_says_what_arrived_and_was_opened(
    outbox: Outbox, home: Path, tmp_path: Path
) -> None:
    report = deliver(outbox, [artefact(home)], kind="weekly_report", period_start=WEEK, run_id="r")
    key = report.rows["delivery_key"].iloc[0]
    assert report.rows[["delivered_at", "opened_at"]].isna().all(axis=None)
    sent = outbox.ledger.get(key).first_attempt_at
    assert sent is not None
    now, minute = sent + dt.timedelta(days=2), dt.timedelta(minutes=1)
    told = [
        opened(key, 1, sent + 9 * minute),
        opened(key, 2, sent + 5 * minute),
        opened(key, 2, sent + 5 * minute),  # told twice
        opened(key, 3, sent + 2 * minute, sg_machine_open=True),
        opened(key, 4, sent - dt.timedelta(days=1)),  # before it went out
        opened(key, 5, sent + dt.timedelta(days=400)),  # after now
        opened("0" * 64, 6, sent + minute),
        sendgrid(key, "delivered", timestamp=int(sent.replace(tzinfo=dt.UTC).timestamp())),
    ]
    found, _ = read_events(stored(tmp_path, told), event_readers())
    import_events(outbox.ledger, found, now)
    deliveries = outbox.ledger.find()
    seen = audit.seen(deliveries, outbox.ledger.events_of([key]), now)
    assert (seen[key].opened_at, seen[key].opens) == (sent + 5 * minute, 2)
    (row,) = audit.audit_rows(deliveries, seen)
    assert (row["opens"], row["delivered_at"]) == (2, sent.replace(microsecond=0))


def test_opens_are_tracked_of_the_kinds_that_are_named_alone(
    outbox: Outbox, home: Path, transport: ScriptedTransport
) -> None:
    tracked = outbox.policy.model_copy(update={"track_opens": ("weekly_report",)})
    bodies = []
    for policy in (outbox.policy, tracked):
        courier = MailCourier(transport, home, sender="a@b.example", reply_to=None, policy=policy)
        one = artefact(home)
        deliver(outbox, [one], kind="weekly_report", period_start=WEEK, run_id="r")
        (delivery,) = outbox.ledger.find()
        courier.send(courier.prepare(delivery))
        body = request_body(transport.received[-1])
        bodies.append(body["tracking_settings"]["open_tracking"])
    assert bodies == [{"enable": False}, {"enable": True}]

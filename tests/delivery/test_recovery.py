"""What the journal knows is brought in, also into a ledger that knows less than it did."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_assets.delivery import crash_points
from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome, Receipt, State
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import load_policy
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import SqliteStore
from cs_assets.delivery.sending import RecordingFailed
from resources.mail.providers.console import ConsoleMail
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.scene import WEEK, new_delivery, open_outbox

Make = Callable[..., Artefact]


def run(outbox: Outbox, artefacts: list[Artefact]):  # type: ignore[no-untyped-def]
    return deliver(outbox, artefacts, kind="weekly_report", period_start=WEEK, run_id="r")


def receipt(key: str, moment: dt.datetime, outcome: Outcome = Outcome.ACCEPTED) -> Receipt:
    return Receipt(key, 1, "owner", "p", moment, Answer(outcome, provider_message_id="id"))


class _Interrupted(ConsoleMail):
    """The console, stopped once before or after its file is there."""

    def __init__(self, outbox: Path, *, before: bool) -> None:
        super().__init__(outbox)
        self._before, self._stops = before, 1

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        if self._stops and self._before:
            self._stops = 0
            raise KeyboardInterrupt
        answer = super().send(letter, mime_bytes)
        if self._stops:
            self._stops = 0
            raise KeyboardInterrupt
        return answer


@pytest.mark.parametrize("before", [True, False])
def test_a_mail_of_the_console_that_was_cut_short_is_decided_by_its_file(
    home: Path, clock: FixedClock, make_artefact: Make, before: bool
) -> None:
    courier = MailCourier(
        _Interrupted(home / "outbox", before=before), home, sender="reports@cs.example",
        reply_to=None, policy=load_policy(),
    )  # fmt: skip
    artefacts = [make_artefact(1), make_artefact(2)]
    with open_outbox(home, {"email": courier}, clock) as outbox:
        with pytest.raises(KeyboardInterrupt):
            run(outbox, artefacts)
        assert [d.state for d in outbox.ledger.find(states=[State.UNKNOWN])] == [State.UNKNOWN]
        report = run(outbox, artefacts)
        assert (report.counts.sent, report.counts.unknown) == (2, 0)
        [unclear] = [d for d in outbox.ledger.find() if outbox.ledger.decisions(d.delivery_key)]
        [decision] = outbox.ledger.decisions(unclear.delivery_key)
        assert ("does not hold" in str(decision)) == before
    assert len(list((home / "outbox").glob("*.eml"))) == 2


def _lost(home: Path) -> None:
    for path in home.glob("delivery.sqlite*"):
        path.unlink()


def test_a_lost_ledger_does_not_send_again_what_the_journal_knows(
    outbox: Outbox,
    transport: ScriptedTransport,
    clock: FixedClock,
    home: Path,
    make_artefact: Make,
) -> None:
    transport.script.extend([Answer(Outcome.ACCEPTED), TimeoutError()])
    artefacts = [make_artefact(1), make_artefact(2)]
    run(outbox, artefacts)
    outbox.ledger.close()
    _lost(home)
    clock.move(hours=1)
    with open_outbox(home, outbox.couriers, clock) as again:
        report = run(again, [*artefacts, make_artefact(3)])
    assert (report.counts.sent, report.counts.unknown) == (2, 1)
    assert max(transport.requests_by_key.values()) == 1
    assert len(transport.received) == 3


def test_a_ledger_restored_from_before_the_run_does_not_send_again(
    outbox: Outbox,
    transport: ScriptedTransport,
    clock: FixedClock,
    home: Path,
    make_artefact: Make,
) -> None:
    transport.script.append(Answer(Outcome.CONFIG_ERROR, code="401"))
    artefacts = [make_artefact(1), make_artefact(2)]
    run(outbox, artefacts)  # planned, one attempt each at most, nothing taken
    taken_before = len(transport.received)
    backup = home.parent / "backup.sqlite"
    outbox.ledger._store.execute(f"VACUUM INTO '{backup}'")
    run(outbox, artefacts)
    outbox.ledger.close()
    _lost(home)
    shutil.copy(backup, home / "delivery.sqlite")
    with open_outbox(home, outbox.couriers, clock) as again:
        report = run(again, artefacts)
    assert report.counts.sent == 2
    assert len(transport.received) == taken_before + 2


def test_an_old_refusal_in_the_journal_says_nothing_about_a_new_attempt(
    clock: FixedClock, home: Path
) -> None:
    """Attempt 1 of a restored ledger is another one than attempt 1 in the journal."""
    ledger, journal = Ledger(SqliteStore(home / "delivery.sqlite")), Journal(home / "r.jsonl")
    (key,) = ledger.plan([new_delivery(home)], clock.now(), "r").keys
    journal.append(receipt(key, clock.now(), Outcome.REJECTED_TRANSIENT))
    lease = dt.timedelta(seconds=120)
    ledger.claim(key, owner="b", now=clock.now(), lease=lease, provider="p", fingerprint="f")
    assert ledger.replay(journal.receipts(), clock.now()) == 0
    assert ledger.get(key).state is State.SENDING
    ledger.close()


def test_the_journal_is_a_file_a_month_and_old_ones_go_only_when_nobody_needs_them(
    outbox: Outbox, clock: FixedClock, home: Path, make_artefact: Make
) -> None:
    journal, old = outbox.journal, dt.datetime(2025, 1, 15)
    journal.append(receipt("a" * 64, old))
    journal.append(receipt("b" * 64, clock.now()))
    assert sorted(path.name for path in home.glob("receipts*")) == [
        "receipts-2025-01.jsonl",
        "receipts-2026-11.jsonl",
    ]
    assert [one.delivery_key[0] for one in journal.receipts()] == ["a", "b"]
    assert [one.delivery_key[0] for one in journal.receipts(since=WEEK)] == ["b"]

    open_since_then = new_delivery(home, 9, period_start=dt.date(2025, 1, 6))
    outbox.ledger.plan([open_since_then], clock.now(), "r")
    run(outbox, [make_artefact()])
    assert journal.file_of(old).exists()
    outbox.ledger.fail_unsent(open_since_then.identity.key, clock.now(), "given up")
    run(outbox, [make_artefact()])
    assert not journal.file_of(old).exists()
    assert journal.file_of(clock.now()).exists()


@pytest.mark.parametrize("broken", ["journal", "ledger"])
def test_an_answer_that_only_one_of_them_could_take_down_is_not_lost(
    broken: str,
    outbox: Outbox,
    transport: ScriptedTransport,
    clock: FixedClock,
    make_artefact: Make,
) -> None:
    point = {"journal": "within_journal_line", "ledger": "before_settle_commit"}[broken]

    def breaks(name: str) -> None:
        if name == point:
            raise OSError(28, "No space left on device")

    crash_points.hook = breaks
    try:
        with pytest.raises(RecordingFailed, match="No space left"):
            run(outbox, [make_artefact()])
    finally:
        crash_points.hook = None
    clock.move(days=1)
    assert run(outbox, [make_artefact()]).counts.sent == 1
    assert len(transport.received) == 1

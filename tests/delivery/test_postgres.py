"""The same ledger on a real PostgreSQL server, where one is installed."""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_assets.delivery import waiting
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import Answer, Outcome, Receipt, State
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import LedgerUnavailable
from cs_assets.delivery.sending import recover
from resources.settings import Settings
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.scene import MONDAY_AFTER, WEEK, artefact, new_delivery
from tests.waiting import finished

psycopg = pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
from cs_assets.delivery.record.postgres_store import PostgresStore  # noqa: E402


@pytest.fixture
def ledger(postgres_server: str) -> Iterator[Ledger]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    opened = Ledger(PostgresStore(postgres_server))
    yield opened
    opened.close()


def test_deliveries_go_out_once_and_are_found_again(
    ledger: Ledger, outbox: Outbox, transport: ScriptedTransport, home: Path
) -> None:
    on_postgres = dataclasses.replace(outbox, ledger=ledger)
    artefacts = [artefact(home, number) for number in range(5)]
    transport.script.append(TimeoutError())
    for _ in range(2):
        deliver(on_postgres, artefacts, kind="weekly_report", period_start=WEEK, run_id="r")
    assert len(transport.received) == 5
    (unclear,) = ledger.find(states=[State.UNKNOWN])
    assert [one.delivery_key for one in ledger.missing(WEEK)] == [unclear.delivery_key]
    assert ledger.get(unclear.delivery_key[:10]) == unclear
    ledger.resolve(unclear.delivery_key, sent=True, by="ada", note="seen", now=outbox.clock.now())
    assert ledger.missing(WEEK) == []
    again = ledger.make_revision(
        unclear.delivery_key, parts=None, by="ada", note="again", now=outbox.clock.now()
    )
    assert again.identity.revision == 2


def test_an_outage_is_kept_and_what_waits_goes_out_or_is_given_up(
    ledger: Ledger, outbox: Outbox, transport: ScriptedTransport, home: Path, clock: FixedClock
) -> None:
    on_postgres = dataclasses.replace(outbox, ledger=ledger)
    down = Answer(Outcome.REJECTED_TRANSIENT, code="503", whole_channel=True)
    transport.script.extend([down] * 100)
    artefacts = [artefact(home, number) for number in range(3)]
    deliver(on_postgres, artefacts, kind="weekly_report", period_start=WEEK, run_id="r")
    (outage,) = ledger.outages()
    assert outage.refusals > 1
    transport.script.clear()
    clock.move(hours=1)
    deliver(on_postgres, artefacts[:1], kind="weekly_report", period_start=WEEK, run_id="r")
    assert ledger.outages() == []
    clock.move(days=3)
    assert len(waiting.give_up(on_postgres, "weekly_report")) == 2
    assert len(ledger.missing(WEEK)) == 2


def test_eight_connections_race_for_the_same_keys_and_each_is_claimed_once(
    postgres_server: str, ledger: Ledger, home: Path, clock: FixedClock
) -> None:
    new = [new_delivery(home, number) for number in range(50)]
    keys = ledger.plan(new, clock.now(), "run").keys
    claimed: list[str] = []
    failures: list[BaseException] = []

    def race(owner: int) -> None:
        mine = Ledger(PostgresStore(postgres_server))
        try:
            for key in keys:
                won = mine.claim(
                    key,
                    owner=str(owner),
                    now=clock.now(),
                    lease=outbox_lease(),
                    provider="p",
                    fingerprint="f",
                )
                if won is not None:
                    claimed.append(key)
        except BaseException as error:
            failures.append(error)
        finally:
            mine.close()

    threads = [threading.Thread(target=race, args=(owner,)) for owner in range(8)]
    for thread in threads:
        thread.start()
    finished(*threads)
    assert failures == []
    assert sorted(claimed) == sorted(keys)


def outbox_lease():  # type: ignore[no-untyped-def]
    from cs_assets.delivery.policy import load_policy

    return load_policy().lease


def test_what_a_dead_process_left_is_closed_by_its_receipt_or_becomes_unknown(
    ledger: Ledger, outbox: Outbox, home: Path, clock: FixedClock
) -> None:
    keys = ledger.plan([new_delivery(home, n) for n in (1, 2)], clock.now(), "run").keys
    for key in keys:
        ledger.claim(
            key, owner="a", now=clock.now(), lease=outbox_lease(), provider="p", fingerprint="f"
        )
    accepted = Answer(Outcome.ACCEPTED, provider_message_id="id")
    outbox.journal.append(Receipt(keys[0], 1, "a", "p", clock.now(), accepted))
    clock.move(hours=1)
    assert recover(ledger, outbox.journal, clock, outbox.policy) == 1
    assert [ledger.get(key).state for key in keys] == [State.SENT, State.UNKNOWN]


def test_a_server_that_is_not_there_is_one_clear_line_without_the_url() -> None:
    with pytest.raises(LedgerUnavailable) as caught:
        PostgresStore("postgresql://user:secret@127.0.0.1:1/nowhere")
    assert "DELIVERY_DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_setting_decides_where_the_ledger_lives(
    postgres_server: str, ledger: Ledger, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resources.ledger_resource import LedgerResource

    monkeypatch.setenv("DELIVERY_DATABASE_URL", postgres_server)
    with LedgerResource(settings=Settings.load(cs_assets_home=home)).open() as opened:
        opened.ledger.plan([new_delivery(home)], FixedClock(MONDAY_AFTER).now(), "run")
    assert len(ledger.find()) == 1
    assert not (home / "delivery.sqlite").exists()

"""A mail server that is away: what waits goes out by itself, in real Dagster runs."""

import datetime as dt
import json
import socket
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from cs_assets.delivery import assets, checks, waiting
from cs_assets.delivery.assets import RETRY_TAG
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import Answer, Outcome, State
from cs_assets.delivery.planning import Artefact
from cs_assets.jobs import waiting_deliveries_job
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from sensors import waiting_deliveries
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.rows import store_artefacts
from tests.faults.scene import WEEK
from tests.faults.smtp_server import SmtpFaultServer

Make = Callable[..., Artefact]
DOWN = Answer(Outcome.REJECTED_TRANSIENT, code="503", whole_channel=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_by_smtp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], None]:
    """Mail goes to a port of this machine; a run waits a second, alerts go to files."""
    text = files("cs_assets.config").joinpath("delivery.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "delivery.yaml").write_text(text.replace("run_seconds: 900", "run_seconds: 1"))
    for name, value in {
        "CS_ASSETS_CONFIG_DIR": str(folder),
        "EMAIL_PROVIDER": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_TLS": "none",
        "MAIL_FROM": "reports@cs.test",
        "DELIVERY_ALLOW_LIST": "@customers.example",
        "ALERT_SLACK_CHANNEL": "#cs-ops",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda port: monkeypatch.setenv("SMTP_PORT", str(port))


def resources(home: Path) -> dict[str, Any]:
    settings = Settings.load(cs_assets_home=home)
    return {
        "settings": settings,
        "ledger": LedgerResource(settings=settings),
        "mailer": MailerResource(settings=settings),
        "slack": SlackResource(settings=settings),
    }


def run(
    home: Path, warehouse: DuckDBWarehouse, **tags: str
) -> tuple[dict[str, Any], dict[str, dg.AssetCheckEvaluation]]:
    """Metadata and checks of a run of the week's reviews."""
    result = dg.materialize(
        [assets.weekly_report_deliveries, *checks.checks[:1]],
        resources={"warehouse": warehouse, **resources(home)},
        partition_key=WEEK.isoformat(),
        tags=tags or {"cs_assets/allow_late": "true"},
    )
    (event,) = result.get_asset_materialization_events()
    told = {name: value.value for name, value in event.materialization.metadata.items()}
    return told, {check.check_name: check for check in result.get_asset_check_evaluations()}


def tick(home: Path, cursor: str | None = None) -> Any:
    """What the sensor asks for now."""
    sensor = waiting_deliveries.build(waiting_deliveries_job)
    with (
        dg.instance_for_test() as instance,
        dg.build_sensor_context(
            instance=instance, cursor=cursor, resources=resources(home)
        ) as context,
    ):
        return sensor(context)


def until_tried(home: Path) -> dg.SensorResult:
    """The sensor's first request; the channel's own pause may have to pass."""
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)
    while dt.datetime.now(dt.UTC) < end:
        asked = tick(home)
        if isinstance(asked, dg.SensorResult):
            return asked
    raise AssertionError("the sensor asks for nothing")


def test_a_mail_server_that_was_away_costs_nothing_but_time(
    home: Path,
    warehouse: DuckDBWarehouse,
    make_artefact: Make,
    mail_by_smtp: Callable[[int], None],
) -> None:
    store_artefacts(warehouse, [make_artefact(number) for number in range(1, 4)])
    mail_by_smtp(free_port())
    told, found = run(home, warehouse)
    assert (told["waiting"], told["failed"], told["sent"]) == (3, 0, 0)
    assert told["waiting_because"].startswith("3 email: ")
    check = found["nothing_failed_or_waits"]
    assert not check.passed
    assert "3 of 3: waits (3 email: " in str(check.description)
    (alert,) = (home / "outbox").glob("slack-cs-ops-*.json")
    assert "email takes nothing since" in alert.read_text()
    assert "3 wait" in alert.read_text()

    with SmtpFaultServer() as server:
        mail_by_smtp(server.port)
        asked = until_tried(home)
        (request,) = asked.run_requests or []
        assert request.asset_selection == [dg.AssetKey("weekly_report_deliveries")]
        assert request.partition_key == WEEK.isoformat()
        told, found = run(home, warehouse, **request.tags)
        assert (told["sent"], told["waiting"], len(server.mails)) == (3, 0, 3)
        assert told["waiting_because"] == "nothing"
        assert found["nothing_failed_or_waits"].passed
        assert isinstance(tick(home, asked.cursor), dg.SkipReason)
    assert len(list((home / "outbox").glob("slack-cs-ops-*.json"))) == 1


def test_a_run_that_nobody_asked_for_does_not_fail_again_for_what_was_told(
    home: Path,
    warehouse: DuckDBWarehouse,
    make_artefact: Make,
    mail_by_smtp: Callable[[int], None],
) -> None:
    store_artefacts(warehouse, [make_artefact(1)])
    with SmtpFaultServer() as server:
        mail_by_smtp(server.port)
        server.script.extend([{"MAIL": "530 5.7.0 must authenticate"}] * 2)
        with pytest.raises(dg.Failure, match="sending stopped"):
            run(home, warehouse)
        assert isinstance(tick(home), dg.SkipReason), "settings are not mended by waiting"
        told, _ = run(home, warehouse, **{RETRY_TAG: "true"})
        assert told["waiting"] == 1


def test_nothing_to_do_makes_no_ledger(home: Path) -> None:
    assert isinstance(tick(home), dg.SkipReason)
    assert not (home / "delivery.sqlite").exists()


def test_what_stays_as_it_is_is_tried_ever_more_seldom() -> None:
    every, now = dt.timedelta(minutes=10), dt.datetime(2026, 11, 16, 12)
    tried = waiting_deliveries.Tried("x", 3, now.isoformat())
    assert tried.may_again("y", now, every)
    assert not tried.may_again("x", now + dt.timedelta(minutes=29), every)
    assert tried.may_again("x", now + dt.timedelta(minutes=30), every)
    often = waiting_deliveries.Tried("x", 1000, now.isoformat())
    assert often.may_again("x", now + dt.timedelta(hours=1), every)


# ---- the rules, without Dagster


def reviews(outbox: Outbox, *artefacts: Artefact) -> Any:
    return deliver(outbox, artefacts, kind="weekly_report", period_start=WEEK, run_id="run")


def tell(outbox: Outbox, given_up: Any = ()) -> list[str]:
    return waiting.tell(outbox, list(given_up), slack_channel=None, email="ops@cs.example")


def test_what_is_given_up_is_failed_with_its_reason_and_told_once(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.extend([DOWN] * 100)
    reviews(outbox, make_artefact(1), make_artefact(2))
    clock.move(days=3, minutes=1)
    assert waiting.give_up(outbox, "rep_digest") == []
    given_up = waiting.give_up(outbox, "weekly_report")
    assert len(given_up) == 2
    failed = outbox.ledger.find(states=[State.FAILED])
    assert {one.last_error_text for one in failed} == {"given up: nobody took it for 3 days (503)"}
    transport.script.clear()
    tell(outbox, given_up)
    tell(outbox, given_up)
    told = [letter for letter in transport.received if letter.recipient == "ops@cs.example"]
    assert [letter.subject for letter in told] == ["email: 2 given up after 3 days"]


def test_an_alert_that_could_not_be_sent_waits_too_and_is_sent_once(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.extend([DOWN] * 1000)
    reviews(outbox, make_artefact(1))
    for _ in range(3):
        tell(outbox)
    transport.script.clear()
    clock.move(hours=2)
    found = waiting.waiting_of(outbox.ledger, outbox.environments, outbox.policy, clock.now())
    due = waiting.due(found, outbox.ledger.outages(), clock.now())
    assert due.periods == {"weekly_report": [WEEK]}
    before = len(transport.received)
    assert waiting.send_waiting_alerts(outbox, due.alerts) == 1
    (letter,) = transport.received[before:]
    assert letter.recipient == "ops@cs.example"
    assert "1 wait" in letter.subject


def test_decided_as_not_sent_starts_waiting_anew(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.append(TimeoutError())
    (key,) = reviews(outbox, make_artefact(1)).tally.unknown
    clock.move(days=10)
    outbox.ledger.resolve(key, sent=False, by="ada", note="not there", now=clock.now())
    clock.move(hours=1)
    assert waiting.give_up(outbox, "weekly_report") == []
    assert reviews(outbox, make_artefact(1)).counts.sent == 1


@pytest.mark.parametrize("days", [6, 400])
def test_a_clock_that_was_ahead_and_was_set_back_keeps_nothing_waiting(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make, days: int
) -> None:
    right = clock.now()
    clock.move(days=days)
    transport.script.extend([DOWN] * 100)
    both = [make_artefact(1), make_artefact(2)]
    week = {"kind": "weekly_report", "period_start": WEEK, "run_id": "run"}
    deliver(outbox, both, **week, allow_late=True)
    transport.script.clear()
    killed, waits = outbox.ledger.find(states=[State.PENDING])
    ahead = {"now": clock.now() + dt.timedelta(hours=2), "lease": outbox.policy.lease}
    claim = {"owner": "gone", "provider": "p", "fingerprint": "f"}
    assert outbox.ledger.claim(killed.delivery_key, **claim, **ahead)
    clock.moment = right
    found = waiting.waiting_of(outbox.ledger, outbox.environments, outbox.policy, right)
    due = waiting.due(found, outbox.ledger.outages(), right)
    assert due.periods == {"weekly_report": [WEEK]}
    before = len(transport.received)
    tally = reviews(outbox, *both).tally
    assert (tally.sent, len(transport.received) - before) == ([waits.delivery_key], 1)
    (unclear,) = outbox.ledger.find(states=[State.UNKNOWN])
    assert unclear.delivery_key == killed.delivery_key


def test_a_clock_that_is_set_back_as_a_run_waits_does_not_make_it_wait_for_ever(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    def set_back(_letter: object) -> Answer:
        clock.move(days=-1)
        return DOWN

    transport.script.extend([DOWN, set_back, *[DOWN] * 100])
    reviews(outbox, make_artefact(1))
    assert sum(clock.slept) <= outbox.policy.run_seconds + outbox.policy.retry.longest_wait_seconds
    transport.script.clear()
    clock.move(days=1)
    assert reviews(outbox, make_artefact(1)).counts.sent == 1


def test_the_text_of_an_outage_names_no_recipient(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    said = "no room for csm1@customers.example"
    transport.script.extend(
        [Answer(Outcome.REJECTED_TRANSIENT, error_text=said, whole_channel=True)] * 100
    )
    reviews(outbox, make_artefact(1))
    tell(outbox)
    texts = [path.read_text() for path in (outbox.home / "artifacts" / "alerts").iterdir()]
    assert "no room for [address]" in texts[0]
    assert json.dumps(texts).count("csm1@") == 0

"""``deliveries resend``, ``list`` and ``verify`` over many deliveries at once."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cs_assets.commands.deliveries import Shown, app
from cs_assets.delivery.clock import SystemClock
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import Answer, Outcome, State
from cs_assets.delivery.planning import Artefact
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.rows import store_artefacts
from tests.faults.scene import WEEK

REFUSED = Answer(Outcome.REJECTED_PERMANENT, code="550", error_text="no such user")
DOWN = Answer(Outcome.REJECTED_TRANSIENT, code="503", whole_channel=True)


def cli(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=True)


def told(*arguments: str) -> Any:
    return json.loads(cli(*arguments, "--json").stdout)


@pytest.fixture
def week(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Callable[..., Artefact]
) -> None:
    """Of five deliveries two failed, one is unclear, one was sent, and one waits."""
    lately = FixedClock(SystemClock().now() - dt.timedelta(hours=1))
    rehearsal = dataclasses.replace(outbox, environments={"email": "rehearsal"}, clock=lately)
    transport.script.extend([REFUSED, REFUSED, TimeoutError(), Answer(Outcome.ACCEPTED)])
    transport.script.extend([DOWN] * 200)
    deliver(
        rehearsal,
        [make_artefact(number) for number in range(1, 6)],
        kind="weekly_report",
        period_start=WEEK,
        run_id="run-1",
        allow_late=True,
    )


@pytest.mark.usefixtures("week")
def test_verify_fails_for_what_failed_or_waits() -> None:
    result = cli("verify", WEEK.isoformat())
    assert result.exit_code == 1
    assert "5 expected, 1 settled, 2 failed, 2 waiting or unclear" in result.stdout


@pytest.mark.usefixtures("week")
def test_every_state_of_the_ledger_can_be_listed() -> None:
    found = {state: len(told("list", "--state", state)) for state in Shown if state.states}
    assert found == {
        Shown.FAILED: 2,
        Shown.WAITING: 1,
        Shown.PENDING: 1,
        Shown.SENT: 1,
        Shown.UNKNOWN: 1,
        Shown.SENDING: 0,
        Shown.CANCELLED: 0,
    }


def test_what_is_held_can_be_listed(
    warehouse: DuckDBWarehouse, outbox: Outbox, make_artefact: Callable[..., Artefact]
) -> None:
    found = [make_artefact(1), dataclasses.replace(make_artefact(2), verdict="hold")]
    store_artefacts(warehouse, found, {"CUST_00002": "hold"})
    report = deliver(outbox, found, kind="weekly_report", period_start=WEEK, run_id="run-1")
    with warehouse.session("test") as db:
        db.replace("ops.deliveries", report.rows, {"report_kind": "weekly_report"})
    (held,) = told("list", "--state", "held")
    assert (held["state"], held["artefact_id"]) == ("held", "CUST_00002")
    assert "held" in cli("list", "--state", "held").stdout
    assert told("list", "--state", "held", "--kind", "rep_digest") == []
    assert len(told("list", "--state", "held", "--state", "sent")) == 2


def test_every_state_that_a_run_shows_can_be_asked_for() -> None:
    from cs_assets.delivery.reporting import Counts

    shown = {state.value for state in Shown}
    assert {field.name for field in dataclasses.fields(Counts)} <= shown
    assert {state.value for state in State} <= shown


@pytest.mark.usefixtures("week")
def test_a_dry_run_says_what_would_be_sent_and_changes_nothing(outbox: Outbox, home: Path) -> None:
    before = outbox.ledger.find()
    would = told("resend", "--state", "failed", "--state", "waiting", "--dry-run", "--allow-late")
    assert [one["would"] for one in would] == ["send anew", "send anew", "send"]
    unclear = told("resend", "--state", "unknown", "--dry-run", "--allow-late")
    assert [one["would"] for one in unclear] == ["nothing"]
    assert "resolve" in unclear[0]["why"]
    assert outbox.ledger.find() == before
    assert not (home / "outbox").exists()


@pytest.mark.usefixtures("week")
def test_a_filter_resends_all_it_finds_and_each_once(home: Path) -> None:
    arguments = ("resend", "--channel", "email", "--note", "the server is back", "--allow-late")
    assert cli(*arguments).exit_code == 0
    assert len(list((home / "outbox").glob("*.eml"))) == 2
    again = cli(*arguments)
    assert "nothing matches" in again.stdout
    assert len(list((home / "outbox").glob("*.eml"))) == 2
    after = cli("verify", WEEK.isoformat())
    assert "2 waiting or unclear" in after.stdout
    assert "0 failed" in after.stdout


@pytest.mark.usefixtures("week")
def test_a_filter_takes_what_fits_all_of_it(home: Path) -> None:
    for other in (
        ("--channel", "slack"),
        ("--kind", "rep_digest"),
        ("--period", "2026-11-02"),
    ):
        assert "nothing matches" in cli("resend", *other, "--note", "x").stdout
    assert cli("resend", "--week", WEEK.isoformat(), "--dry-run").stdout.count("CUST_") == 2
    assert not (home / "outbox").exists()


@pytest.mark.usefixtures("week")
def test_what_waits_is_sent_at_once_without_a_revision(outbox: Outbox, home: Path) -> None:
    result = cli("resend", "--state", "waiting", "--note", "now")
    assert result.exit_code == 0, result.output
    assert len(list((home / "outbox").glob("*.eml"))) == 1
    assert {delivery.identity.revision for delivery in outbox.ledger.find()} == {1}


@pytest.mark.parametrize(
    "arguments", [[], ["abc", "--state", "failed", "--note", "x"], ["--state", "failed"]]
)
def test_a_key_or_a_filter_and_a_note_are_needed(arguments: list[str]) -> None:
    assert cli("resend", *arguments).exit_code == 2

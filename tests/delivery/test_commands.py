"""``cs-assets deliveries`` on a real ledger."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cs_assets.delivery.commands import app
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.ledger import LedgerError
from cs_assets.delivery.planning import Artefact
from resources.duckdb_warehouse import DuckDBWarehouse
from tests.faults.doubles import ScriptedTransport
from tests.faults.rows import store_artefacts
from tests.faults.scene import WEEK


def cli(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=True)


@pytest.fixture
def unclear(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Callable[..., Artefact]
) -> str:
    """The key of a delivery whose answer was lost."""
    transport.script.append(TimeoutError())
    report = deliver(
        dataclasses.replace(outbox, environments={"email": "rehearsal"}),
        [make_artefact(1), make_artefact(2)],
        kind="weekly_report",
        period_start=WEEK,
        run_id="run-1",
    )
    return next(iter(report.tally.unknown))


def test_list_shows_only_the_wanted_state(unclear: str) -> None:
    found = json.loads(cli("list", "--state", "unknown", "--json").stdout)
    assert [one["delivery_key"] for one in found] == [unclear]
    assert "unknown" in cli("list").stdout


def test_an_unknown_state_is_a_usage_error(unclear: str) -> None:
    result = cli("list", "--state", "lost")
    assert result.exit_code == 2
    assert "one of pending" in result.output


def test_verify_fails_until_the_unclear_one_is_decided(unclear: str) -> None:
    assert cli("verify", WEEK.isoformat()).exit_code == 1
    decided = cli("resolve", unclear[:10], "--as", "sent", "--by", "ada", "--note", "CSM has it")
    assert decided.exit_code == 0
    after = cli("verify", WEEK.isoformat())
    assert after.exit_code == 0
    assert "2 expected, 2 settled" in after.stdout


def test_show_tells_attempts_and_who_decided(unclear: str) -> None:
    cli("resolve", unclear, "--as", "not-sent", "--by", "ada", "--note", "not in the mailbox")
    shown = json.loads(cli("show", unclear[:12], "--json").stdout)
    assert shown["state"] == "pending"
    assert shown["attempts"][0]["outcome"] == "unknown"
    assert shown["decisions"][0]["decided_by"] == "ada"


def test_only_an_unknown_can_be_resolved(unclear: str) -> None:
    cli("resolve", unclear, "--as", "sent", "--by", "ada", "--note", "seen")
    again = cli("resolve", unclear, "--as", "not-sent", "--by", "bob", "--note", "no")
    assert isinstance(again.exception, LedgerError)
    assert again.exception.exit_status == 2


def test_a_key_that_is_none_is_named(unclear: str) -> None:
    for key in ("xyz%", "ffffffffffffffff"):
        result = cli("show", key)
        assert isinstance(result.exception, LedgerError)


def test_resend_makes_a_new_revision_with_the_present_content(
    unclear: str, outbox: Outbox, home: Path
) -> None:
    cli("resolve", unclear, "--as", "sent", "--by", "ada", "--note", "seen")
    result = cli("resend", unclear, "--note", "figures were mended", "--allow-late")
    assert result.exit_code == 0, result.output
    assert "revision 2" in result.stdout
    assert len(list((home / "outbox").glob("*.eml"))) == 1


def test_plan_says_what_would_happen_and_changes_nothing(
    warehouse: DuckDBWarehouse, home: Path, make_artefact: Callable[..., Artefact]
) -> None:
    store_artefacts(warehouse, [make_artefact(1), make_artefact(2)], {"CUST_00002": "hold"})
    result = cli("plan", WEEK.isoformat(), "--allow-late", "--json")
    would = {row["what"]: row["would"] for row in json.loads(result.stdout)}
    assert would == {"CUST_00001": "send", "CUST_00002": "hold"}
    assert json.loads(cli("list", "--json").stdout) == []
    assert not (home / "outbox").exists()

"""``cs-assets deliveries`` on a real ledger."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cs_assets.commands.deliveries_told import app
from cs_assets.decided import DecidedAlready
from cs_assets.delivery.couriers import SlackCourier
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.record.ledger import LedgerError
from cs_assets.desk import decisions, session
from cs_assets.desk.drafts import Form
from cs_assets.errors import Unavailable
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.slack.bot import BotSlack
from tests.desk.viewing import viewer
from tests.faults.doubles import ScriptedTransport
from tests.faults.http_server import FaultServer, Reply, Request
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
    assert "pending" in result.output


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


def test_a_week_that_is_held_is_shown_with_its_reasons_and_not_as_nothing(
    warehouse: DuckDBWarehouse, outbox: Outbox, make_artefact: Callable[..., Artefact]
) -> None:
    held = dataclasses.replace(make_artefact(1), verdict="hold", reasons=("figures differ",))
    report = deliver(outbox, [held], kind="weekly_report", period_start=WEEK, run_id="run-1")
    with warehouse.session("test") as db:
        db.append("ops.deliveries", report.rows)
    week = WEEK.isoformat()
    for arguments in (["list"], ["list", "--week", week], ["verify", "--week", week]):
        shown = cli(*arguments)
        assert "held" in shown.stdout
        assert all(word in shown.stdout for word in ("figures", "differ"))
    assert "1 held back" in cli("verify", week).stdout
    [one] = json.loads(cli("list", "--json", "--period", week).stdout)  # as it was called
    assert (one["state"], one["last_error_text"]) == ("held", "figures differ")
    assert json.loads(cli("verify", week, "--json").stdout)["held"] == [one]
    assert json.loads(cli("list", "--json", "--week", "2026-11-02").stdout) == []
    assert cli("verify").exit_code == cli("list", "--week", week, "--period", "x").exit_code == 2


def test_plan_says_what_would_happen_and_changes_nothing(
    warehouse: DuckDBWarehouse, home: Path, make_artefact: Callable[..., Artefact]
) -> None:
    store_artefacts(warehouse, [make_artefact(1), make_artefact(2)], {"CUST_00002": "hold"})
    result = cli("plan", WEEK.isoformat(), "--allow-late", "--json")
    would = {row["what"]: row["would"] for row in json.loads(result.stdout)}
    assert would == {"CUST_00001": "send", "CUST_00002": "hold"}
    assert json.loads(cli("list", "--json").stdout) == []
    assert not (home / "outbox").exists()


def test_plan_of_what_has_gone_out_has_nothing_to_send_or_hold(
    unclear: str, warehouse: DuckDBWarehouse, make_artefact: Callable[..., Artefact]
) -> None:
    """Also when the period is so long over that nothing of it would be sent."""
    store_artefacts(warehouse, [make_artefact(1), make_artefact(2)], {})
    told = json.loads(cli("plan", WEEK.isoformat(), "--json").stdout)
    assert {row["would"] for row in told} == {"nothing"}
    assert {row["why"] for row in told} == {"it is sent", "it is unknown"}


def test_resend_of_a_late_period_makes_no_revision_unless_allowed(unclear: str) -> None:
    cli("resolve", unclear, "--as", "sent", "--by", "ada", "--note", "seen")
    result = cli("resend", unclear, "--note", "again")
    assert isinstance(result.exception, LedgerError)
    assert "--allow-late" in str(result.exception)
    assert len(json.loads(cli("list", "--json").stdout)) == 2


def test_verify_of_a_period_that_nothing_was_planned_for_fails(unclear: str) -> None:
    result = cli("verify", "2026-11-16")
    assert result.exit_code == 1
    assert "nothing was planned" in result.stdout


@pytest.mark.parametrize("arguments", [["list"], ["plan", WEEK.isoformat()]])
def test_an_unknown_kind_is_a_usage_error(unclear: str, arguments: list[str]) -> None:
    result = cli(*arguments, "--kind", "digest")
    assert result.exit_code == 2
    assert "rep_digest" in result.output


def test_suppressions_are_added_listed_and_removed(unclear: str) -> None:
    assert cli("suppressions", "--add", "Ada@Customers.example").exit_code == 0
    assert json.loads(cli("suppressions", "--json").stdout) == {
        "ada@customers.example": "added by hand"
    }
    assert "ada@customers.example" in cli("suppressions").stdout
    assert cli("suppressions", "--remove", "ADA@customers.example").exit_code == 0
    assert "none" in cli("suppressions").stdout
    assert cli("suppressions", "--remove", "ada@customers.example").exit_code == 2
    assert cli("suppressions", "--add", "not an address").exit_code == 2


def test_events_of_a_file_decide_and_suppress(unclear: str, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    event = {"sg_event_id": "e1", "event": "bounce", "email": "csm1@customers.example"}
    file.write_text(json.dumps([{**event, "timestamp": 1_795_000_000, "delivery_key": unclear}]))
    told = json.loads(cli("events", str(file), "--json").stdout)
    assert (told["new"], told["resolved"], told["suppressed"]) == (1, 1, 1)
    assert json.loads(cli("show", unclear, "--json").stdout)["events"][0]["event"] == "bounce"
    assert "1 seen before" in cli("events", str(file)).stdout


def test_bounces_of_sendgrid_are_kept(unclear: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Reply:
        rows = (
            [{"email": "gone@x.example", "reason": "550 5.1.1"}]
            if "bounces" in request.path
            else []
        )
        return Reply(200, json.dumps(rows).encode())

    with FaultServer(success=answer) as server:
        monkeypatch.setenv("SENDGRID_API_KEY", "SG.key")
        monkeypatch.setenv("SENDGRID_BASE_URL", server.url)
        assert json.loads(cli("bounces", "--json").stdout) == {"found": 1, "new": 1}
        assert json.loads(cli("bounces", "--json").stdout) == {"found": 1, "new": 0}
    assert json.loads(cli("suppressions", "--json").stdout) == {
        "gone@x.example": "bounces: 550 5.1.1"
    }


def test_bounces_of_ses_are_kept(unclear: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages of the account's list; moto does not know that call, so a server of our own."""

    def answer(request: Request) -> Reply:
        number, last = (2, True) if "NextToken=more" in request.path else (1, False)
        row = {"EmailAddress": f"gone{number}@x.example", "Reason": "BOUNCE", "LastUpdateTime": 1}
        page = {"SuppressedDestinationSummaries": [row], **({} if last else {"NextToken": "more"})}
        return Reply(200, json.dumps(page).encode(), (("Content-Type", "application/json"),))

    with FaultServer(success=answer) as server:
        for name, value in {
            "EMAIL_PROVIDER": "ses",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "SES_ENDPOINT_URL": server.url,
        }.items():
            monkeypatch.setenv(name, value)
        assert json.loads(cli("bounces", "--json").stdout) == {"found": 2, "new": 2}
        server.script.append(Reply(403, b'{"message": "no"}'))
        refused = cli("bounces")
    assert isinstance(refused.exception, Unavailable)
    assert json.loads(cli("suppressions", "--json").stdout) == {
        "gone1@x.example": "bounce",
        "gone2@x.example": "bounce",
    }


@pytest.fixture
def unclear_post(
    outbox: Outbox,
    home: Path,
    make_artefact: Callable[..., Artefact],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, FaultServer]]:
    """A post that Slack took and never confirmed, and the server that holds it."""
    history: list[Request] = []

    def answer(request: Request) -> Reply:
        if request.path.endswith("conversations.history"):
            messages = [{"ts": "5.0", **json.loads(one.body)} for one in history]
            return Reply(200, json.dumps({"ok": True, "messages": messages}).encode())
        history.append(request)
        return Reply(500, b"oops")

    with FaultServer(success=answer) as server:
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
        monkeypatch.setenv("SLACK_BASE_URL", f"{server.url}/api/")
        courier = SlackCourier(BotSlack("xoxb-1", f"{server.url}/api/", seconds=2), home)
        on_slack = dataclasses.replace(
            outbox, couriers={"slack": courier}, environments={"slack": "production"}
        )
        post = make_artefact(1, channel="slack")
        report = deliver(on_slack, [post], kind="weekly_report", period_start=WEEK, run_id="run-1")
        yield next(iter(report.tally.unknown)), server


def test_evidence_finds_a_post_whose_answer_was_lost(
    unclear_post: tuple[str, FaultServer],
) -> None:
    key, _ = unclear_post
    assert json.loads(cli("evidence", "--json").stdout) == {"looked_for": 1, "found": {key: "5.0"}}
    shown = json.loads(cli("show", key, "--json").stdout)
    assert shown["state"] == "sent"
    assert shown["decisions"][0]["decided_by"] == "evidence"


def test_evidence_says_what_the_token_lacks(
    unclear_post: tuple[str, FaultServer],
) -> None:
    key, server = unclear_post
    server.script.append(Reply(200, b'{"ok": false, "error": "missing_scope"}'))
    result = cli("evidence")
    assert isinstance(result.exception, Unavailable)
    assert "missing_scope" in str(result.exception)
    assert json.loads(cli("show", key, "--json").stdout)["state"] == "unknown"


def test_the_table_fits_eighty_columns_and_says_once_what_is_the_same(
    unclear: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("list").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "All: period 2026-11-09; kind weekly_report" in lines
    assert any(line.startswith(unclear[:10]) for line in lines)


def test_at_the_desk_a_delivery_is_resolved_once_and_the_second_told(
    unclear: str, warehouse: DuckDBWarehouse
) -> None:
    with warehouse.session("test"):
        pass
    mine, theirs = Form.new(session.now()), Form.new(session.now())
    ann, bob = (viewer("operations", f"{name}@x.example") for name in ("ann", "bob"))
    first = decisions.resolve(ann, mine, unclear, was_sent=True, note="it is in the inbox")
    again = decisions.resolve(ann, mine, unclear, was_sent=True, note="it is in the inbox")
    assert (first.is_repeated, again.is_repeated) == (False, True)
    with pytest.raises(DecidedAlready, match=r"by ann@x\.example already"):
        decisions.resolve(bob, theirs, unclear, was_sent=False, note="it is not there")
    shown = json.loads(cli("show", unclear, "--json").stdout)
    assert shown["state"] == "sent"
    assert [one["decided_by"] for one in shown["decisions"]] == ["ann@x.example"]


def test_at_the_desk_a_form_sends_again_once_however_often_it_comes(
    unclear: str, warehouse: DuckDBWarehouse
) -> None:
    with warehouse.session("test"):
        pass
    ann, bob = (viewer("operations", f"{name}@x.example") for name in ("ann", "bob"))
    decisions.resolve(ann, Form.new(session.now()), unclear, was_sent=True, note="seen")
    mine, theirs = Form.new(session.now()), Form.new(session.now())

    def send(_: int) -> decisions.Outcome:
        return decisions.resend(ann, mine, [unclear], "asked for", allow_late=True)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(send, range(4)))
    assert sum(not one.is_repeated for one in told) == 1
    assert "is sent" in send(0).words
    with pytest.raises(DecidedAlready, match=r"sent again by ann@x\.example"):
        decisions.resend(bob, theirs, [unclear], "me too", allow_late=True)
    revisions = [one["revision"] for one in json.loads(cli("list", "--json").stdout)]
    assert sorted(revisions) == [1, 1, 2]

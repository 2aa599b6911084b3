"""The delivery assets in real Dagster runs on a real warehouse."""

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from cs_assets.delivery import assets, checks
from cs_assets.delivery.planning import Artefact
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home_resource import HomeResource
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from tests.faults.rows import store_artefacts
from tests.faults.scene import WEEK

Make = Callable[..., Artefact]
LATE = {"cs_assets/allow_late": "true"}


def run(home: Path, warehouse: DuckDBWarehouse, *, tags: dict[str, str] | None = None, **more):  # type: ignore[no-untyped-def]
    root = str(home)
    return dg.materialize(
        [assets.weekly_report_deliveries, *checks.checks[:1]],
        resources={
            "settings": Settings.load(cs_assets_home=root),
            "warehouse": warehouse,
            "home": HomeResource(root=root),
            "ledger": LedgerResource(settings=Settings.load(cs_assets_home=root)),
            "mailer": MailerResource(settings=Settings.load(cs_assets_home=root)),
            "slack": SlackResource(settings=Settings.load(cs_assets_home=root)),
        },
        partition_key=WEEK.isoformat(),
        tags=LATE if tags is None else tags,
        **more,
    )


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    (event,) = result.get_asset_materialization_events()
    found = event.materialization.metadata
    return {name: value.value for name, value in found.items()}


@pytest.fixture
def prepared(warehouse: DuckDBWarehouse, make_artefact: Make) -> DuckDBWarehouse:
    store_artefacts(
        warehouse,
        [make_artefact(number) for number in range(1, 6)],
        {"CUST_00004": "hold", "CUST_00005": "none"},
    )
    return warehouse


def test_a_run_writes_one_mail_for_each_allowed_review(
    home: Path, prepared: DuckDBWarehouse
) -> None:
    result = run(home, prepared)
    mails = sorted((home / "outbox").glob("*.eml"))
    assert len(mails) == 3
    message = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
    assert message["Subject"] == "Weekly review: CUST_00001"
    assert [part.get_filename() for part in message.iter_attachments()] == ["CUST_00001.pdf"]
    told = metadata(result)
    assert (told["sent"], told["held"], told["unknown"], told["failed"]) == (3, 2, 0, 0)
    assert "metrics are 9 days old" in str(told["deliveries"])


def test_running_again_sends_nothing_again(home: Path, prepared: DuckDBWarehouse) -> None:
    run(home, prepared)
    before = {path: path.stat().st_mtime_ns for path in (home / "outbox").iterdir()}
    told = metadata(run(home, prepared))
    assert (told["sent"], told["sent_before"]) == (0, 3)
    assert {path: path.stat().st_mtime_ns for path in (home / "outbox").iterdir()} == before


def test_without_the_flag_a_week_long_over_is_held(home: Path, prepared: DuckDBWarehouse) -> None:
    told = metadata(run(home, prepared, tags={}))
    assert (told["sent"], told["held"]) == (0, 5)
    assert not (home / "outbox").exists()


def test_the_warehouse_holds_a_copy_of_the_ledger(home: Path, prepared: DuckDBWarehouse) -> None:
    run(home, prepared)
    run(home, prepared)
    with prepared.session("test") as db:
        rows = db.query("delivery/deliveries_of_kind", ["weekly_report", WEEK])
    assert rows["state"].value_counts().to_dict() == {"sent": 3, "held": 2}
    assert set(rows["environment"]) == {"rehearsal"}


def test_checks_name_what_is_held(home: Path, prepared: DuckDBWarehouse) -> None:
    evaluations = {e.check_name: e for e in run(home, prepared).get_asset_check_evaluations()}
    assert evaluations["every_attempt_has_a_clear_answer"].passed
    assert evaluations["nothing_failed_or_waits"].passed
    assert not evaluations["nothing_is_held"].passed


def test_no_delivery_asset_has_a_retry_policy() -> None:
    for asset in assets.assets:
        assert asset.op.retry_policy is None
        assert asset.op.pool == "deliveries"


def test_a_verdict_about_something_never_made_is_told_as_held(
    home: Path, warehouse: DuckDBWarehouse, make_artefact: Make
) -> None:
    store_artefacts(warehouse, [make_artefact(1)])
    verdict = pd.DataFrame(
        [
            {
                "kind": "weekly_report",
                "artefact_id": "CUST_00009",
                "period_start": WEEK,
                "verdict": "hold",
                "reasons": '[{"rule": "made", "detail": "no metrics this week"}]',
            }
        ]
    )
    with warehouse.session("test") as db:
        db.merge("ops.send_gate", verdict)
    told = metadata(run(home, warehouse))
    assert (told["sent"], told["held"]) == (1, 1)
    assert "no metrics this week" in str(told["deliveries"])


def test_wrong_settings_of_slack_hold_no_mail_up(
    home: Path,
    warehouse: DuckDBWarehouse,
    make_artefact: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CS_ASSETS_ENVIRONMENT", "production")
    monkeypatch.setenv("EMAIL_PROVIDER", "console")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://evil.example/services/T/B/X")
    store_artefacts(warehouse, [make_artefact(1, channel="slack"), make_artefact(2)])
    result = run(home, warehouse, raise_on_error=False)
    assert not result.success
    (failure,) = result.get_step_failure_events()
    assert "slack: SLACK_WEBHOOK_URL is no Slack webhook" in str(
        failure.step_failure_data.user_failure_data.description
    )
    assert len(list((home / "outbox").glob("*.eml"))) == 1
    with warehouse.session("test") as db:
        rows = db.query("delivery/deliveries_of_kind", ["weekly_report", WEEK])
    assert dict(zip(rows["channel"], rows["state"], strict=True)) == {
        "email": "sent",
        "slack": "pending",
    }
    assert rows["attempts"].sum() == 1


def test_a_run_that_may_send_no_mail_plans_none_and_a_later_one_sends(
    home: Path, prepared: DuckDBWarehouse
) -> None:
    asked = {"ops": {"weekly_report_deliveries": {"config": {"send_emails": False}}}}
    assert metadata(run(home, prepared, run_config=asked))["sent"] == 0
    assert not list((home / "outbox").glob("*.eml"))
    asked = {"ops": {"weekly_report_deliveries": {"config": {"send_slack": False}}}}
    assert metadata(run(home, prepared, run_config=asked))["sent"] == 3

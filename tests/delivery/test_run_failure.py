"""A failed run alerts people once."""

from pathlib import Path

import dagster as dg
import pytest

from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from sensors import run_failure


@dg.op
def breaks() -> None:
    raise ValueError("secret detail about ada@customers.example")


@dg.job
def breaking_job() -> None:
    breaks()


def tick(home: Path, instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    settings = Settings.load(cs_assets_home=home)
    with dg.build_run_status_sensor_context(
        sensor_name="run_failure_sensor",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        resources={
            "settings": settings,
            "ledger": LedgerResource(settings=settings),
            "mailer": MailerResource(settings=settings),
            "slack": SlackResource(settings=settings),
        },
    ) as context:
        run_failure.build()(context.for_run_failure())


@pytest.mark.parametrize(
    ("setting", "value", "pattern"),
    [
        ("ALERT_SLACK_CHANNEL", "#cs-ops", "slack-cs-ops-*.json"),
        ("ALERT_EMAIL", "ops@cs.example", "ops-cs-example-*.eml"),
    ],
)
def test_a_failed_run_alerts_once_and_without_details(
    home: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, pattern: str
) -> None:
    monkeypatch.setenv(setting, value)
    with dg.instance_for_test() as instance:
        result = breaking_job.execute_in_process(instance=instance, raise_on_error=False)
        tick(home, instance, result)
        tick(home, instance, result)
    (alert,) = (home / "outbox").glob(pattern)
    text = alert.read_text()
    assert "breaking_job failed" in text
    assert "breaks" in text
    assert "ada@" not in text


def test_a_run_that_will_be_retried_does_not_alert(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_EMAIL", "ops@cs.example")
    with dg.instance_for_test() as instance:
        result = breaking_job.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/will_retry": "true"}
        )
        tick(home, instance, result)
    assert not (home / "outbox").exists()


def test_when_slack_refuses_the_alert_goes_by_mail_and_only_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_SLACK_CHANNEL", "#cs-ops")
    monkeypatch.setenv("ALERT_EMAIL", "ops@cs.example")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://evil.example/services/T/B/X")
    with dg.instance_for_test() as instance:
        result = breaking_job.execute_in_process(instance=instance, raise_on_error=False)
        tick(home, instance, result)
        (alert,) = (home / "outbox").iterdir()
        first = alert.stat().st_mtime_ns
        tick(home, instance, result)
    assert alert.name.startswith("ops-cs-example-")
    assert [path.stat().st_mtime_ns for path in (home / "outbox").iterdir()] == [first]


def test_wrong_settings_of_mail_do_not_silence_slack(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run may have failed because of them: just then somebody must be told."""
    monkeypatch.setenv("ALERT_SLACK_CHANNEL", "#cs-ops")
    monkeypatch.setenv("EMAIL_PROVIDER", "sendgrid")
    with dg.instance_for_test() as instance:
        result = breaking_job.execute_in_process(instance=instance, raise_on_error=False)
        tick(home, instance, result)
    (alert,) = (home / "outbox").iterdir()
    assert alert.name.startswith("slack-cs-ops-")

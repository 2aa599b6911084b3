"""What the settings mean for mail and Slack."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from cs_assets.config import BadConfiguration
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from resources.mail.choice import MailerResource
from resources.mail.choosing import choose_provider, sender_for
from resources.mail.providers import PROVIDERS
from resources.settings import Settings
from resources.slack.choice import SlackResource, choose_way


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings.load()


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="SENDGRID_API_KEY"):
        choose_provider(settings(monkeypatch, EMAIL_PROVIDER="sendgrid"))
    with pytest.raises(UsageError, match="AWS_REGION"):
        choose_provider(settings(monkeypatch, EMAIL_PROVIDER="ses"))


def test_a_real_provider_needs_a_real_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, SMTP_HOST="mail.test")
    with pytest.raises(UsageError, match="MAIL_FROM"):
        sender_for("smtp", found)
    assert sender_for("console", found) == "reports@cs-assets.example"
    found = settings(monkeypatch, MAIL_FROM="Reports <r@cs.test>")
    with pytest.raises(UsageError, match="not a mail address"):
        sender_for("smtp", found)


def test_the_console_is_a_rehearsal_whatever_the_environment(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    settings(monkeypatch, CS_ASSETS_ENVIRONMENT="production", EMAIL_PROVIDER="console")
    assert MailerResource(settings=Settings.load(cs_assets_home=home)).environment() == "rehearsal"
    settings(monkeypatch, EMAIL_PROVIDER="smtp", SMTP_HOST="mail.test")
    assert MailerResource(settings=Settings.load(cs_assets_home=home)).environment() == "production"


def test_slack_is_files_in_development_and_absent_in_production(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    slack = SlackResource(settings=Settings.load(cs_assets_home=home))
    assert slack.environment() == "rehearsal"
    settings(monkeypatch, CS_ASSETS_ENVIRONMENT="production")
    slack = SlackResource(settings=Settings.load(cs_assets_home=home))
    assert slack.environment() is None
    assert slack.courier() is None
    hook = "https://hooks.slack.com/services/T/B/X"
    assert choose_way(settings(monkeypatch, SLACK_WEBHOOK_URL=hook)) == "webhook"
    assert choose_way(settings(monkeypatch, SLACK_BOT_TOKEN="xoxb-1")) == "bot"


def test_a_url_that_is_no_webhook_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    settings(monkeypatch, SLACK_WEBHOOK_URL="https://evil.example/services/T/B/X")
    with pytest.raises(UsageError) as caught:
        SlackResource(settings=Settings.load(cs_assets_home=home)).courier()
    assert "evil.example" not in str(caught.value)


def test_a_policy_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    (tmp_path / "delivery.yaml").write_text("late_after_days: -1\n")
    with pytest.raises(BadConfiguration, match=r"delivery\.yaml"):
        load_policy(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"reports_url": "http://files.example/x"}, "reports_url"),
        ({"reports_url": "https://files.example/x?token=1"}, "reports_url"),
        ({"reply_to": {"rep_digest": "Ada <a@b.example>"}}, "reply_to"),
        ({"journal_keep_days": 1}, "journal_keep_days"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_named(
    tmp_path: Path, wrong: dict[str, object], named: str
) -> None:
    rules = {**load_policy().model_dump(mode="json"), **wrong}
    (tmp_path / "delivery.yaml").write_text(yaml.safe_dump(rules))
    with pytest.raises(BadConfiguration, match=named):
        load_policy(tmp_path)


def test_every_provider_can_be_asked_for_and_needs_only_settings_that_exist() -> None:
    (choices, _) = get_args(Settings.model_fields["email_provider"].annotation)
    assert set(get_args(choices)) == set(PROVIDERS)
    for provider in PROVIDERS.values():
        needed = {*provider.needs, *filter(None, [provider.chosen_by])}
        assert needed <= set(Settings.model_fields)

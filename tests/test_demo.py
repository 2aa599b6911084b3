"""What the demo reads, and of which week."""

import datetime as dt
import os

import orjson
import pytest

from cs_assets.commands import demo, offline
from cs_assets.errors import UsageError
from resources.gong.source import GongSource
from resources.settings import Settings
from tests.gong.answers import call


def test_of_all_settings_only_where_files_lie_is_left(monkeypatch):
    for name in [*Settings.model_fields, "aws_secret_access_key", "PGPASSWORD", "SLACK_NEW_TOKEN"]:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("Gong_Access_Key", "mixed case is read too")
    gone = offline.forget_providers()
    left = {name.lower() for name in os.environ} & set(Settings.model_fields)
    assert left == offline.LOCAL
    assert {"aws_secret_access_key", "PGPASSWORD", "SLACK_NEW_TOKEN", "Gong_Access_Key"} <= set(
        gone
    )
    assert "PATH" in os.environ


def test_no_setting_that_is_left_holds_a_secret_or_an_address():
    for name in offline.LOCAL:
        field = Settings.model_fields[name]
        assert "Secret" not in str(field.annotation)
        assert not name.endswith(("_url", "_host", "_key", "_token"))


def test_with_providers_a_demo_still_reads_files_of_calls(monkeypatch):
    monkeypatch.setenv("GONG_ACCESS_KEY", "key")
    monkeypatch.setenv("gong_access_key_secret", "secret")
    monkeypatch.setenv("GONG_OAUTH_CLIENT_ID", "client")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key")
    demo._forget_gong()
    left = [name.upper() for name in os.environ]
    assert not [name for name in left if name.startswith(("GONG_ACCESS_KEY", "GONG_OAUTH_"))]
    assert "ANTHROPIC_API_KEY" in left


def test_the_week_of_the_latest_call_is_taken_when_it_is_over(tmp_path, monkeypatch):
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("GONG_EXPORT_DIR", str(tmp_path))
    for started, week in (
        (now - dt.timedelta(hours=1), now - dt.timedelta(days=7)),
        (now - dt.timedelta(days=21), now - dt.timedelta(days=21)),
    ):
        answer = {"calls": [call("1", started.isoformat())]}
        (tmp_path / "calls-extensive.json").write_bytes(orjson.dumps(answer))
        chosen = demo.latest_week(
            Settings.load(), GongSource(settings=Settings.load(cs_assets_home=tmp_path))
        )
        monday = (week - dt.timedelta(days=week.weekday())).date()
        assert chosen == monday.isoformat()


def test_the_closing_table_says_what_did_not_go_out_and_what_lists_it():
    told = {"sent": 48, "sent_before": 0, "failed": 14, "unknown": 0, "waiting": 2}
    assert demo._sent(told) == "48, 14 failed, 2 waiting"
    assert demo._for_the_rest(told) == "cs-assets deliveries list --state failed"
    assert demo._for_the_rest({"sent": 48}) is None


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("tomorrow", "is no date; give it as YYYY-MM-DD"),
        ("2199-01-07", "is not over yet"),
        ("2025-12-01", "is before the first week"),
    ],
)
def test_the_sample_is_moved_to_days_that_can_be_told_of_only(today, words):
    with pytest.raises(UsageError, match=f"--today {today}.*{words}"):
        demo.demo(None, None, None, today=today)


def test_files_of_ones_own_are_not_moved(tmp_path):
    with pytest.raises(UsageError, match="--today moves the sample company"):
        demo.demo(tmp_path, None, None, today="2026-11-20")

"""What the demo reads, and of which week."""

import datetime as dt
import os

import orjson
import pytest

from cs_assets.commands import demo, offline, run
from cs_assets.errors import UsageError
from resources import remembered
from resources.gong.source import GongSource
from resources.home import Home
from resources.settings import Settings
from resources.warehouse_choice import warehouse
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


def _gong(home):
    settings = Settings.load(cs_assets_home=home)
    return GongSource(settings=settings, warehouse=warehouse(settings))


def test_the_week_of_the_latest_call_is_taken_when_it_is_over(tmp_path, monkeypatch):
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("GONG_EXPORT_DIR", str(tmp_path))
    for started, week in (
        (now - dt.timedelta(hours=1), now - dt.timedelta(days=7)),
        (now - dt.timedelta(days=21), now - dt.timedelta(days=21)),
    ):
        answer = {"calls": [call("1", started.isoformat())]}
        (tmp_path / "calls-extensive.json").write_bytes(orjson.dumps(answer))
        chosen = demo.latest_week(Settings.load(), _gong(tmp_path))
        monday = (week - dt.timedelta(days=week.weekday())).date()
        assert chosen == monday.isoformat()


def test_the_closing_table_says_what_did_not_go_out_and_what_lists_it():
    told = {"sent": 48, "sent_before": 0, "failed": 14, "unknown": 0, "waiting": 2}
    assert demo._sent(told) == "48, 14 failed, 2 waiting"
    assert demo._for_the_rest(told) == "cs-assets deliveries list --state failed"
    assert demo._for_the_rest({"sent": 48}) is None
    kept_back = {"sent": 0, "cancelled": 5}
    assert demo._sent(kept_back) == "0, 5 cancelled"
    assert demo._for_the_rest(kept_back) == "cs-assets deliveries list --state cancelled"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("tomorrow", "is no day"),
        ("2199-01-07", "is not over yet"),
        ("2025-12-01", "is before the first week"),
    ],
)
def test_the_sample_is_moved_to_days_that_can_be_told_of_only(today, words):
    with pytest.raises(UsageError, match=f"--today '?{today}.*{words}"):
        demo.demo(None, None, None, today=today)


def test_files_of_ones_own_are_not_moved(tmp_path):
    with pytest.raises(UsageError, match="--today moves the sample company"):
        demo.demo(tmp_path, None, None, today="2026-11-20")


def test_a_home_remembers_its_files_and_the_environment_wins(tmp_path, monkeypatch):
    home = Home(tmp_path)
    demo._remember(home, gong=tmp_path / "calls", data=tmp_path / "crm")
    settings = Settings.load(cs_assets_home=tmp_path)
    assert settings.home.sources == tmp_path / "crm"
    assert settings.gong_dir == tmp_path / "calls"
    demo._remember(home, gong=None, data=tmp_path / "other")
    assert Settings.load(cs_assets_home=tmp_path).gong_dir == tmp_path / "calls"
    monkeypatch.setenv("CS_ASSETS_SOURCES_DIR", str(tmp_path / "third"))
    assert Settings.load(cs_assets_home=tmp_path).home.sources == tmp_path / "third"


@pytest.mark.parametrize("company", ["sample", "own"])
def test_a_home_holds_one_company(tmp_path, company):
    demo._refuse_mixture(Home(tmp_path), own=company == "own")
    remembered.remember(tmp_path, remembered.Remembered(company))
    demo._refuse_mixture(Home(tmp_path), own=company == "own")
    with pytest.raises(UsageError, match=r"--home FOLDER demo"):
        demo._refuse_mixture(Home(tmp_path), own=company == "sample")


def test_a_note_that_is_damaged_is_named_and_one_of_strangers_is_read_with_care(tmp_path):
    (tmp_path / remembered.FILE_NAME).write_text("{")
    with pytest.raises(UsageError, match=r"installation\.json is damaged; remove it"):
        Settings.load(cs_assets_home=tmp_path)
    (tmp_path / remembered.FILE_NAME).write_text('{"company": 7, "sources": ["x"], "more": 1}')
    assert remembered.read(tmp_path) == remembered.Remembered()


def test_without_calls_the_last_full_week_is_taken_and_digests_are_left_out(tmp_path):
    settings = Settings.load(cs_assets_home=tmp_path)
    week = demo.latest_week(settings, _gong(tmp_path))
    assert dt.date.fromisoformat(week).weekday() == 0
    said = demo._lacks(demo.CycleReport(week), "digests", settings, reads_calls=False)
    assert "there are no calls" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("soon", "is no range of days; write 2026-11-02..2026-11-08"),
        ("2026-11-08..2026-11-02", "2026-11-02 is before 2026-11-08"),
        ("2025-12-31..2026-01-07", "before the first day"),
        ("2199-01-01", "is not yet"),
    ],
)
def test_ranges_that_cannot_be_are_one_line(text, words):
    with pytest.raises(UsageError, match=words):
        run._span(text)


def test_a_range_may_be_one_day():
    assert run._span("2026-11-02") == ("2026-11-02", "2026-11-02")
    assert run._span("2026-11-02..2026-11-08") == ("2026-11-02", "2026-11-08")

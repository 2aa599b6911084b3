"""What the demo reads, and of which week."""

import datetime as dt
import os

import orjson

from cs_assets.commands import demo
from resources.gong.source import GongSource
from resources.settings import Settings
from tests.gong.answers import call


def test_a_demo_reads_files_whatever_keys_are_set(monkeypatch):
    monkeypatch.setenv("GONG_ACCESS_KEY", "key")
    monkeypatch.setenv("gong_access_key_secret", "secret")
    monkeypatch.setenv("GONG_OAUTH_CLIENT_ID", "client")
    demo._forget_credentials()
    left = [name.upper() for name in os.environ]
    assert not [name for name in left if name.startswith(("GONG_ACCESS_KEY", "GONG_OAUTH_"))]


def test_the_week_of_the_latest_call_is_taken_when_it_is_over(tmp_path, monkeypatch):
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("GONG_EXPORT_DIR", str(tmp_path))
    for started, week in (
        (now - dt.timedelta(hours=1), now - dt.timedelta(days=7)),
        (now - dt.timedelta(days=21), now - dt.timedelta(days=21)),
    ):
        answer = {"calls": [call("1", started.isoformat())]}
        (tmp_path / "calls-extensive.json").write_bytes(orjson.dumps(answer))
        chosen = demo._latest_week(
            Settings.load(), GongSource(settings=Settings.load(cs_assets_home=tmp_path))
        )
        monday = (week - dt.timedelta(days=week.weekday())).date()
        assert chosen == monday.isoformat()

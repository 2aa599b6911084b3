"""While Snowflake is away commands that read answer from the local copy, and say how old it is."""

import logging
import os
import time

import pandas as pd
import pytest

from cs_assets.errors import Unavailable
from resources.settings import Settings
from resources.snowflake import snapshot as local
from sql import personal_data, snapshot
from tests.snowflake.local_server import key_in_environment, warehouse_on

CSM = {"csm_id": "C1", "csm_name": "Mia", "csm_email": "mia@example.com", "region": "Europe"}


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    return Settings.load(cs_assets_home=tmp_path)


@pytest.fixture
def taken(server, settings):
    """A snapshot of the server, and its home."""
    with warehouse_on(server).session("test") as db:
        db.append("source.csms", pd.DataFrame([CSM]))
        local.take(db, settings.home.snapshot)
        db._run("DELETE FROM source.csms")
    return settings


def test_what_can_be_answered_wholly_is_and_the_rest_is_refused(server, taken, caplog):
    away = warehouse_on({**server, "port": 9, "login_timeout": 1}, settings=taken)
    three_hours = time.time() - 3 * 3600
    os.utime(taken.home.snapshot, (three_hours, three_hours))
    with caplog.at_level(logging.WARNING, "cs_assets.home"), away.reading("test") as db:
        csms = db.query("snapshot/source.csms")
        assert csms.to_dict("records") == [{**CSM, "csm_email": "withheld"}]
        with pytest.raises(Unavailable, match=r"gong.* is in no local copy"):
            db.query("gong/open_letter_ids")
        with pytest.raises(Unavailable):
            db.query("doctor/session")
        with pytest.raises(Unavailable):
            db.replace("source.csms", csms, {})
    assert "3.0 hours old" in caplog.text
    assert taken.home.snapshot.stat().st_mode & 0o077 == 0
    assert b"mia@example" not in taken.home.snapshot.read_bytes()


def test_without_a_snapshot_it_is_told_that_snowflake_is_away(server, settings):
    away = warehouse_on({**server, "port": 9, "login_timeout": 1}, settings=settings)
    with pytest.raises(Unavailable, match="did not answer"), away.reading("test"):
        pass


def test_no_word_is_copied():
    copied = {table.full_name for table in snapshot.copied()}
    assert not any(personal_data.holds(name, "words") for name in copied)
    assert {"analytics.customer_metrics", "source.csms", "source.customers"} <= copied

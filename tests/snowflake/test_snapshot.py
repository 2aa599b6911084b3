"""While Snowflake is away commands that read answer from the local copy, and say how old it is."""

import datetime as dt
import logging
import os
import time

import pandas as pd
import pytest
import snowflake.connector

from cs_assets.errors import Unavailable
from resources.settings import Settings
from resources.snowflake import snapshot as local
from sql import catalog, personal_data, snapshot
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


def test_reaching_is_tried_once(server, settings, monkeypatch):
    tries, connect = [], snowflake.connector.connect
    monkeypatch.setattr(
        "snowflake.connector.connect", lambda **named: tries.append(1) or connect(**named)
    )
    away = warehouse_on({**server, "port": 9, "login_timeout": 1}, settings=settings)
    with pytest.raises(Unavailable, match="did not answer"):
        away.reach()
    assert len(tries) == 1
    assert away._open == []
    there = warehouse_on(server, settings=settings)
    there.reach()
    with there.session("test") as db:
        assert "csm_id" in db.columns("source.csms")
    assert len(tries) == 2  # the session is the one that was reached
    there.close()


def test_no_word_is_copied(server, settings):
    """Of tables with words those that are shown without, each word another: none is in the file."""
    told = {}
    tables = sorted(frozenset().union(*snapshot.SHOWN_WITHOUT_WORDS.values()))
    with warehouse_on(server).session("test") as db:
        for number, name in enumerate(tables):
            told[name] = _row(name, number)
            db.append(name, pd.DataFrame([told[name]]))
        local.take(db, settings.home.snapshot)
        for name in tables:
            db._run(f"DELETE FROM {name}")
    copied = settings.home.snapshot.read_bytes()
    assert b"secret" not in copied
    away = warehouse_on({**server, "port": 9, "login_timeout": 1}, settings=settings)
    with away.reading("test") as db:
        assert db.query("customers/overview", [dt.date(2026, 11, 9), None]).empty
        with pytest.raises(Unavailable, match="are in no local copy"):  # looks into the words
            db.query("customers/insights_up_to", [dt.date(2026, 11, 9)])
    held = {table.full_name for table in snapshot.copied() if table.full_name not in tables}
    assert not any(personal_data.holds(name, "words") for name in held)
    assert {"analytics.customer_metrics", "source.csms", "source.customers"} <= held


def _row(name: str, number: int) -> dict[str, object]:
    """A row whose every word is a secret."""
    words = personal_data.columns_of(name, "words")
    values = {"STRING": str(number), "DATE": dt.date(2026, 11, 9), "BOOLEAN": False}
    return {
        column.name: f"secret {column.name}"
        if column.name in words
        else values.get(column.type, dt.datetime(2026, 11, 9) if "TIME" in column.type else 1)
        for column in catalog.table(name).columns
    }


def test_a_reader_waits_seconds_where_there_is_a_copy(server, taken):
    waits = warehouse_on(server, settings=taken)
    assert waits._patience()["login_timeout"] <= 15
    waits._managed = True  # a run keeps what it reads until the warehouse is back
    assert waits._patience() == {}
    waits._managed = False
    taken.home.snapshot.unlink()
    assert waits._patience() == {}

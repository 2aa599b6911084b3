"""Looks: what is asked all day is answered from this machine until a table changes."""

import datetime as dt
import json

import pandas as pd
import pytest
from snowflake.connector.errors import ProgrammingError

from resources.settings import Settings
from tests.snowflake import statement_log
from tests.snowflake.local_server import key_in_environment, warehouse_on

DAY = dt.datetime(2026, 11, 9)
ASKED = ("gong/purges_since", [DAY])
PURGE = {"reason": "erased", "purged_at": DAY, "run_id": "r"}


@pytest.fixture
def warehouse(server, tmp_path, monkeypatch):
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    found = warehouse_on(server, settings=Settings.load(cs_assets_home=tmp_path))
    yield found
    with found.session("test") as db:
        db.replace("gong.gong_purges", pd.DataFrame(), {})


def looked(warehouse):
    """The call ids that a look shows, and how many statements asked the tables for it."""
    with statement_log.statements() as sent, warehouse.session("test") as db:
        found = list(db.look(*ASKED).call_id)
    return found, sum(" FROM " in one.text or "\nFROM " in one.text for one in sent)


def refuse(relation):
    raise ProgrammingError(msg=f"{relation} does not exist", errno=2003, sqlstate="42S02")


def put(warehouse, call_id, after=lambda db: None):
    with warehouse.session("test") as db:
        db.merge("gong.gong_purges", pd.DataFrame([{"call_id": call_id, **PURGE}]))
        after(db)


def test_a_table_is_asked_again_only_when_it_has_changed(warehouse):
    assert looked(warehouse) == ([], 1)
    assert looked(warehouse) == ([], 0)
    put(warehouse, "1")
    assert looked(warehouse) == (["1"], 1)
    assert looked(warehouse) == (["1"], 0)
    # Who has written looks again before it ends, so that the next finds it all kept, also what was
    # looked at after the write for the first time.
    put(warehouse, "2", after=lambda db: db.look_again())
    assert looked(warehouse) == (["1", "2"], 0)


def test_what_is_read_after_a_write_is_the_table_itself(warehouse):
    looked(warehouse)
    with warehouse.session("test") as db, db.transaction("gong.gong_purges"):
        db.merge("gong.gong_purges", pd.DataFrame([{"call_id": "4", **PURGE}]))
        assert list(db.look(*ASKED).call_id) == ["4"]
    with warehouse.session("test") as db:
        db.execute("gong/drop_private_transcripts", [DAY, DAY])
        db.look("gong/erased_calls")
        db.look_again()
    with statement_log.statements() as sent, warehouse.session("test") as db:
        assert list(db.look("gong/erased_calls").call_id) == ["4"]
    assert len(sent) == 1  # the versions


def test_nothing_is_kept_where_snowflake_does_not_tell_or_the_file_is_damaged(
    warehouse, tmp_path, monkeypatch
):
    looked(warehouse)
    (kept,) = (tmp_path / "looks").glob("*.json")
    for damage in (
        b"{",
        b'{"asked": 1}',
        json.dumps(dict(json.loads(kept.read_bytes()), columns=[1])).encode(),
    ):
        kept.write_bytes(damage)
        assert looked(warehouse) == ([], 1)
    monkeypatch.setattr("tests.snowflake.local_server._version_of", refuse)
    assert looked(warehouse) == ([], 1)


@pytest.mark.parametrize("column", ["call_id", "purged_at"])
def test_a_list_of_many_values_is_one_bound_value(warehouse, column):
    days = [DAY + dt.timedelta(days=n) for n in range(20_000)]
    rows = pd.DataFrame([{**PURGE, "call_id": f"'{n}\"é", "purged_at": days[n]} for n in (0, 7)])
    wanted = {"call_id": [f"'{n}\"é" for n in range(1, 20_001)], "purged_at": days[1:]}
    with warehouse.session("test") as db:
        db.merge("gong.gong_purges", rows)
        with statement_log.statements() as sent:
            db.replace("gong.gong_purges", rows[:0], {column: wanted[column]})
        (deleted,) = [one for one in sent if one.kind == "DELETE"]
        assert deleted.text.count("?") == 1
        assert list(db.query(*ASKED).call_id) == ["'0\"é"]

"""Words of a call that goes leave the rows that quoted it on Snowflake too, in few statements."""

import pandas as pd
import pytest

from cs_assets.gong import purging, withdrawing
from resources.settings import Settings
from tests.gong import quoting_rows
from tests.snowflake import statement_log
from tests.snowflake.local_server import key_in_environment, warehouse_on


@pytest.fixture
def warehouse(server, tmp_path, monkeypatch):
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    found = warehouse_on(server, settings=Settings.load(cs_assets_home=tmp_path))
    yield found
    with found.session("test") as db:
        for table in (*quoting_rows.rows(), "gong.gong_purges"):
            db.replace(table, pd.DataFrame(), {})


def test_no_word_is_left_on_snowflake(warehouse):
    now = quoting_rows.NOW
    with warehouse.session("test") as db:
        quoting_rows.put(db)
        assert quoting_rows.left(db)
        purging.purge(db, [quoting_rows.GOES], "private", now, "run")
        with statement_log.statements() as sent:
            assert withdrawing.withdraw(db, withdrawing.due(db, now), now)
        assert quoting_rows.left(db) == []
        assert db.query("gong/purges_since", [now]).call_id.tolist() == [quoting_rows.GOES]
    # However many calls and rows there are.
    assert len(sent) <= 70

"""What Snowflake and the network do wrong, by the real connector: clear, and never half-written."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest
import snowflake.connector

from cs_assets.errors import CsAssetsError, Unavailable
from resources.snowflake import bound_rows
from tests.snowflake.fault_proxy import CUT, fault_proxy
from tests.snowflake.local_server import arguments_of, warehouse_on

TABLE = "gong.gong_staged_days"
DAY = dt.date(2026, 11, 9)
OLD = pd.DataFrame(
    {"call_date": [DAY], "fingerprint": ["old"], "staged_at": [dt.datetime(2026, 11, 10)]}
)
NEW = OLD.assign(fingerprint="new")


@pytest.fixture(scope="module")
def account(server):
    with fault_proxy(server) as (broken, faults):
        yield server, broken, faults


@pytest.fixture
def away(account, monkeypatch):
    """A warehouse behind the proxy, its faults, and a look at the rows past the proxy."""
    arguments, broken, faults = account
    monkeypatch.setattr("resources.snowflake.session._WAIT_SECONDS", 0.01)
    monkeypatch.setattr(bound_rows, "MOST_VALUES", 0)  # a row goes the way of many: PUT and COPY
    faults.planned.clear()
    faults.statements.clear()
    faults.tags.clear()
    direct = warehouse_on(arguments)
    with direct.session("before") as db:
        db.replace(TABLE, OLD, {})

    def rows() -> list[str]:
        with direct.session("look") as db:
            return sorted(db.query("gong/staged_days", [DAY, DAY]).fingerprint)

    yield warehouse_on(broken), faults, rows
    with direct.session("after") as db:  # the server is for others as well
        db.replace(TABLE, pd.DataFrame(), {})


def replace(warehouse) -> None:
    with warehouse.session("test") as db:
        db.replace(TABLE, NEW, {"call_date": DAY})


@pytest.mark.parametrize("statement", ["^BEGIN", "^UPDATE ops.lock_", "^COPY INTO"])
@pytest.mark.parametrize("code", ["000625", "390114"])
def test_a_passing_trouble_is_tried_again_and_leaves_the_whole_partition(away, statement, code):
    warehouse, faults, rows = away
    faults.plan(statement, code)
    replace(warehouse)
    assert faults.planned == []
    assert rows() == ["new"]


@pytest.mark.parametrize("statement", ["^PUT", "^COPY INTO"])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("000630", "SNOWFLAKE_STATEMENT_TIMEOUT"),
        ("000604", "SNOWFLAKE_STATEMENT_TIMEOUT"),
        ("000606", "SNOWFLAKE_WAREHOUSE"),
        ("003001", "grant"),
    ],
)
def test_what_will_not_pass_is_told_once_and_leaves_the_old_rows(away, statement, code, said):
    warehouse, faults, rows = away
    faults.plan(statement, code)
    with pytest.raises(CsAssetsError, match=said) as error:
        replace(warehouse)
    assert "\n" not in str(error.value)
    assert not isinstance(error.value, Unavailable)
    assert rows() == ["old"]


def test_a_lock_queue_that_stays_full_is_told_as_unavailable(away):
    warehouse, faults, rows = away
    faults.plan("^UPDATE ops.lock_", "000625", "too many waiters", times=20)
    with pytest.raises(Unavailable, match="625"):
        replace(warehouse)
    assert len(faults.planned) == 16
    assert rows() == ["old"]


def test_an_expired_token_is_renewed_in_the_same_session(away):
    warehouse, faults, rows = away
    faults.plan("^DELETE FROM gong", "390112", "session token expired")
    before = faults.renewals
    replace(warehouse)
    assert faults.renewals == before + 1
    assert rows() == ["new"]


@pytest.mark.parametrize("statement", ["^BEGIN", "^DELETE FROM gong", "^COPY INTO"])
def test_a_cut_connection_never_leaves_half_a_partition(away, statement):
    warehouse, faults, rows = away
    faults.plan(statement, CUT)
    replace(warehouse)  # the connector asks again with the same request id
    assert rows() == ["new"]


def test_a_transaction_that_lost_its_session_is_not_tried_again_in_part(away):
    warehouse, faults, rows = away

    def write() -> None:
        with warehouse.session("test") as db, db.transaction(TABLE):
            db.replace(TABLE, NEW, {"call_date": DAY})
            faults.plan("^DELETE FROM gong", "390114")
            db.replace(TABLE, NEW, {"call_date": DAY})

    with pytest.raises(Unavailable, match="390114"):
        write()
    assert rows() == ["old"]


def test_a_write_that_the_transaction_does_not_name_is_refused(away):
    warehouse, _, rows = away

    def write() -> None:
        with warehouse.session("test") as db, db.transaction("gong.gong_users"):
            db.replace(TABLE, NEW, {"call_date": DAY})

    with pytest.raises(ValueError, match="does not name it"):
        write()
    assert rows() == ["old"]


def test_a_server_that_is_not_there_is_one_line(account):
    arguments, *_ = account
    nowhere = warehouse_on({**arguments, "port": 9, "login_timeout": 1})
    with pytest.raises(CsAssetsError) as error, nowhere.session("test") as db:
        db.query("doctor/customers")
    assert "\n" not in str(error.value)


def test_what_statements_mean_and_how_long_they_wait_is_pinned(server, monkeypatch):
    given: dict[str, Any] = {}
    connect = snowflake.connector.connect

    def connecting(**named: Any) -> Any:
        given.update(named, session_parameters={**named["session_parameters"]})
        return connect(**named)

    monkeypatch.setattr(snowflake.connector, "connect", connecting)
    # The connector writes into the mapping that it is given, and other tests gave it this one.
    usual = arguments_of(server["port"])
    del usual["network_timeout"]
    with warehouse_on(usual).session("test") as db:
        assert len(db.query("gong/staged_days", [DAY, DAY])) >= 0
    pinned = given["session_parameters"]
    meant = {
        "TIMEZONE": "UTC", "WEEK_START": 1, "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
        "AUTOCOMMIT": True, "AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR": False,
    }  # fmt: skip
    assert meant.items() <= pinned.items()
    assert 0 < given["network_timeout"] <= 300  # Snowflake ends what idles and is waited for
    assert 300 < pinned["LOCK_TIMEOUT"] < pinned["STATEMENT_TIMEOUT_IN_SECONDS"] <= 3600


def test_statements_carry_asset_and_run_as_query_tag(away):
    warehouse, faults, _ = away
    replace(warehouse)
    assert faults.tags - {""} == {"cs_assets;asset=test"}  # the connector's own COMMIT has none


def test_merging_twice_changes_nothing_and_counts_truly(away):
    warehouse, _, rows = away
    with warehouse.session("test") as db:
        first = db.merge(TABLE, NEW)
        second = db.merge(TABLE, NEW)
        third = db.merge(TABLE, NEW.assign(call_date=DAY + dt.timedelta(days=1)))
    assert (first.inserted, first.updated) == (0, 1)
    assert (second.inserted, second.updated) == (0, 0)
    assert (third.inserted, third.updated) == (1, 0)
    assert rows() == ["new"]

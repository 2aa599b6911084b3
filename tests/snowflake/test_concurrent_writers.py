"""Two who write to one table at once: no row twice, no half partition; and what marks a session.

The local server is made to wait for locks as Snowflake does. What it proves is that the port
takes them where it must: without them the same writers do make duplicates.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import dagster as dg
import pandas as pd
import pytest
import snowflake.connector

from cs_assets.errors import Unavailable
from resources.snowflake.schemas import USUAL
from resources.snowflake.session import SnowflakeSession
from resources.snowflake.warehouse import SnowflakeWarehouse
from tests.snowflake import statement_log
from tests.snowflake.local_server import DATABASE, key_in_environment, warehouse_on
from tests.snowflake.writing_process import DAY, ROWS, TABLE, merge, replace, rows_of
from tests.waiting import PATIENCE, finished, first_line


@pytest.fixture
def arguments(server):
    return {**server, "network_timeout": 60}


def stored(arguments) -> pd.DataFrame:
    """What is in the table: number and writer of each row."""
    with snowflake.connector.connect(
        **arguments, password="x", database=DATABASE, schema="OPS"
    ) as connection:
        select = USUAL.placed(f"SELECT chunk_index, chunk_text FROM {TABLE}")
        rows = connection.cursor().execute(select)
        return pd.DataFrame(rows.fetchall(), columns=["number", "writer"])


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Begin all at the same moment, each in a thread of its own; what they raised."""
    barrier = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        barrier.wait(PATIENCE)
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    finished(*threads)
    return raised


@pytest.fixture(autouse=True)
def _empty(arguments):
    with warehouse_on(arguments).session("empty") as db:
        db.replace(TABLE, rows_of("nobody")[:0], {})


@pytest.mark.parametrize("turn", range(3))
def test_a_partition_replaced_by_three_at_once_is_that_of_one(arguments, turn):
    writers = [warehouse_on(arguments) for _ in range(3)]
    raised = at_once(*(partial(replace, one, f"w{n}") for n, one in enumerate(writers)))
    assert raised == []
    rows = stored(arguments)
    assert len(rows) == ROWS
    assert rows.writer.nunique() == 1
    assert sorted(rows.number) == list(range(ROWS))


@pytest.mark.parametrize("turn", range(3))
def test_merges_of_the_same_keys_at_once_insert_each_once(arguments, turn):
    writers = [warehouse_on(arguments) for _ in range(3)]
    works = (partial(merge, one, f"w{n}", n * ROWS // 2) for n, one in enumerate(writers))
    assert at_once(*works) == []
    rows = stored(arguments)
    assert sorted(rows.number) == list(range(2 * ROWS))


def test_a_merge_and_a_replacement_at_once_follow_each_other(arguments):
    one, other = warehouse_on(arguments), warehouse_on(arguments)
    raised = at_once(partial(merge, one, "m", ROWS // 2), partial(replace, other, "r"))
    assert raised == []
    rows = stored(arguments)
    assert not rows.number.duplicated().any()
    assert set(rows[rows.writer == "r"].number) in (set(range(ROWS)), set(range(ROWS // 2)))


def test_without_the_lock_the_same_writers_make_duplicates(arguments, monkeypatch):
    """What the two tests above would see if the lock did nothing."""
    met = threading.Barrier(3)

    def take_nothing(self: SnowflakeSession, table: str) -> None:
        self._run(USUAL.placed(f"SELECT COUNT(*) FROM {table}"))  # from here on it sees no other
        met.wait(PATIENCE)

    monkeypatch.setattr("resources.snowflake.session.SnowflakeSession._take", take_nothing)
    writers = [warehouse_on(arguments) for _ in range(3)]
    raised = at_once(*(partial(merge, one, f"w{n}") for n, one in enumerate(writers)))
    assert raised == []
    assert stored(arguments).number.duplicated().sum() == 2 * ROWS


def test_processes_that_write_at_once_leave_one_whole_partition(arguments):
    """This one and another, with real connections, each merging and replacing several times."""
    warehouse = warehouse_on(arguments)
    named = {name: getattr(warehouse, name) for name in ("account", "user", "database", "extra")}
    command = [sys.executable, "-m", "tests.snowflake.writing_process", json.dumps(named), "p1"]
    with subprocess.Popen(
        command, env={**os.environ, **key_in_environment()}, stdout=subprocess.PIPE
    ) as other:
        assert first_line(other) == b"begins\n"
        turns = 0
        while other.poll() is None:
            merge(warehouse, "p2", turns % ROWS)
            replace(warehouse, "p2")
            turns += 1
    assert other.returncode == 0
    assert turns >= 1
    rows = stored(arguments)
    assert sorted(rows.number) == list(range(ROWS))
    assert rows.writer.nunique() == 1


def test_a_connection_closed_in_a_transaction_writes_nothing_more(arguments):
    """A new session would write outside of the transaction, so none is opened."""
    warehouse = warehouse_on(arguments)
    replace(warehouse, "before")

    def write() -> None:
        with warehouse.session("test") as db, db.transaction(TABLE):
            db.replace(TABLE, rows_of("after"), {"call_date": DAY})
            db._connection.close()
            db.append(TABLE, rows_of("after", ROWS))

    with pytest.raises(Unavailable, match="closed in a transaction"):
        write()
    assert set(stored(arguments).writer) == {"before"}


def test_statements_of_a_run_carry_its_id_and_the_asset(arguments, tmp_path, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))  # what others looked at is not asked again

    @dg.asset(name="first_table")
    def first(warehouse: dg.ResourceParam[SnowflakeWarehouse]) -> None:
        replace(warehouse, "first_table")

    @dg.asset(name="second_table", deps=["first_table"])
    def second(warehouse: dg.ResourceParam[SnowflakeWarehouse]) -> None:
        replace(warehouse, "second_table")

    with statement_log.statements() as sent:
        run = dg.materialize([first, second], resources={"warehouse": warehouse_on(arguments)})
    assert {one.tag for one in sent} == {
        f"cs_assets;asset={asset};run={run.run_id}" for asset in ("first_table", "second_table")
    }
    kinds = [one.kind for one in sent if "second_table" in one.tag]
    assert kinds == ["BEGIN", "UPDATE", "DELETE", "INSERT", "COMMIT"]

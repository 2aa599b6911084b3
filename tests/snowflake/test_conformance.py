"""The whole weekly cycle gives the same rows on DuckDB and, by the real connector, on Snowflake."""

import pickle
import subprocess
import sys

import pandas as pd
import pytest
import snowflake.connector

from resources.home import Home
from resources.snowflake.locks import make_lock
from resources.snowflake.rows import normalised
from resources.snowflake.warehouse import SnowflakeWarehouse
from sql import catalog
from tests.figures import Figure, Tell
from tests.snowflake import small_tenant, weekly
from tests.snowflake.local_server import DATABASE, local_server, warehouse_on
from tests.snowflake.paper_account import set_up


@pytest.fixture(scope="module")
def cycles(tmp_path_factory: pytest.TempPathFactory):
    """Both engines after the cycle, Snowflake in an account just set up: what it came to, rows."""
    root = tmp_path_factory.mktemp("cycles")
    for engine in ("duckdb", "snowflake"):
        small_tenant.put(Home(root / engine).ensure())
    answer = root / "answer"
    command = [sys.executable, "-m", "tests.snowflake.embedded_cycle", root / "duckdb", answer]
    with subprocess.Popen(command) as embedded:
        with local_server() as arguments:
            set_up(arguments)
            remote = warehouse_on(arguments)
            _let_sources_be_loaded(remote)
            right = weekly.outcome(weekly.run(remote, root / "snowflake"))
            with snowflake.connector.connect(
                **arguments, password="any", database=DATABASE, schema="OPS"
            ) as connection:
                tables = catalog.tables().values()
                right_rows = {table.full_name: _rows(connection, table) for table in tables}
        assert embedded.wait(300) == 0
    left, left_rows = pickle.loads(answer.read_bytes())
    return left, right, left_rows, right_rows


def _let_sources_be_loaded(warehouse: SnowflakeWarehouse) -> None:
    """What other teams own comes in through the port here, and so needs locks as well."""
    with warehouse.session("sources") as db:
        for table in catalog.tables().values():
            if table.schema == "source":
                db._run(make_lock(table.full_name))


def _rows(connection, table: catalog.Table) -> pd.DataFrame:
    cursor = connection.cursor().execute(weekly.select_all(table))
    return normalised(cursor.fetch_pandas_all(), cursor.description)


def test_the_cycle_succeeds_on_both(cycles):
    left, right, *_ = cycles
    assert left.failed == {}
    assert right == left


def test_every_table_has_the_same_rows(cycles, tell: Tell):
    *_, left_rows, right_rows = cycles
    found = [
        line
        for table in catalog.tables().values()
        for line in weekly.differences(
            table, left_rows[table.full_name], right_rows[table.full_name]
        )
    ]
    filled = sum(not rows.empty for rows in left_rows.values())
    rows = sum(map(len, left_rows.values()))
    figure = Figure(
        "P-snowflake-01",
        "same_rows_on_both_engines",
        f"{len(left_rows)} tables, {filled} with rows, {rows} rows, {len(found)} differences",
        "every declared table, 0 differences",
        not found,
    )
    tell(figure)
    assert not found, "\n".join(found)
    assert filled >= 45
    for name in _OF_THE_DESIGN:
        assert not left_rows[name].empty, name


#: The tables that the design names.
_OF_THE_DESIGN = (
    "gong.gong_calls_raw",
    "gong.gong_call_transcripts_raw",
    "gong.stg_gong_calls",
    "gong.stg_gong_call_transcripts",
    "gong.stg_gong_call_participants",
    "gong.stg_gong_call_topics",
    "analytics.customer_metrics",
    "analytics.csm_routing_recommendations",
    "analytics.account_csm_assignments",
    "analytics.weekly_reports",
)

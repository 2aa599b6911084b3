"""The whole weekly cycle on DuckDB and, by the real connector, on Snowflake; what differs."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import snowflake.connector

from resources.home import Home
from resources.snowflake.locks import make_lock
from resources.snowflake.rows import normalised
from resources.snowflake.schemas import USUAL
from resources.snowflake.warehouse import SnowflakeWarehouse
from sql import catalog
from tests.figures import Figure
from tests.snowflake import small_tenant, weekly
from tests.snowflake.local_server import DATABASE, local_server, warehouse_on
from tests.snowflake.paper_account import set_up
from tests.waiting import PATIENCE


class Cycles(NamedTuple):
    """What the cycle came to on each engine, and its rows by table."""

    left: Any
    right: Any
    left_rows: dict[str, pd.DataFrame]
    right_rows: dict[str, pd.DataFrame]

    def differences(self) -> list[str]:
        return [
            line
            for table in catalog.tables().values()
            for line in weekly.differences(
                table, self.left_rows[table.full_name], self.right_rows[table.full_name]
            )
        ]


def cycles(root: Path, history_weeks: int = 1) -> Cycles:
    """Both engines after the cycle, Snowflake in an account just set up.

    With so many weeks before the week, made as a range.
    """
    for engine in ("duckdb", "snowflake"):
        small_tenant.put(Home(root / engine).ensure())
    answer = root / "answer"
    command = [
        sys.executable, "-m", "tests.snowflake.embedded_cycle", root / "duckdb", answer,
        str(history_weeks),
    ]  # fmt: skip
    with subprocess.Popen(command) as embedded:
        with local_server() as arguments:
            set_up(arguments)
            remote = warehouse_on(arguments)
            _let_sources_be_loaded(remote)
            right = weekly.outcome(weekly.run(remote, root / "snowflake", history_weeks))
            with snowflake.connector.connect(
                **arguments, password="any", database=DATABASE, schema="OPS"
            ) as connection:
                tables = catalog.tables().values()
                right_rows = {table.full_name: _rows(connection, table) for table in tables}
        assert embedded.wait(PATIENCE) == 0
    left, left_rows = pickle.loads(answer.read_bytes())
    return Cycles(left, right, left_rows, right_rows)


def _let_sources_be_loaded(warehouse: SnowflakeWarehouse) -> None:
    """What other teams own comes in through the port here, and so needs locks as well."""
    with warehouse.session("sources") as db:
        for table in catalog.tables().values():
            if table.schema == "source":
                db._run(make_lock(table.full_name))


def _rows(connection: Any, table: catalog.Table) -> pd.DataFrame:
    cursor = connection.cursor().execute(USUAL.placed(weekly.select_all(table)))
    return normalised(cursor.fetch_pandas_all(), cursor.description)


def figure(found: Cycles) -> Figure:
    """P-snowflake-01."""
    filled = sum(not rows.empty for rows in found.left_rows.values())
    rows = sum(map(len, found.left_rows.values()))
    differences = len(found.differences())
    return Figure(
        "P-snowflake-01",
        "same_rows_on_both_engines",
        f"{len(found.left_rows)} tables, {filled} with rows, {rows} rows, "
        f"{differences} differences",
        "every declared table, 0 differences",
        not differences,
    )

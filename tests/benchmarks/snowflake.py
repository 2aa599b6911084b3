"""Bulk loads through the port beside the bare engine's, in one run."""

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import snowflake.connector

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Warehouse
from sql import catalog
from tests.figures import Figure
from tests.snowflake import both_engines, rights, sql_mutations

TABLE = "gong.stg_gong_call_transcripts"
ROWS = 1_000_000
_TURNS = 5
_DAY = dt.date(2026, 11, 9)


def sentences(rows: int) -> pd.DataFrame:
    """Transcript rows as staging makes them, ``rows`` many."""
    place = np.arange(rows)
    words = np.array([f"we would like to see what number {n} means for us" for n in range(997)])
    return pd.DataFrame(
        {
            "call_id": (place // 200).astype(str),
            "call_date": _DAY,
            "sentence_index": place % 200,
            "turn_index": place % 200 // 4,
            "speaker_id": (place % 2).astype(str),
            "affiliation": np.where(place % 2 == 0, "Internal", "External"),
            "user_id": None,
            "start_ms": place % 200 * 3000,
            "end_ms": place % 200 * 3000 + 2500,
            "sentence": words[place % 997],
        }
    )


def load_into_snowflake(rows: int = ROWS) -> Figure:
    """P-snowflake-03, on the local Snowflake server."""
    port, bare = _on_snowflake(sentences(rows))
    return _figure("P-snowflake-03", "load_into_snowflake", rows, port, bare)


def load_into_duckdb(rows: int = ROWS) -> Figure:
    """P-snowflake-04."""
    port, bare = _on_duckdb(sentences(rows))
    return _figure("P-snowflake-04", "load_into_duckdb", rows, port, bare)


def same_rows_on_both_engines() -> Figure:
    """P-snowflake-01."""
    with tempfile.TemporaryDirectory() as folder:
        return both_engines.figure(both_engines.cycles(Path(folder)))


def _figure(code: str, name: str, rows: int, port: float, bare: float) -> Figure:
    ratio = port / bare
    value = f"{rows} rows {port:.2f} s against {bare:.2f} s = {ratio:.2f} x"
    return Figure(code, name, value, "at most 1.50 x", ratio <= 1.5)


def _fastest(
    ways: dict[str, Callable[[], None]], before: Callable[[], None] = lambda: None
) -> list[float]:
    """Seconds of each way, the best of some interleaved turns; ``before`` is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_TURNS):
        for name, way in ways.items():
            before()
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    return [min(seconds) for seconds in taken.values()]


def _by_the_port(warehouse: Warehouse, frame: pd.DataFrame) -> Callable[[], None]:
    def load() -> None:
        with warehouse.session("benchmark") as db:
            db.replace(TABLE, frame, {"call_date": _DAY})

    return load


def _on_snowflake(frame: pd.DataFrame) -> list[float]:
    from tests.snowflake.local_server import DATABASE, local_server, prepare, warehouse_on

    with local_server() as arguments:
        arguments = {**arguments, "network_timeout": 120}
        prepare(arguments)
        warehouse = warehouse_on(arguments)
        with snowflake.connector.connect(
            **arguments, password="any", database=DATABASE, schema="OPS"
        ) as connection:
            return _fastest(
                {
                    "port": _by_the_port(warehouse, frame),
                    "bare": lambda: _put_and_copy(connection, frame),
                },
                before=lambda: connection.cursor().execute(f"TRUNCATE TABLE {TABLE}") and None,
            )


def _put_and_copy(connection: Any, frame: pd.DataFrame) -> None:
    """What the connector's manual does: Parquet, PUT, COPY INTO the table itself."""
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY STAGE IF NOT EXISTS bare_rows")
    cursor.execute("DROP TABLE IF EXISTS bare_transcripts")
    columns = catalog.table(TABLE).columns
    types = ", ".join(f"{column.name} {column.type}" for column in columns)
    cursor.execute(f"CREATE TABLE bare_transcripts ({types})")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows_{time.perf_counter_ns()}.parquet"
        named = frame.rename(columns=str.upper)
        pq.write_table(pa.Table.from_pandas(named, preserve_index=False), path)
        cursor.execute(f"PUT 'file://{path}' @bare_rows/{path.stem} AUTO_COMPRESS = FALSE")
        names = ", ".join(frame.columns)
        values = ", ".join(
            f"$1:{column.name.upper()}::{column.type}"
            for column in columns
            if column.name in frame.columns
        )
        cursor.execute(
            f"COPY INTO bare_transcripts ({names}) FROM (SELECT {values} FROM "
            f"@bare_rows/{path.stem}) FILE_FORMAT = (TYPE = PARQUET)"
        )


def _on_duckdb(frame: pd.DataFrame) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(path=str(Path(folder) / "port.duckdb"))
        with warehouse.session("prepare"):
            pass
        return _fastest(
            {
                "port": _by_the_port(warehouse, frame),
                "bare": lambda: _bulk_insert(Path(folder) / "bare.duckdb", frame),
            }
        )


def _bulk_insert(path: Path, frame: pd.DataFrame) -> None:
    """What DuckDB's manual does: INSERT .. SELECT from the frame, the same rows replaced."""
    table = catalog.table(TABLE)
    types = ", ".join(
        f"{column.name} {column.type.replace('STRING', 'VARCHAR')}" for column in table.columns
    )
    names = ", ".join(frame.columns)
    connection = duckdb.connect(str(path))
    try:
        connection.execute("SET threads = 2")
        connection.execute(f"CREATE TABLE IF NOT EXISTS bare ({types})")
        connection.execute("BEGIN")
        connection.execute("DELETE FROM bare WHERE call_date = ?", [_DAY])
        connection.execute(f"INSERT INTO bare ({names}) SELECT {names} FROM frame")
        connection.execute("COMMIT")
    finally:
        connection.close()


BY_ID = {
    "P-snowflake-01": same_rows_on_both_engines,
    "P-snowflake-02": sql_mutations.figure,
    "P-snowflake-03": load_into_snowflake,
    "P-snowflake-04": load_into_duckdb,
    "P-snowflake-10": rights.relations_with_words_or_people,
}

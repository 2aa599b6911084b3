"""Reads a warehouse of another version where it cannot be brought up to date.

Tables of this version's form stand in memory, as views on what the file has: columns that it lacks
are empty, tables that it lacks have no rows. Nothing is copied, and nothing is written.
"""

from collections.abc import Mapping

import duckdb

from resources.duckdb import prelude
from sql import catalog

_FILE = "of_another_version"


def lay_over(connection: duckdb.DuckDBPyConnection, quoted_path: str) -> None:
    """Attach the file to read, and beside it, as ``warehouse``, what stands for its tables."""
    connection.execute(f"ATTACH '{quoted_path}' AS {_FILE} (READ_ONLY)")
    connection.execute("ATTACH ':memory:' AS warehouse")
    connection.execute("USE warehouse")
    prelude.make_schemas(connection)
    found = _columns(connection)
    for table in catalog.tables().values():
        if table.full_name in found:
            connection.execute(_view(table, found[table.full_name]))
        else:
            connection.execute(prelude.engine_ddl(table.ddl))


def _columns(connection: duckdb.DuckDBPyConnection) -> Mapping[str, set[str]]:
    rows = connection.execute(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
        "WHERE table_catalog = ?",
        [_FILE],
    ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found


def _view(table: catalog.Table, present: set[str]) -> str:
    columns = ", ".join(
        column.name
        if column.name in present
        else f"NULL::{prelude.engine_type(column.type)} AS {column.name}"
        for column in table.columns
    )
    # Names are the catalogue's own.
    return f"CREATE VIEW {table.full_name} AS SELECT {columns} FROM {_FILE}.{table.full_name}"  # noqa: S608

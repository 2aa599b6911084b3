"""Makes a DuckDB connection speak the project's subset of Snowflake's dialect.

Types and tables are kept in the file and made once for each version of their
text; macros and functions belong to the connection.
"""

import hashlib
import re
from functools import cache

import duckdb

import sql
from sql import catalog

_SCHEMAS = ("source", "gong", "analytics", "ops")

#: The types that the table files write in Snowflake's way only. Raw answers are long and much
#: alike: this compression takes half the time of what DuckDB would choose, and less room.
_TYPES = (
    (re.compile(r"\bVECTOR\(FLOAT, (\d+)\)"), r"FLOAT[\1]"),
    (re.compile(r"\bVARIANT\b"), "JSON USING COMPRESSION zstd"),
)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Set the engine; make macros and functions. Of files it knows nothing."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'")
    # Types are taken from all rows of a frame: from a sample, a rare large amount would not fit.
    connection.execute("SET pandas_analyze_sample = 1000000000")
    connection.execute("SET threads = 2")
    # After two seconds it would draw one on the output, in the midst of what programs read.
    connection.execute("SET enable_progress_bar = false")
    # A checkpoint comes with the end of a session; one in its midst compresses the same rows twice.
    connection.execute("SET checkpoint_threshold = '256MB'")
    connection.execute(sql.text("duckdb/macros"))
    from resources.duckdb import ai_functions

    ai_functions.register(connection)


def engine_ddl(ddl: str) -> str:
    """A table's DDL with DuckDB's names for the two types that differ."""
    for pattern, name in _TYPES:
        ddl = pattern.sub(name, ddl)
    return ddl


def engine_type(declared: str) -> str:
    """A column's type alone, as DuckDB calls it."""
    return engine_ddl(declared).partition(" USING ")[0]


def make_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """The schemas, and the types that DuckDB lacks, in the database in use."""
    for schema in _SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(sql.text("duckdb/types"))


@cache
def _version() -> str:
    texts = [table.ddl for table in catalog.tables().values()] + [sql.text("duckdb/types")]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file has the tables as this version declares them."""
    return _stored_version(connection) == _version()


def bring_tables_up_to_date(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what the database in use lacks of this version's tables."""
    if is_current(connection):
        return
    connection.begin()
    try:
        make_schemas(connection)
        there = _columns(connection)
        for table in catalog.tables().values():
            if present := there.get(table.full_name):
                _alter_columns(connection, table, present)
            else:
                connection.execute(engine_ddl(table.ddl))
        connection.execute(
            "CREATE OR REPLACE TABLE ops.schema_version AS SELECT ? AS version", [_version()]
        )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _stored_version(connection: duckdb.DuckDBPyConnection) -> str | None:
    try:
        row = connection.execute("SELECT version FROM ops.schema_version").fetchone()
    except duckdb.CatalogException:
        return None
    return row[0] if row else None


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, bool]]:
    """The tables that the database in use has: by column, whether it may be empty.

    Asked of all at once: one such question costs as much as a table.
    """
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name, column_name, is_nullable FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    found: dict[str, dict[str, bool]] = {}
    for table, column, nullable in rows:
        found.setdefault(table, {})[column] = nullable
    return found


def _alter_columns(
    connection: duckdb.DuckDBPyConnection, table: catalog.Table, present: dict[str, bool]
) -> None:
    """What a newer version declares, of a table that is there.

    A new column is added, empty; one that may be empty now is allowed to be.
    """
    for column in table.columns:
        if column.name not in present:
            kind = engine_ddl(column.type)
            connection.execute(f"ALTER TABLE {table.full_name} ADD COLUMN {column.name} {kind}")
        elif not (column.required or present[column.name]):
            connection.execute(
                f"ALTER TABLE {table.full_name} ALTER COLUMN {column.name} DROP NOT NULL"
            )

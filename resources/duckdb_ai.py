"""The AI functions of Snowflake Cortex on DuckDB: same names, local and deterministic."""

import duckdb


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions behind the AI macros known to the connection."""

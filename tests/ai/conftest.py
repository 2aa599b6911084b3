"""Connections and ledgers for the tests of the AI layer."""

from collections.abc import Iterator

import duckdb
import pytest

from resources import duckdb_prelude


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that speaks the project's SQL."""
    made = duckdb.connect()
    duckdb_prelude.prepare(made)
    yield made
    made.close()

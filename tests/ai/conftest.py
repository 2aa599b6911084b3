"""Connections and ledgers for the tests of the AI layer."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from resources.duckdb import prelude


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that speaks the project's SQL."""
    made = duckdb.connect()
    prelude.prepare(made)
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path: Path) -> AiLedger:
    """An empty ledger with the ceilings of ``ai.yaml``."""
    return AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings)

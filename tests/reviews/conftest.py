"""The small tenant in a warehouse of its own."""

import pytest

from resources.duckdb_warehouse import DuckDBWarehouse
from tests.reviews import tenant


@pytest.fixture
def reviewed(warehouse: DuckDBWarehouse) -> DuckDBWarehouse:
    """A warehouse with the small tenant loaded."""
    tenant.load(warehouse)
    return warehouse

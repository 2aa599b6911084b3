"""The small tenant in a warehouse of its own, and its reports."""

import pytest

from cs_assets.reviews.report_writing import Report
from resources.duckdb_warehouse import DuckDBWarehouse
from tests.reviews import making, tenant


@pytest.fixture
def reviewed(warehouse: DuckDBWarehouse) -> DuckDBWarehouse:
    """A warehouse with the small tenant loaded."""
    tenant.load(warehouse)
    return warehouse


@pytest.fixture(scope="session")
def tenant_warehouse(tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    """The small tenant, for tests that only read."""
    path = tmp_path_factory.mktemp("reviews") / "tenant.duckdb"
    warehouse = DuckDBWarehouse(path=str(path))
    tenant.load(warehouse)
    return warehouse


@pytest.fixture(scope="session")
def reports(tenant_warehouse: DuckDBWarehouse) -> dict[str, Report]:
    """The weekly reports of the small tenant."""
    return making.reports_of(tenant_warehouse)

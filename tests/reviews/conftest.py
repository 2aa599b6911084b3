"""The small tenant in a warehouse of its own, and its reports."""

import shutil
from pathlib import Path

import pytest

from cs_assets.reviews.writing.report import Report
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.reviews import making, tenant


@pytest.fixture(scope="session")
def tenant_warehouse(tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    """The small tenant, for tests that only read."""
    path = tmp_path_factory.mktemp("reviews") / "tenant.duckdb"
    warehouse = DuckDBWarehouse(path=str(path))
    tenant.load(warehouse)
    return warehouse


@pytest.fixture
def reviewed(tenant_warehouse: DuckDBWarehouse, tmp_path: Path) -> DuckDBWarehouse:
    """The small tenant in a warehouse of the test's own."""
    return copied(tenant_warehouse, tmp_path / "warehouse.duckdb")


def copied(warehouse: DuckDBWarehouse, path: Path) -> DuckDBWarehouse:
    """The warehouse as another file at ``path``."""
    shutil.copyfile(warehouse.path, path)
    return DuckDBWarehouse(path=str(path))


@pytest.fixture(scope="session")
def reports(tenant_warehouse: DuckDBWarehouse) -> dict[str, Report]:
    """The weekly reports of the small tenant."""
    return making.reports_of(tenant_warehouse)

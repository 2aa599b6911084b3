"""Fixtures of the customer room's tests: the sample tenant's source tables in a real DuckDB."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cs_assets.customers import assets as customer_assets
from cs_assets.customers import checks as customer_checks
from cs_assets.sample.tables import source_tables
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.writer import WriterResource
from resources.settings import Settings
from sql import catalog
from tests.materialising import materialize

_READ = (
    "customers", "products", "module_usage", "conversions", "historical_engagement",
    "contract_terms", "customer_people", "support_tickets", "survey_responses", "usage_quarters",
    "csms", "csm_assignments",
)  # fmt: skip


@pytest.fixture(scope="session")
def loaded(tmp_path_factory) -> DuckDBWarehouse:
    """The sample tenant's sources, loaded once; tests get copies."""
    path = tmp_path_factory.mktemp("customers") / "warehouse.duckdb"
    warehouse = DuckDBWarehouse(path=str(path), wait_seconds=20)
    rows = source_tables()
    with warehouse.session("test") as db:
        for name in _READ:
            table = f"source.{name}"
            frame = pd.DataFrame(rows[name])[catalog.table(table).column_names]
            db.append(table, frame)
    return warehouse


def copied(warehouse: DuckDBWarehouse, folder: Path) -> DuckDBWarehouse:
    """The same tables in a file of its own."""
    path = folder / "warehouse.duckdb"
    shutil.copy(warehouse.path, path)
    return DuckDBWarehouse(path=str(path), wait_seconds=20)


@pytest.fixture
def tenant(loaded, tmp_path) -> DuckDBWarehouse:
    return copied(loaded, tmp_path)


@pytest.fixture(scope="session")
def materialise():
    """Runs the room's assets and checks for a range of weeks, at home beside the warehouse."""

    def run(warehouse, first="2026-11-09", last=None, assets=None):
        settings = Settings.load(cs_assets_home=Path(warehouse.path).parent)
        result = materialize(
            [*(assets or customer_assets.assets), *customer_checks.checks],
            resources={
                "settings": settings,
                "warehouse": warehouse,
                "writer": WriterResource(settings=settings),
            },
            tags={
                "dagster/asset_partition_range_start": first,
                "dagster/asset_partition_range_end": last or first,
            },
        )
        assert result.success
        return result

    return run

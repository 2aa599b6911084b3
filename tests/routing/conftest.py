"""A small warehouse with accounts, workers and an onboarding view."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from resources.duckdb_warehouse import DuckDBWarehouse
from tests.routing import frames


def fill(warehouse: DuckDBWarehouse, **tables: list[dict[str, Any]]) -> None:
    """Put rows into source tables."""
    with warehouse.session("test") as db:
        for name, rows in tables.items():
            db.replace(f"source.{name}", pd.DataFrame(rows), {})


@pytest.fixture
def small(tmp_path: Path) -> DuckDBWarehouse:
    """Four CSMs with three accounts each, six accounts that wait."""
    warehouse = DuckDBWarehouse(path=str(tmp_path / "warehouse.duckdb"))
    workers = [frames.worker(f"W{n}") for n in range(1, 5)]
    accounts = [frames.owned(f"O{n}{k}", f"W{n}") for n in range(1, 5) for k in range(3)]
    accounts += [frames.account(f"A{n}", health_segment=("Red", "Green")[n % 2]) for n in range(6)]
    fill(
        warehouse,
        workday_workers=workers,
        accounts=accounts,
        onboarding_detail=[
            *(frames.onboarding(f"A{n}") for n in range(6)),
            frames.onboarding(None),
            frames.onboarding("O10", success_transition_status_ob="Assigned"),
        ],
    )
    return warehouse

"""A small warehouse with accounts, workers and an onboarding view."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing import frames


def fill(warehouse: DuckDBWarehouse, **tables: list[dict[str, Any]]) -> None:
    """Put rows into source tables."""
    with warehouse.session("test") as db:
        for name, rows in tables.items():
            db.replace(f"source.{name}", pd.DataFrame(rows), {})


def firm(folder: Path) -> DuckDBWarehouse:
    """Four CSMs with three accounts each, six accounts that wait."""
    warehouse = DuckDBWarehouse(path=str(folder / "warehouse.duckdb"))
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


@pytest.fixture(scope="session")
def first_firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a small firm, made once: setting up a warehouse takes longest."""
    return Path(firm(tmp_path_factory.mktemp("firm")).path)


@pytest.fixture
def small(first_firm: Path, tmp_path: Path) -> DuckDBWarehouse:
    """A small firm of its own for the test."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(first_firm, path)
    return DuckDBWarehouse(path=str(path))

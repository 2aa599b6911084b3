"""A room of Gong alone: an export folder and the assets run on it for real."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from cs_assets.gong.assets import assets
from cs_assets.gong.checks import checks
from resources.gong.source import GongSource
from resources.home_resource import HomeResource
from resources.settings import Settings
from tests.gong.answers import write
from tests.materialising import materialize


class Room:
    """Runs the assets of gong over a range of days, and looks into the tables."""

    def __init__(self, home: Any, warehouse: Any, export: Path) -> None:
        self.home = home
        self.warehouse = warehouse
        self.export = export

    def answers(self, **kinds: Any) -> None:
        write(self.export, **kinds)

    def run(
        self,
        first: str = "2026-10-06",
        last: str = "2026-10-06",
        only: Sequence[str] | None = None,
        strict: bool = True,
        checked: bool = False,
    ) -> dg.ExecuteInProcessResult:
        return materialize(
            [*assets, *(checks if checked else [])],
            resources={
                "settings": Settings.load(cs_assets_home=self.home.root),
                "home": HomeResource(root=str(self.home.root)),
                "warehouse": self.warehouse,
                "gong": GongSource(
                    settings=Settings.load(cs_assets_home=self.home.root), warehouse=self.warehouse
                ),
            },
            raise_on_error=strict,
            selection=dg.AssetSelection.assets(*only) if only else None,
            tags={
                "dagster/asset_partition_range_start": first,
                "dagster/asset_partition_range_end": last,
            },
        )

    def table(self, name: str, order: str | None = None) -> pd.DataFrame:
        with self.warehouse.session("test") as db:
            rows = db._connection.execute(
                f"SELECT * FROM gong.{name} ORDER BY {order or 'ALL'}"
            ).df()
        return rows.astype(object).where(rows.notna(), None)

    def put(self, table: str, rows: list[dict[str, Any]]) -> None:
        with self.warehouse.session("test") as db:
            db.merge(table, pd.DataFrame(rows))


@pytest.fixture
def room(home, warehouse, tmp_path, monkeypatch) -> Room:
    export = tmp_path / "export"
    monkeypatch.setenv("GONG_EXPORT_DIR", str(export))
    return Room(home, warehouse, export)


@pytest.fixture
def metadata() -> Callable[[dg.ExecuteInProcessResult, str], dict[str, Any]]:
    """Metadata of an asset's last materialisation in a run."""

    def of(run: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in run.get_asset_materialization_events():
            if event.asset_key is not None and event.asset_key.to_user_string() == asset:
                found = event.materialization.metadata
        return {name: value.value for name, value in found.items()}

    return of

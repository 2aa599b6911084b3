"""The tenant that growth is measured on can be loaded, whatever the sample gets."""

from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.sources.files import load_folder
from tests.benchmarks import copied_tenant


def test_a_tenant_twice_as_large_loads(tmp_path: Path) -> None:
    copied_tenant.write(tmp_path / "sources", tmp_path / "gong", 2)
    warehouse = DuckDBWarehouse(path=str(tmp_path / "w.duckdb"))
    load_folder(tmp_path / "sources", warehouse)
    with warehouse.session("read") as db:
        customers = db.query("customers/homes")["customer_id"]
    assert len(customers) == len(set(customers)) == 2 * 62

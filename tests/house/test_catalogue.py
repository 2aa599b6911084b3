"""Every asset is described, owned and checked; what is not known of it is counted."""

import dagster as dg

from cs_assets.commands.made_docs import catalogue
from cs_assets.customers import assets as customers
from cs_assets.customers import checks as customers_checks
from cs_assets.definitions import build_defs
from cs_assets.kit.checks import for_unchecked
from resources.settings import Settings
from sql import catalog
from tests import materialising
from tests.benchmarks.catalogue import lacking
from tests.conftest import REPOSITORY


def test_no_asset_lacks_a_description_an_owner_or_a_kind_nor_a_table_its_schema_and_check():
    count, gone = lacking()
    assert not {"description", "owner", "kind"} & set(gone)
    for what in ("schema", "check"):  # artefacts and views may be without
        for name in gone.get(what, []):
            assert not {f"analytics.{name}", f"gong.{name}"} & set(catalog.tables())
    assert len(gone.get("lineage", [])) <= 0.4 * count


def test_lineage_names_columns_that_exist():
    graph = build_defs(Settings()).resolve_asset_graph()
    tables = {
        graph.get(key).key: str(graph.get(key).metadata.get("dagster/table_name"))
        for key in graph.get_all_asset_keys()
    }
    told = 0
    for key, table in tables.items():
        lineage = graph.get(key).metadata.get("dagster/column_lineage")
        for column, deps in lineage.deps_by_column.items() if lineage else ():
            assert column in catalog.table(table).column_names
            for dep in deps:
                assert dep.column_name in catalog.table(tables[dep.asset_key]).column_names
                told += 1
    assert told > 100


def test_a_key_that_stands_twice_trips_the_check_that_a_table_has_by_itself(warehouse):
    key = dg.AssetCheckKey(dg.AssetKey("health_weights"), "health_weights_grain_is_unique")
    unchecked = for_unchecked(customers.assets, customers_checks.checks)
    [check] = [check for check in unchecked if key in check.check_keys]
    table = catalog.table("analytics.health_weights")
    with warehouse.session("test") as db:
        columns = {c.name: _value(c.type) for c in table.columns}
        for _ in range(2):
            db._connection.execute(
                f"INSERT INTO {table.full_name} ({', '.join(columns)}) "
                f"VALUES ({', '.join(columns.values())})"
            )
    done = materialising.materialize(
        [check], resources={"warehouse": warehouse}, selection=dg.AssetSelection.all_asset_checks()
    )
    [evaluation] = done.get_asset_check_evaluations()
    assert not evaluation.passed


def _value(sql_type: str) -> str:
    if sql_type in ("STRING", "VARIANT"):
        return "'1'"
    if sql_type == "DATE":
        return "DATE '2026-11-09'"
    return "TIMESTAMP '2026-11-09 00:00:00'" if sql_type.startswith("TIMESTAMP") else "1"


def test_the_page_in_docs_is_the_one_that_the_definitions_give():
    """Make it again with ``python -m cs_assets.commands.made_docs``."""
    assert (REPOSITORY / "docs" / "catalogue.md").read_text(encoding="utf-8") == catalogue()

"""Every asset is described, owned and checked; what is not known of it is counted."""

from functools import cache
from typing import Any

import dagster as dg

from cs_assets.commands.made_docs import catalogue
from cs_assets.customers import assets as customers
from cs_assets.customers import checks as customers_checks
from cs_assets.customers.reading.views import VIEWS
from cs_assets.definitions import build_defs
from cs_assets.gong import checks as gong_checks
from cs_assets.kit.checks import for_unchecked
from cs_assets.kit.column_lineage import MADE_OF_NO_TABLE
from resources.settings import Settings
from sql import catalog
from tests import materialising
from tests.benchmarks.catalogue import lacking
from tests.conftest import REPOSITORY


def test_no_asset_lacks_anything_and_few_have_a_reason_in_place_of_lineage():
    _, gone = lacking()
    assert gone == {}
    reasons = {
        node.key.to_user_string()
        for node in map(_graph().get, _graph().get_all_asset_keys())
        if node.metadata.get(MADE_OF_NO_TABLE)
    }
    assert reasons == {
        "ai_usage",
        "gong_calls_raw",
        "gong_users",
        "service_levels",
        "snowflake_usage",
    }


def test_lineage_names_columns_that_exist_of_what_stands_above():
    told = 0
    for node in map(_graph().get, _graph().get_all_asset_keys()):
        lineage = node.metadata.get("dagster/column_lineage")
        for column, deps in lineage.deps_by_column.items() if lineage else ():
            assert column in _columns(node)
            for dep in deps:
                assert dep.asset_key in _graph().get_ancestor_asset_keys(node.key)
                assert dep.column_name in _columns(_graph().get(dep.asset_key))
                told += 1
    assert told > 400


@cache
def _graph() -> Any:
    return build_defs(Settings()).resolve_asset_graph()


def _columns(node: Any) -> list[str]:
    return [column.name for column in node.metadata["dagster/column_schema"].columns]


def _tripped(warehouse, checks, *names: str, week: str | None = None) -> set[str]:
    """Of these checks, run together, those that did not pass."""
    keys = [key for check in checks for key in check.check_keys if key.name in names]
    done = materialising.materialize(
        [check for check in checks if {*check.check_keys} & {*keys}],
        resources={"warehouse": warehouse},
        selection=dg.AssetSelection.checks(*keys),
        tags={"dagster/partition": week} if week else None,
    )
    evaluations = done.get_asset_check_evaluations()
    assert {one.check_name for one in evaluations} == {*names}
    return {one.check_name for one in evaluations if not one.passed}


def test_a_view_that_is_gone_or_doubles_a_call_and_news_without_a_mail_are_told(warehouse):
    names = (
        "customer_views_keep_their_promise",
        "no_call_lost_by_the_view",
        "every_alert_has_a_mail",
    )
    checks, week = [*customers_checks.checks, *gong_checks.checks], "2026-11-09"
    with warehouse.session("test") as db:
        db.execute("gong/create_vw_enriched_gong_calls")
        for name in VIEWS:
            db.execute(f"customers/create_{name}")
    assert _tripped(warehouse, checks, *names, week=week) == set()
    with warehouse.session("test") as db:
        for table in ("source.customers", "source.customers", "gong.stg_gong_calls"):
            _put(db, table)
        _put(db, "analytics.customer_alerts", is_news="TRUE")
        db._connection.execute("DROP VIEW analytics.v_customers")
    assert _tripped(warehouse, checks, *names, week=week) == {*names}


def _put(db, table: str, **values: str) -> None:
    """A row of ones, but for these values."""
    row = {c.name: _value(c.type) for c in catalog.table(table).columns} | values
    names, given = ", ".join(row), ", ".join(row.values())
    db._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({given})")


def test_a_key_that_stands_twice_trips_the_check_that_a_table_has_by_itself(warehouse):
    unchecked = for_unchecked(customers.assets, customers_checks.checks)
    with warehouse.session("test") as db:
        for _ in range(2):
            _put(db, "analytics.health_weights")
    assert _tripped(warehouse, unchecked, "health_weights_grain_is_unique")


def _value(sql_type: str) -> str:
    if sql_type in ("STRING", "VARIANT"):
        return "'1'"
    if sql_type == "BOOLEAN":
        return "FALSE"
    if sql_type == "DATE":
        return "DATE '2026-11-09'"
    return "TIMESTAMP '2026-11-09 00:00:00'" if sql_type.startswith("TIMESTAMP") else "1"


def test_the_page_in_docs_is_the_one_that_the_definitions_give():
    """Make it again with ``python -m cs_assets.commands.made_docs``."""
    assert (REPOSITORY / "docs" / "catalogue.md").read_text(encoding="utf-8") == catalogue()

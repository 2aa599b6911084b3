"""What a run cost is seen on its assets: statements at once, credits when Snowflake tells them."""

import datetime as dt

import dagster as dg
import pytest

from cs_assets.operations.assets import snowflake_usage
from resources.home_resource import HomeResource
from resources.warehouse import Warehouse
from tests.materialising import materialize
from tests.snowflake.local_server import warehouse_on

YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
TAG = "cs_assets;asset=customer_metrics;run=r1"
METRICS = '[{"key": {"metric": "input", "unit": "tokens"}, "value": 900}, {"key": {"metric": "x", "unit": "pages"}, "value": 5}]'  # noqa: E501


@dg.asset
def customer_metrics(warehouse: Warehouse) -> None:
    with warehouse.session("customer_metrics") as db:
        db.query("sources/present_columns")
    with warehouse.session("customer_metrics") as db:
        db.query("sources/last_changed")


@pytest.fixture
def billed(server):
    """Snowflake's usage views with four statements, one of them nobody of ours."""
    found = warehouse_on(server)
    with found.session("test") as db:
        db._run("CREATE DATABASE IF NOT EXISTS snowflake")
        db._run("CREATE SCHEMA IF NOT EXISTS snowflake.account_usage")
        view = "snowflake.account_usage."
        db._run(
            f"CREATE OR REPLACE TABLE {view}query_attribution_history (query_id STRING, "
            "query_tag STRING, start_time TIMESTAMP_NTZ, credits_attributed_compute FLOAT, "
            "credits_used_query_acceleration FLOAT)"
        )
        db._run(
            f"INSERT INTO {view}query_attribution_history VALUES "
            f"('q1', '{TAG}', '{YESTERDAY} 05:00:00', 0.25, NULL), "
            f"('q2', '{TAG}', '{YESTERDAY} 05:01:00', 0.5, 0.25), "
            f"('q3', 'of others', '{YESTERDAY} 05:02:00', 9, NULL), "
            f"('q4', '{TAG.replace('customer_metrics', 'snowflake_usage')}', "
            f"'{YESTERDAY} 05:03:00', 0.125, NULL)"
        )
        db._run(
            f"CREATE OR REPLACE TABLE {view}cortex_ai_functions_usage_history (query_id STRING, "
            "query_tag STRING, start_time TIMESTAMP_NTZ, credits FLOAT, metrics VARIANT)"
        )
        db._run(
            f"INSERT INTO {view}cortex_ai_functions_usage_history "
            f"SELECT 'q2', '{TAG}', '{YESTERDAY} 05:00:00', 0.125, PARSE_JSON('{METRICS}')"
        )
    yield found
    with found.session("test") as db:
        db._run("DELETE FROM ops.snowflake_usage")
        for name in ("query_attribution_history", "cortex_ai_functions_usage_history"):
            db._run(f"DROP TABLE snowflake.account_usage.{name}")


def test_statements_at_once_and_credits_when_they_are_told(billed, tmp_path):
    with dg.DagsterInstance.ephemeral() as instance:
        ran = materialize(
            [customer_metrics, snowflake_usage],
            resources={"warehouse": billed, "home": HomeResource(root=str(tmp_path))},
            instance=instance,
        )
        made = {
            event.asset_key.to_user_string(): event.materialization.metadata
            for event in ran.get_asset_materialization_events()
        }
        assert made["customer_metrics"]["snowflake/statements"].value == 2
        longest = made["customer_metrics"]["snowflake/longest"].value
        assert len(longest) == 2
        assert all(one["query"] and one["seconds"] >= 0 for one in longest)
        told = made["snowflake_usage"]
        assert told["credits"].value == 1.25
        (dearest, least) = told["by asset"].value.splitlines()[2:]
        assert "900" in dearest
        assert not least.rstrip(" |").endswith("0"), "tokens that nobody told of are not zero"
        assert (tmp_path / "snapshot.duckdb").exists()
        assert "AGENT" in told["not read"].value, "an account that withholds a view loses no other"
        seen, own = (
            instance.fetch_observations(dg.AssetKey(asset), limit=1).records[0]
            for asset in ("customer_metrics", "snowflake_usage")
        )
    metadata = seen.asset_observation.metadata
    assert metadata["snowflake/credits"].value == 1.125
    assert metadata["snowflake/tokens"].value == 900
    assert "snowflake/tokens" not in own.asset_observation.metadata
    with (
        billed.session("test") as db,
        db._cursor(
            "SELECT kind, statements, credits, tokens, run_id FROM ops.snowflake_usage "
            "ORDER BY kind, statements"
        ) as cursor,
    ):
        assert [tuple(row) for row in cursor.fetchall()] == [
            ("ai_functions", 1, 0.125, 900, "r1"),
            ("warehouse", 1, 0.125, None, "r1"),
            ("warehouse", 2, 1.0, None, "r1"),
        ]

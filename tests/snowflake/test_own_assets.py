"""An asset of a user's own, on dagster-snowflake's resource, beside the platform's."""

import re
from typing import Any

import dagster as dg
import pytest
import snowflake.connector
from dagster_snowflake import SnowflakeResource

from cs_assets.errors import UsageError
from resources.settings import Settings
from resources.snowflake.own_assets import snowflake_resource
from tests.conftest import REPOSITORY
from tests.snowflake.local_server import DATABASE, key_in_environment


def settings_of(**named) -> Settings:
    key = {name.lower(): value for name, value in key_in_environment().items()}
    return Settings.load(**key, **named)


def test_an_asset_reads_the_views_for_readers(server):
    @dg.asset
    def customers_by_region(snowflake: SnowflakeResource) -> dg.MaterializeResult:
        with snowflake.get_connection() as connection:
            rows = connection.cursor().execute("SELECT COUNT(*), CURRENT_SCHEMA()").fetchall()
        return dg.MaterializeResult(metadata={"rows": rows[0][0], "schema": rows[0][1]})

    settings = settings_of(
        snowflake_account="fakesnow",
        snowflake_user="CS_ASSETS_SERVICE",
        snowflake_role="CS_ASSETS",
        snowflake_database=DATABASE,
        snowflake_schemas="report=SHOWN",
    )
    resource = snowflake_resource(settings)
    assert (resource.role, resource.schema_) == ("CS_ASSETS_REPORT", "SHOWN")
    more = resource.additional_snowflake_connection_args
    local = {name: value for name, value in server.items() if name not in ("account", "user")}
    both = {**more["session_parameters"], **local["session_parameters"]}
    here = snowflake_resource(
        settings,
        additional_snowflake_connection_args={**more, **local, "session_parameters": both},
    )
    done = dg.materialize([customers_by_region], resources={"snowflake": here})
    assert done.success
    shown = done.asset_materializations_for_node("customers_by_region")[0].metadata
    assert shown["rows"].value == 1
    assert shown["schema"].value == "SHOWN"


def test_the_asset_of_the_page_joins_the_views_for_readers(server, monkeypatch, tmp_path):
    page = (REPOSITORY / "docs" / "snowflake.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "fakesnow")
    monkeypatch.setenv("SNOWFLAKE_USER", "CS_ASSETS_SERVICE")
    names: dict[str, Any] = {}
    exec(compile(example, "docs/snowflake.md", "exec"), names)
    assert dg.AssetKey("red_by_region") in names["defs"].resolve_asset_graph().get_all_asset_keys()
    local = {name: value for name, value in server.items() if name not in ("account", "user")}
    with snowflake.connector.connect(**server, password="x", database=DATABASE) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE SCHEMA IF NOT EXISTS page")
        cursor.execute("CREATE VIEW page.customers AS SELECT 1 AS customer_id, 'Europe' AS region")
        cursor.execute(
            "CREATE VIEW page.customer_metrics AS "
            "SELECT 1 AS customer_id, 'Red' AS health_segment, w.week_start "
            "FROM (VALUES ('2026-11-02'::DATE), ('2026-11-09'::DATE)) w (week_start)"
        )
    here = snowflake_resource(
        names["settings"], schema="PAGE", database=DATABASE,
        additional_snowflake_connection_args=local,
    )  # fmt: skip
    done = dg.materialize([names["red_by_region"]], resources={"snowflake": here})
    (made,) = done.asset_materializations_for_node("red_by_region")
    assert made.metadata["Europe"].value == 1


def test_what_is_missing_is_said():
    with pytest.raises(UsageError, match="SNOWFLAKE_ACCOUNT"):
        snowflake_resource(settings_of())

"""Source tables that others fill are observed: verified, counted, and when they last changed."""

import dagster as dg
import pandas as pd
import pytest

from cs_assets.commands import doctor_snowflake
from cs_assets.definitions import build_defs
from resources.settings import Settings
from resources.sources.staging import source_tables
from tests.snowflake.local_server import warehouse_on

CSM = {"csm_id": "C1", "csm_name": "Mia", "csm_email": "mia@example.com", "region": "Europe"}


@pytest.fixture
def warehouse(server):
    """A row in one source table; another source is a view."""
    found = warehouse_on(server)
    with found.session("test") as db:
        db.append("source.csms", pd.DataFrame([CSM]))
        empty = ", ".join(f"NULL AS {name}" for name in db.columns("source.survey_responses"))
        db._run("DROP TABLE source.survey_responses")
        db._run(f"CREATE VIEW source.survey_responses AS SELECT {empty} WHERE FALSE")
    yield found
    with found.session("test") as db:
        db._run("DELETE FROM source.csms")
        db._run("DROP VIEW source.survey_responses")
        db.execute("tables/source/survey_responses")


def test_sources_are_observed_and_not_made(warehouse, tmp_path):
    defs = build_defs(Settings.load(cs_assets_home=tmp_path), warehouse=warehouse)
    graph = defs.resolve_asset_graph()
    keys = {name: dg.AssetKey(f"source_{name}") for name in source_tables()}
    assert all(graph.get(key).is_observable for key in keys.values())
    assert not any(graph.get(key).is_materializable for key in keys.values())
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("load_sources_job")
        assert job.execute_in_process(instance=instance).success
        seen = {
            name: instance.fetch_observations(key, limit=1).records[0].asset_observation.metadata
            for name, key in keys.items()
        }
    assert seen["csms"]["dagster/row_count"].value == 1
    assert "dagster/last_updated_timestamp" in seen["csms"]
    assert "view" in seen["survey_responses"]["last changed"].value
    found = doctor_snowflake.source_tables(warehouse)
    assert f"{len(keys) - 1} tables, last changed 1970" in found.detail, "as the server tells it"
    assert found.verdict == "warning"

"""Reports on the local Snowflake server, each written by its industry's agent where it has one."""

import json
from typing import Any

import pytest

from cs_assets.reviews import assets
from cs_assets.reviews.editions.view import view_of
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.assets import weekly_reports
from cs_assets.reviews.writing.report import Report, passages_from_json
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.snowflake.setup import load_agents
from tests.ai import fake_cortex
from tests.ai.loopback import Reply, Request, as_json, serving
from tests.reviews import making, tenant
from tests.reviews.conftest import copied, tenant_warehouse  # noqa: F401 - a fixture
from tests.reviews.test_assets import materialise
from tests.reviews.test_model_written import ADVICE, TEXT, stored
from tests.snowflake.local_server import warehouse_on

GENERAL = "CS_ASSETS.ANALYTICS.EXECUTIVE_REVIEW_ASSISTANT"
#: Written otherwise than the source writes it; the second is in the file and not in the account.
VERTICALS = [{"industry": " MANUFACTURING "}, {"industry": "Aerospace"}]
_READ = ("source.customers", "analytics.review_facts")


def agents_on_the_wire(request: Request) -> Reply:
    """An account with the general agent and that of manufacturing."""
    if request.method == "GET" and "/agents/" in request.path:
        return as_json({"name": "x"}, 404 if request.path.endswith("AEROSPACE") else 200)
    if "threads" in request.path:
        return as_json([] if request.method == "GET" else {"thread_id": 7})
    asked = request.json["messages"][0]["content"][0]["text"]
    text = ADVICE if 'Write the section "recommendations"' in asked else TEXT
    return fake_cortex.stream(fake_cortex.whole_run(text))


@pytest.fixture
def on_snowflake(server: dict[str, Any], tenant_warehouse, tmp_path, monkeypatch):  # noqa: F811
    """The small tenant's facts on the server, and the settings of an agent."""
    embedded = copied(tenant_warehouse, tmp_path / "warehouse.duckdb")
    materialise(embedded, Home(tmp_path / "made").ensure(), only=assets.assets[:1])
    warehouse = warehouse_on(server)
    copy_of(embedded, warehouse)
    config = tmp_path / "config"
    config.mkdir()
    agents = load_agents(None).model_dump() | {"verticals": VERTICALS}
    (config / "agents.yaml").write_text(json.dumps(agents))
    for name, value in {
        "CS_ASSETS_CONFIG_DIR": str(config),
        "CS_ASSETS_WRITER": "cortex",
        "CORTEX_AGENT": GENERAL,
        "SNOWFLAKE_ACCOUNT": "org-acc",
        "SNOWFLAKE_USER": "svc",
    }.items():
        monkeypatch.setenv(name, value)
    yield warehouse
    with warehouse.session("test") as db:
        for table in (*_READ, "analytics.weekly_reports", "analytics.review_advice"):
            db._run(f"DELETE FROM {table}")


def copy_of(embedded: DuckDBWarehouse, warehouse) -> None:
    for table in _READ:
        with embedded.session("test") as db:
            rows = db._run(f"SELECT * FROM {table}").df()
        with warehouse.session("test") as db:
            db.replace(table, rows, {})


def test_a_customer_is_written_about_by_its_industrys_agent(on_snowflake, tmp_path, monkeypatch):
    with serving(agents_on_the_wire) as server:
        monkeypatch.setenv("CORTEX_BASE_URL", server.url)
        home = Home(tmp_path / "home").ensure()
        assert materialise(on_snowflake, home, only=[weekly_reports]).success
    written = stored(on_snowflake)
    wrote = {customer: row.agent.rpartition(".")[2] for customer, row in written.items()}
    industry = {customer: profile[0] for customer, profile in tenant.PROFILES.items()}
    own, general = f"{GENERAL}_MANUFACTURING".rpartition(".")[2], GENERAL.rpartition(".")[2]
    assert wrote == {
        customer: own if industry[customer] == "Manufacturing" else general for customer in written
    }
    asked = [one.path.rpartition("/")[2] for one in server.requests if one.path.endswith(":run")]
    for agent in (own, general):
        assert asked.count(f"{agent}:run") == 3 * list(wrote.values()).count(agent)
    looked_for = [one.path for one in server.requests if "/agents/" in one.path]
    assert len([path for path in looked_for if path.endswith("AEROSPACE")]) == 1
    for customer, row in written.items():
        report = Report(sheet_from_json(row.sheet), "", passages_from_json(row.sections))
        for edition, told in (("internal", f"the Cortex agent {wrote[customer]},"),
                              ("customer", "a Cortex agent,")):  # fmt: skip
            notes = " ".join(view_of(report, making.settings(edition=edition)).notes)
            assert f"Written by {told}" in notes

"""The doctor on a Snowflake account: a line for each thing, and what to do about it."""

import copy
import json
import re

import pytest
import snowflake.connector

from cs_assets.commands import doctor, doctor_snowflake
from resources.settings import Settings
from resources.snowflake.names import Names
from resources.snowflake.setup import load_agents, plan
from tests.snowflake.account_book import AccountBook, Grant
from tests.snowflake.local_server import DATABASE, key_in_environment, warehouse_on
from tests.snowflake.paper_account import PaperAccount, paper_account
from tests.snowflake.setup_reading import read

EMBEDDING = "snowflake-arctic-embed-m-v1.5"


@pytest.fixture(scope="module")
def book() -> AccountBook:
    """The account as the set-up leaves it."""
    made = AccountBook()
    for step in plan(Names(public_key="A" * 392), load_agents(None)):
        for statement in step.statements:
            read(made, statement)
    return made


@pytest.fixture
def account(server, book, monkeypatch):
    """An account that is set up: the arguments to reach it, and its book."""
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    with paper_account(server) as (arguments, paper):
        paper.book, paper.is_set_up = copy.deepcopy(book), False
        paper.models = [(EMBEDDING, "GA", None, None)]
        yield arguments, paper


def settings_of(**named) -> Settings:
    return Settings.load(
        snowflake_account="fakesnow",
        snowflake_user="CS_ASSETS_SERVICE",
        snowflake_database=DATABASE,
        cortex_base_url="http://127.0.0.1:9",
        **named,
    )


def findings(account, **settings):
    arguments, _ = account
    found = doctor_snowflake.examine(settings_of(**settings), warehouse_on(arguments))
    return {one.check: one for one in found}


def grants_of(account):
    return doctor_snowflake.grants(settings_of(), warehouse_on(account[0]))


def models_of(account, **settings):
    return doctor_snowflake.models(settings_of(**settings), warehouse_on(account[0]))


def test_an_account_that_is_set_up_has_nothing_to_mend(account):
    found = findings(account)
    good = {name for name, one in found.items() if one.verdict == "ok"}
    assert {"connection", "grants", "tables", "AI functions", "models"} <= good
    assert {one.verdict for one in found.values()} == {"ok", "warning"}  # search, agent: not set
    assert found["grants"].detail.startswith("all ")
    assert "of 6 roles" in found["grants"].detail


@pytest.mark.parametrize(
    ("lost", "told", "mend"),
    [
        (
            Grant("INSERT", "TABLE", "CS_ASSETS.ANALYTICS.CUSTOMER_METRICS", "CS_ASSETS_TRANSFORM"),
            "CS_ASSETS_TRANSFORM lacks INSERT on CS_ASSETS.ANALYTICS.CUSTOMER_METRICS",
            "GRANT INSERT ON TABLE CS_ASSETS.ANALYTICS.CUSTOMER_METRICS TO ROLE ",
        ),
        (
            Grant("UPDATE", "TABLE", "CS_ASSETS.OPS.LOCK_GONG_GONG_USERS", "CS_ASSETS_INGEST"),
            "CS_ASSETS_INGEST lacks UPDATE on CS_ASSETS.OPS.LOCK_GONG_GONG_USERS",
            "GRANT UPDATE ON TABLE CS_ASSETS.OPS.LOCK_GONG_GONG_USERS TO ROLE CS_ASSETS_INGEST;",
        ),
        (
            Grant("USAGE", "DATABASE_ROLE", "SNOWFLAKE.AI_FUNCTIONS_USER", "CS_ASSETS_TRANSFORM"),
            "CS_ASSETS_TRANSFORM lacks USAGE on SNOWFLAKE.AI_FUNCTIONS_USER",
            "GRANT DATABASE ROLE SNOWFLAKE.AI_FUNCTIONS_USER TO ROLE CS_ASSETS_TRANSFORM;",
        ),
        (
            Grant("USE AI FUNCTIONS", "ACCOUNT", "", "CS_ASSETS_TRANSFORM"),
            "lacks USE AI FUNCTIONS",
            "GRANT USE AI FUNCTIONS ON ACCOUNT TO ROLE CS_ASSETS_TRANSFORM;",
        ),
        (
            Grant("SELECT", "VIEW", "CS_ASSETS.REPORT.CUSTOMERS", "CS_ASSETS_READER"),
            "CS_ASSETS_READER lacks SELECT on CS_ASSETS.REPORT.CUSTOMERS",
            "GRANT SELECT ON VIEW CS_ASSETS.REPORT.customers TO ROLE CS_ASSETS_READER;",
        ),
    ],
)
def test_a_grant_that_is_gone_is_named_with_the_statement_that_gives_it(account, lost, told, mend):
    _, paper = account
    paper.book.grants.remove(lost)
    found = grants_of(account)
    assert found.verdict == "failed"
    assert told in found.detail
    assert found.mend.startswith(mend)
    read_back(paper, found.mend.partition(";")[0])
    assert grants_of(account).verdict == "ok"


def read_back(paper: PaperAccount, statement: str) -> None:
    """What the doctor says to run is a statement that mends it."""
    read(paper.book, "USE ROLE ACCOUNTADMIN")
    read(paper.book, statement)


def _a_base_table(paper):
    name = "CS_ASSETS.WORDS.CALL_SIGNALS"
    paper.book.grants.add(Grant("SELECT", "TABLE", name, "CS_ASSETS_REPORT"))


def _kept_long(paper):
    paper.book.transient.remove("CS_ASSETS.WORDS.CALL_TEXTS")


def _no_ceiling(paper):
    paper.book.monitor = ""


def _tight(paper):
    paper.book.ceilings[paper.book.monitor] = 5


def _awake(paper):
    paper.auto_suspend = "600"


def _newer(paper):
    """Its ceiling carries the schedules on a warehouse of generation 1, not on this one."""
    paper.generation = "2"
    paper.book.ceilings[paper.book.monitor] = 50


def _near_and_few(paper):
    paper.book.parameters["CORTEX_ENABLED_CROSS_REGION"] = "AWS_EU"
    for step in plan(Names(without_public=True), load_agents(None)):
        for statement in step.statements if step.name == "public" else ():
            read(paper.book, statement)


def _by_application_role(paper):
    """The role PUBLIC has nothing; the application role of that name still has."""
    paper.book.grants = {one for one in paper.book.grants if one.role != "PUBLIC"}


@pytest.mark.parametrize(
    ("changed", "check", "verdict", "told", "mend"),
    [
        (_a_base_table, "readers", "failed", "CS_ASSETS_REPORT reads CS_ASSETS.WORDS.CALL_SIGNALS",
         "REVOKE SELECT ON TABLE CS_ASSETS.WORDS.CALL_SIGNALS FROM ROLE CS_ASSETS_REPORT;"),
        (_kept_long, "words kept short", "failed", "WORDS.CALL_TEXTS keeps deleted words longer",
         "run cs-assets setup snowflake --only move"),
        (_no_ceiling, "warehouse cost", "warning", "no resource monitor", "--only monitor"),
        (_awake, "warehouse cost", "warning", "stays awake for 600 s", "SET AUTO_SUSPEND = 60"),
        (_tight, "warehouse cost", "warning", "ends it at 5 credits, the schedules need about",
         "--only monitor --credits "),
        (_newer, "warehouse cost", "warning", "a month, as it is of generation 2",
         "--only monitor --credits "),
        (lambda _: None, "warehouse cost", "ok", "asleep after 60 s", ""),
        (lambda _: None, "cross-region", "warning", "disabled", "--only cross_region"),
        (_near_and_few, "cross-region", "ok", "AWS_EU", ""),
        (lambda _: None, "AI for PUBLIC", "warning", "every role of the account",
         "--only public --revoke-public"),
        (_by_application_role, "AI for PUBLIC", "warning",
         "SNOWFLAKE.CORTEX_USER and USE AI FUNCTIONS", "--only public --revoke-public"),
        (_near_and_few, "AI for PUBLIC", "ok", "taken back", ""),
    ],
)  # fmt: skip
def test_a_setting_that_is_off_is_named(account, changed, check, verdict, told, mend):
    arguments, paper = account
    changed(paper)
    of_account = doctor_snowflake.of_account(
        settings_of(), warehouse_on(arguments), "AWS_EU_WEST_1"
    )
    found = next(one for one in of_account if one.check == check)
    assert (found.verdict, told in found.detail, mend in found.mend) == (verdict, True, True), found


@pytest.mark.parametrize(
    ("region", "times"),
    [("AWS_US_WEST_2", 1.35), ("PUBLIC.AZURE_WESTEUROPE", 1.25), ("GCP_EUROPE_WEST4", 1.35)],
)
def test_generation_two_costs_what_its_cloud_takes(account, region, times):
    arguments, paper = account

    def needed() -> float:
        found = doctor_snowflake.of_account(settings_of(), warehouse_on(arguments), region)
        cost = next(one for one in found if one.check == "warehouse cost")
        return float(re.search(r"need about (\d+) a month", cost.detail)[1])

    first = needed()
    paper.generation = "2"
    assert needed() == pytest.approx(first * times, abs=1.2)


def test_a_role_of_its_duty_that_is_not_granted_is_named(account):
    _, paper = account
    paper.book.holders.remove(("CS_ASSETS_REPORT", "CS_ASSETS"))
    found = grants_of(account)
    assert found.mend.startswith("GRANT ROLE CS_ASSETS_REPORT TO ROLE CS_ASSETS;")


@pytest.mark.parametrize(
    ("models", "verdict", "told"),
    [
        ([(EMBEDDING, "PUPR", None, None)], "ok", "PUPR"),
        (
            [(EMBEDDING, "LEGACY", "2026-08-12", "2027-02-01")],
            "warning",
            f"{EMBEDDING}: LEGACY, legacy since 2026-08-12, ends on 2027-02-01",
        ),
        ([(EMBEDDING, "EOL", "2026-08-12", "2026-10-14")], "failed", "ends on 2026-10-14"),
        ([("claude-sonnet-5", "GA", None, None)], "ok", "not among the listed models"),
    ],
)
def test_the_life_of_a_model_is_told_with_its_dates(account, models, verdict, told):
    _, paper = account
    paper.models = models
    found = models_of(account)
    assert found.verdict == verdict
    assert told in found.detail
    assert bool(found.mend) == (verdict != "ok")


def test_an_agent_on_a_retired_model_is_told(account, tmp_path):
    agents = load_agents(None).model_dump()
    (tmp_path / "agents.yaml").write_text(
        json.dumps({**agents, "orchestration_model": "claude-4-sonnet"})
    )
    found = models_of(account, cs_assets_config_dir=tmp_path)
    assert (found.verdict, "14 October 2026" in found.detail) == ("failed", True)
    assert found.mend == "change orchestration_model in agents.yaml"


def test_a_column_and_a_table_that_are_missing_are_named(server, account):
    with snowflake.connector.connect(
        **server, password="x", database=DATABASE, schema="OPS"
    ) as connection:
        connection.cursor().execute("ALTER TABLE gong.gong_users DROP COLUMN title")
        found = findings(account)["tables"]
        assert (found.verdict, found.detail) == (
            "failed",
            "1 columns missing: gong.gong_users.title",
        )
        connection.cursor().execute("DROP TABLE gong.gong_users")
        found = findings(account)["tables"]
        assert "1 missing or not granted: gong.gong_users" in found.detail
        assert "--only tables" in found.mend
    with warehouse_on(server).session("test") as db:
        db.execute("tables/gong/gong_users")
    assert findings(account)["tables"].verdict == "ok"


def test_what_is_not_set_or_does_not_answer_says_how_to_mend_it(account):
    unset = findings(account)["agent"]
    assert (unset.verdict, "CORTEX_AGENT" in unset.mend) == ("warning", True)
    away = findings(account, cortex_agent="CS_ASSETS.ANALYTICS.EXECUTIVE_REVIEW_ASSISTANT")
    assert away["agent"].verdict == "failed"
    assert "--only agents" in away["agent"].mend
    assert "\n" not in away["agent"].detail


def test_a_server_that_is_away_is_one_line(server):
    found = findings(({**server, "port": 9, "login_timeout": 1}, None))
    assert list(found) == ["connection"]
    assert found["connection"].verdict == "failed"


def test_json_holds_every_check_once(account, monkeypatch, capsys):
    arguments, _ = account
    monkeypatch.setattr(doctor, "chosen_warehouse", lambda _: warehouse_on(arguments))
    monkeypatch.setenv("CS_ASSETS_WAREHOUSE", "snowflake")
    monkeypatch.setenv("SNOWFLAKE_DATABASE", DATABASE)
    status = doctor.report(as_json=True)
    told = json.loads(capsys.readouterr().out)
    checks = [one["check"] for one in told]
    assert len(checks) == len(set(checks))
    assert {
        "settings", "connection", "role", "warehouse in use", "grants", "tables", "AI functions",
        "models", "search service", "agent", "gong", "mail", "slack",
    } <= set(checks)  # fmt: skip
    assert status == (1 if any(one["verdict"] == "failed" for one in told) else 0)

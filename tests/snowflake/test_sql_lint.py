"""Every statement is of both engines, and the lint that says so catches what is not."""

import pytest

from resources.snowflake.names import Names
from resources.snowflake.semantics import Agents, verified_queries
from resources.snowflake.setup import load_agents, plan
from sql import contract
from tests.figures import Tell
from tests.snowflake import sql_mutations
from tests.snowflake.sql_lint import files, problems
from tests.snowflake.sql_mutations import SQL


@pytest.mark.parametrize("path", list(files(SQL)), ids=lambda path: "/".join(path.parts[-2:]))
def test_both_engines_take_the_statement(path):
    found = problems(
        path.read_text(encoding="utf-8"), is_snowflakes_own=path.name.endswith(".snowflake.sql")
    )
    assert found == []


@pytest.mark.parametrize("name", contract.names())
def test_both_engines_take_the_statements_made_from_declarations(name):
    assert problems(contract.statement(name), is_snowflakes_own=False) == []


def test_every_mutation_is_caught(tell: Tell):
    tell(sql_mutations.figure())
    assert sql_mutations.slipped() == []
    assert len(sql_mutations.MUTATIONS) >= 20


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO gong.gong_users (payload) VALUES (PARSE_JSON('{}'))",
        "SELECT payload:metaData FROM gong.gong_calls_raw",
        "SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) FROM t",
        "SELECT CURRENT_TIMESTAMP() AS now",
        "SELECT DATEADD(day, 1, d) FROM t",
        "SELECT AI_EMBED(t.model, t.words) FROM t",
        "SELECT CASE WHEN LENGTH(t.words) > 9 THEN AI_SENTIMENT(t.words) END AS judged FROM t",
        'SELECT "Call_Id" FROM t',
        "SELECT 1; SELECT 2",
    ],
)
def test_what_one_engine_rejects_is_told(text):
    assert problems(text)


def test_the_set_up_parses_and_leaves_no_hole():
    steps = plan(Names(), load_agents(None))
    assert [step.name for step in steps][:2] == ["account", "monitor"]
    for step in steps:
        assert step.statements
        for statement in step.statements:
            assert "<%" not in statement


def test_verified_queries_are_of_both_engines():
    for query in verified_queries():
        assert problems(query["sql"]) == [], query["name"]


def test_each_vertical_gets_an_agent_with_its_own_case_studies():
    agents = load_agents(None)
    more = Agents(**{**agents.model_dump(), "verticals": [{"industry": "Public Utilities"}]})
    statements = plan(Names(), more)[-1].statements
    assert any("EXECUTIVE_REVIEW_ASSISTANT COPY GRANTS" in text for text in statements)
    own = next(text for text in statements if "_PUBLIC_UTILITIES COPY GRANTS" in text)
    assert "INDUSTRY_VERTICAL: Public Utilities" in own

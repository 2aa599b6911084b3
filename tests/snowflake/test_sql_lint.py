"""Every statement is of both engines, and the lint that says so catches what is not."""

from pathlib import Path

import pytest

from resources.snowflake.semantics import Agents, verified_queries
from resources.snowflake.setup import Names, load_agents, plan
from tests.figures import Figure, Tell
from tests.snowflake.sql_lint import files, problems

SQL = Path(__file__).resolve().parents[2] / "sql"

#: File, what stands there, and what a writer who knows DuckDB only would have put.
MUTATIONS = (
    ("ai/usage.sql", "COUNT_IF(state = 'failed')", "COUNT(*) FILTER (WHERE state = 'failed')"),
    ("ai/usage.sql", "MAX(IFF(price_assumed, 1, 0))", "bool_or(price_assumed)"),
    ("ai/lost_calls.sql", "FROM ops.ai_calls", "FROM ops.ai_calls USING SAMPLE 10"),
    ("ai/lost_calls.sql", "ORDER BY reserved_at, call_id", "ORDER BY ALL"),
    ("calls/new_summaries.sql", "AI_SUMMARIZE(x.words)", "local_summary(x.words)"),
    ("calls/new_summaries.sql", "SELECT x.call_id", "SELECT DISTINCT ON (x.call_id) x.call_id"),
    ("calls/embed_chunks.sql", "AI_EMBED(?, chunk_text)", "AI_EMBED(?, chunk_text[1])"),
    ("calls/embed_chunks.sql", "CAST(? AS DATE) AS last_day", "?::DATE AS last_day"),
    ("coaching/rep_digests.sql", "SELECT r.*", "SELECT r.* REPLACE (1 AS week_start)"),
    ("coaching/rep_digests.sql", "r.week_start BETWEEN", "r.week_start // 1 BETWEEN"),
    ("customers/metrics.sql", "SUM(m.active_users)", "list_sum(list(m.active_users))"),
    ("customers/metrics.sql", "DATEADD('day', 6, week_start)::DATE", "week_start + INTERVAL 6 DAY"),
    ("customers/metrics_of_week.sql", "WHERE m.week_start = ?", "WHERE m.week_start == ?"),
    ("doctor/customers.sql", "COUNT(*) AS customers", "COUNT(*)::HUGEINT AS customers"),
    ("doctor/customers.sql", "SELECT COUNT(*) AS customers FROM source.customers",
     "FROM source.customers SELECT COUNT(*) AS customers"),
    ("reviews/benchmarks.sql", "b.metric_value,", "struct_pack(v := b.metric_value),"),
    ("reviews/benchmarks.sql", "b.peer_count,", "{'peers': b.peer_count},"),
    ("reviews/conversions.sql", "COUNT_IF", "string_agg"),
    ("gong/stage_calls.sql", "NOT h.is_private AND", "regexp_matches(h.title, 'x') AND"),
    ("delivery/candidates.sql", "SELECT", "SELECT list_filter([1], x -> x > 0),"),
    ("routing/owned_accounts.sql", "SELECT", "SELECT strftime(now(), '%Y'),"),
    ("gong/day_contents.sql", "SELECT", "SELECT epoch_ms(1) AS ms,"),
    ("routing/workers.sql", "SELECT", "SELECT unnest([1, 2]) AS n,"),
)  # fmt: skip


@pytest.mark.parametrize("path", files(SQL), ids=lambda path: "/".join(path.parts[-2:]))
def test_both_engines_take_the_statement(path):
    found = problems(
        path.read_text(encoding="utf-8"), is_snowflakes_own=path.name.endswith(".snowflake.sql")
    )
    assert found == []


def test_every_mutation_is_caught(tell: Tell):
    tried, caught, slipped = 0, 0, []
    for name, whole, broken in MUTATIONS:
        text = (SQL / name).read_text(encoding="utf-8")
        assert whole in text, f"{name} no longer says {whole!r}: choose another place to break"
        tried += 1
        if problems(text.replace(whole, broken, 1)):
            caught += 1
        else:
            slipped.append(f"{name}: {broken}")
    figure = Figure(
        "P-snowflake-02",
        "duckdb_only_constructs_caught",
        f"{caught} of {tried}",
        "all of at least 20",
        caught == tried >= 20,
    )
    tell(figure)
    assert slipped == []
    assert tried >= 20


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

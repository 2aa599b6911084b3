"""Statements broken as a writer who knows DuckDB only would, and whether the lint sees it."""

from pathlib import Path

from tests.figures import Figure
from tests.snowflake.sql_lint import problems

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
    ("customers/metrics.sql", "e.messages_opened::DOUBLE", "e.messages_opened"),
    ("gong/freshness.sql", "staged_at)::DOUBLE) / 60 AS median", "staged_at)) / 60 AS median"),
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


def slipped() -> list[str]:
    """The mutations that the lint lets through."""
    found = []
    for name, whole, broken in MUTATIONS:
        text = (SQL / name).read_text(encoding="utf-8")
        assert whole in text, f"{name} no longer says {whole!r}: choose another place to break"
        if not problems(text.replace(whole, broken, 1)):
            found.append(f"{name}: {broken}")
    return found


def figure() -> Figure:
    """P-snowflake-02."""
    tried = len(MUTATIONS)
    caught = tried - len(slipped())
    return Figure(
        "P-snowflake-02",
        "duckdb_only_constructs_caught",
        f"{caught} of {tried}",
        "all of at least 20",
        caught == tried >= 20,
    )

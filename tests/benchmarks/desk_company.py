"""The sample company many times over: what the desk's pages read, of ten thousand customers."""

from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse

_CUSTOMERS = 62
#: What names a row of the company; a copy has names of its own.
_NAMES = ("customer_id", "call_id", "account_id", "artefact_id", "action_id", "dispute_id")
_TABLES = (
    "source.customers", "source.csm_assignments", "source.customer_people", "source.accounts",
    "source.contract_terms",
    "analytics.weekly_reports", "analytics.weekly_report_pdfs", "analytics.customer_metrics",
    "analytics.customer_segments", "analytics.customer_risks", "analytics.customer_insights",
    "analytics.customer_changes", "analytics.customer_inputs", "analytics.customer_transitions",
    "analytics.customer_forecasts", "analytics.customer_texts", "analytics.customer_alerts",
    "analytics.module_adoption", "analytics.customer_modules", "analytics.customer_gaps",
    "analytics.account_csm_assignments", "analytics.accounts_needing_csm",
    "analytics.csm_routing_recommendations", "analytics.routing_reviews",
    "analytics.call_analysis", "analytics.call_signals", "analytics.call_summaries",
    "analytics.call_sentiment",
    "gong.gong_call_links", "gong.stg_gong_calls", "gong.stg_gong_call_participants",
    "gong.stg_gong_call_transcripts",
    "ops.send_gate", "ops.artefacts", "ops.customer_actions", "ops.routing_batches",
)  # fmt: skip


def grown(home: Path, customers: int = 10_000) -> int:
    """Copies the sample's rows in a home until there are so many customers; how many there are.

    Each customer, call and account is there as often. Passages and vectors are not copied: search
    has figures of its own.
    """
    times = -(-customers // _CUSTOMERS)
    with DuckDBWarehouse(path=str(home / "warehouse.duckdb")).session("grow") as db:
        run = db._connection.execute
        for table in _TABLES:
            columns = run(f"SELECT * FROM {table} LIMIT 0").df().columns
            named = [name for name in _NAMES if name in columns]
            # Books, digests and the like stand in the same table as reviews, once each.
            wanted = "WHERE t.kind = 'weekly_report'" if "artefact_id" in named else ""
            renamed = ", ".join(f"t.{name} || '_' || copies.number AS {name}" for name in named)
            run(
                f"INSERT INTO {table} SELECT t.* REPLACE ({renamed}) FROM {table} t, "
                f"range(1, {times}) copies(number) {wanted}"
            )
    return _CUSTOMERS * times

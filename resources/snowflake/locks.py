"""Who writes to a table takes its lock first: Snowflake enforces no key.

Two merges, or two replacements of a partition that is still empty, would both
insert: neither finds a row that it could lock. So each table has a lock, a table of
one row, and a transaction begins by updating it. Snowflake may lock a whole table
for an UPDATE, hence one table for each lock: writers of other tables do not wait.

Tables that the same transactions write share a lock: each lock is a statement, and whoever
waits for one of them would wait for the others as well.
"""

#: By the table whose lock it is: those that share it.
_SHARED = {
    "gong.gong_calls_raw": (
        "gong.gong_call_crm_objects",
        "gong.gong_call_freshness",
        "gong.gong_call_headers",
        "gong.gong_call_links",
        "gong.gong_call_parties",
        "gong.gong_call_transcripts_raw",
        "gong.gong_day_reads",
        "gong.gong_dead_letters",
        "gong.gong_pending_transcripts",
        "gong.gong_progress",
        "gong.gong_purges",
        "gong.gong_reconciliation",
        "gong.gong_shared_mail_domains",
        "gong.gong_text_types",
        "gong.gong_web_domains",
        "gong.stg_gong_call_participants",
        "gong.stg_gong_call_topics",
        "gong.stg_gong_call_transcripts",
        "gong.stg_gong_calls",
    ),
}
_LOCKED_AS = {table: whose for whose, tables in _SHARED.items() for table in tables}


def lock_of(table: str) -> str:
    """The lock of ``schema.name``: ``ops.lock_schema_name`` of the table whose lock it shares."""
    return "ops.lock_" + _LOCKED_AS.get(table, table).replace(".", "_")


def make_lock(table: str, database: str = "") -> str:
    """The statement that makes the lock, with its row, unless it is there."""
    name = f"{database}.{lock_of(table)}" if database else lock_of(table)
    return f"CREATE TABLE IF NOT EXISTS {name} AS SELECT CAST(0 AS BIGINT) AS taken"


def take_lock(table: str) -> str:
    """The statement that waits for the lock and holds it to the transaction's end."""
    return f"UPDATE {lock_of(table)} SET taken = taken + 1"  # noqa: S608

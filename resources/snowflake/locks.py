"""Who writes to a table takes its lock first: Snowflake enforces no key.

Two merges, or two replacements of a partition that is still empty, would both
insert: neither finds a row that it could lock. So each table has a lock, a table of
one row, and a transaction begins by updating it. Snowflake may lock a whole table
for an UPDATE, hence one table for each lock: writers of other tables do not wait.
"""


def lock_of(table: str) -> str:
    """The lock of ``schema.name``: ``ops.lock_schema_name``."""
    return "ops.lock_" + table.replace(".", "_")


def make_lock(table: str, database: str = "") -> str:
    """The statement that makes the lock, with its row, unless it is there."""
    name = f"{database}.{lock_of(table)}" if database else lock_of(table)
    return f"CREATE TABLE IF NOT EXISTS {name} AS SELECT CAST(0 AS BIGINT) AS taken"


def take_lock(table: str) -> str:
    """The statement that waits for the lock and holds it to the transaction's end."""
    return f"UPDATE {lock_of(table)} SET taken = taken + 1"  # noqa: S608

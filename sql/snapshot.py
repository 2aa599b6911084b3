"""Statements that copy a table without words, addresses and workers' files, by its declaration.

``snapshot/<schema.table>``: every column that may stand outside of Snowflake. An address or file
that is withheld is the word ``withheld`` where a value is required, and empty elsewhere; words are
that word wherever there are any.
"""

from functools import cache

from sql import catalog, personal_data
from sql.catalog import Column, Table

_FOLDER = "snapshot"
#: Rows of a table up to which it is copied.
MOST_ROWS = 500_000
#: Statements that may show words as withheld, because they look for nothing in them, with the
#: tables of words that they read: whom to call first and by when is of use without.
SHOWN_WITHOUT_WORDS = {
    "customers/overview": frozenset(
        ("analytics.call_analysis", "analytics.customer_insights", "gong.stg_gong_calls")
    ),
}


@cache
def copied() -> tuple[Table, ...]:
    """The tables that may be copied: none of Gong and none with words, but for those that are shown
    without; none that could not be kept without what is withheld."""
    without = frozenset[str]().union(*SHOWN_WITHOUT_WORDS.values())
    return tuple(
        table
        for table in catalog.tables().values()
        if (
            table.full_name in without
            or (
                table.schema in ("source", "analytics", "ops")
                and not personal_data.holds(table.full_name, "words")
            )
        )
        and not any(column.type.startswith(("VECTOR", "VARIANT")) for column in table.columns)
        and all(not c.required or c.type == "STRING" for c in _withheld(table))
    )


def answered_from(statement: str) -> frozenset[str]:
    """The tables that ``statement`` may read of a copy."""
    return frozenset(
        table.full_name
        for table in copied()
        if not personal_data.holds(table.full_name, "words")
        or table.full_name in SHOWN_WITHOUT_WORDS.get(statement, ())
    )


def _withheld(table: Table) -> list[Column]:
    names = personal_data.columns_of(table.full_name, "address", "file", "words")
    return [table.column(name) for name in names]


def _kept(table: Table, column: Column) -> str:
    """What of a column is copied."""
    if column not in _withheld(table):
        return column.name
    if column.name in personal_data.columns_of(table.full_name, "words"):
        return f"IFF({column.name} IS NULL, NULL, 'withheld') AS {column.name}"
    if column.required:
        return f"'withheld' AS {column.name}"
    return f"CAST(NULL AS {column.type}) AS {column.name}"


def name_of(table: Table) -> str:
    """Name of the statement for a table."""
    return f"{_FOLDER}/{table.full_name}"


def statement(name: str) -> str | None:
    """The statement ``name``, or None where none is made here."""
    folder, _, rest = name.partition("/")
    if folder != _FOLDER:
        return None
    table = catalog.table(rest)
    columns = ", ".join(_kept(table, column) for column in table.columns)
    return f"SELECT {columns} FROM {table.full_name} LIMIT {MOST_ROWS + 1}"  # noqa: S608 - ours

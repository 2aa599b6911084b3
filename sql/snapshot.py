"""Statements that copy a table without addresses and workers' files, made from its declaration.

``snapshot/<schema.table>``: every column that may stand outside of Snowflake. What is withheld is
the word ``withheld`` where a value is required, and empty elsewhere.
"""

from functools import cache

from sql import catalog, personal_data
from sql.catalog import Column, Table

_FOLDER = "snapshot"
#: Rows of a table up to which it is copied.
MOST_ROWS = 500_000


@cache
def copied() -> tuple[Table, ...]:
    """The tables that may be copied: none of Gong, none with words, none that could not be kept
    without what is withheld."""
    return tuple(
        table
        for table in catalog.tables().values()
        if table.schema in ("source", "analytics", "ops")
        and not personal_data.holds(table.full_name, "words")
        and not any(column.type.startswith(("VECTOR", "VARIANT")) for column in table.columns)
        and all(not c.required or c.type == "STRING" for c in _withheld(table))
    )


def _withheld(table: Table) -> list[Column]:
    names = personal_data.columns_of(table.full_name, "address", "file")
    return [table.column(name) for name in names]


def name_of(table: Table) -> str:
    """Name of the statement for a table."""
    return f"{_FOLDER}/{table.full_name}"


def statement(name: str) -> str | None:
    """The statement ``name``, or None where none is made here."""
    folder, _, rest = name.partition("/")
    if folder != _FOLDER:
        return None
    table = catalog.table(rest)
    withheld = {column.name for column in _withheld(table)}
    columns = ", ".join(
        column.name
        if column.name not in withheld
        else f"'withheld' AS {column.name}"
        if column.required
        else f"CAST(NULL AS {column.type}) AS {column.name}"
        for column in table.columns
    )
    return f"SELECT {columns} FROM {table.full_name} LIMIT {MOST_ROWS + 1}"  # noqa: S608 - ours

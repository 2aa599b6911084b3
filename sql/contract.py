"""The contract statements of the source tables, made from their declarations.

A rule that a column's comment declares is a SELECT for each column that has it, joined by
``UNION ALL``: ``text("sources/missing_values")`` needs no file, and a new source table is its file
under ``sql/tables/source``. Identifiers and accepted values come from the catalogue alone.
"""

from collections.abc import Callable, Iterator, Sequence

from sql import catalog
from sql.catalog import Column, Table

SCHEMA = "source"
_GRAIN = "grain"
_GRAINS = "grains"


def statement(name: str) -> str | None:
    """The statement ``name`` (``sources/missing_values``), or None where none is made."""
    folder, _, table = name.partition("/")
    if folder == _GRAIN:
        return _repeated_grain(catalog.table(table))
    if folder == _GRAINS:
        return _repeated_grains([catalog.table(one) for one in table.split("+")])
    made = _MADE.get(name)
    if made is None:
        return None
    says, selects = made
    tables = [table for table in catalog.tables().values() if table.schema == SCHEMA]
    return f"-- {says}\n" + "\nUNION ALL\n".join(s for table in tables for s in selects(table))


def grain(table: str) -> str:
    """Name of the statement that finds keys which stand more than once in ``schema.table``."""
    return f"{_GRAIN}/{table}"


def grains(tables: Sequence[str]) -> str:
    """Name of the statement that does so for several tables: ``table_name``, ``key``, ``times``."""
    return f"{_GRAINS}/{'+'.join(tables)}"


def names() -> tuple[str, ...]:
    """Names of the statements that are made here."""
    return tuple(_MADE)


def _repeated_grain(table: Table) -> str:
    key = ", ".join(table.key)
    return (
        f"-- Keys that stand more than once in {table.full_name}. One row per key.\n"
        f"SELECT {key}, COUNT(*) AS times\nFROM {table.full_name}\n"
        f"GROUP BY {key}\nHAVING COUNT(*) > 1\nORDER BY {key}\nLIMIT 1000"
    )


def _repeated_grains(tables: Sequence[Table]) -> str:
    selects = (
        f"SELECT '{table.full_name}' AS table_name, {_key(table)} AS key, COUNT(*) AS times\n"
        f"FROM {table.full_name}\nGROUP BY {', '.join(table.key)}\nHAVING COUNT(*) > 1"
        for table in tables
    )
    return (
        "-- Keys that stand more than once in some tables. One row per table and key.\n"
        + "\nUNION ALL\n".join(selects)
        + "\nORDER BY table_name, key\nLIMIT 1000"
    )


def _key(table: Table) -> str:
    return " || '|' || ".join(f"{column}::STRING" for column in table.key)


def _first(table: Table) -> str:
    """The first key among the rows, to find them by; of more than one column, joined by a bar."""
    return f"MIN({_key(table)})"


def _row_counts(table: Table) -> Iterator[str]:
    yield f"SELECT '{table.name}' AS table_name, COUNT(*) AS row_count FROM {table.full_name}"


def _repeated_keys(table: Table) -> Iterator[str]:
    key = ", ".join(table.key)
    complete = " AND ".join(f"{column} IS NOT NULL" for column in table.key)
    yield (
        f"SELECT '{table.name}' AS table_name, '{key}' AS column_name, COUNT(*) AS bad_rows,\n"
        f"       {_first(table)} AS first_key\n"
        f"FROM (\n    SELECT {key} FROM {table.full_name} WHERE {complete}\n"
        f"    GROUP BY {key} HAVING COUNT(*) > 1\n) AS repeated"
    )


def _columns(
    applies: Callable[[Column], object], condition: Callable[[Column], str]
) -> Callable[[Table], Iterator[str]]:
    """A SELECT that counts the bad rows of each column that a rule applies to."""

    def selects(table: Table) -> Iterator[str]:
        for column in table.columns:
            if applies(column):
                yield (
                    f"SELECT '{table.name}' AS table_name, '{column.name}' AS column_name, "
                    f"COUNT(*) AS bad_rows,\n       {_first(table)} AS first_key\n"
                    f"FROM {table.full_name}\nWHERE {condition(column)}"
                )

    return selects


def _is_unaccepted(column: Column) -> str:
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.one_of)
    return f"{column.name} NOT IN ({values})"


def _is_unknown(column: Column) -> str:
    assert column.joins is not None
    parent, key = column.joins
    # A parent table that nobody has is not judged by.
    return (
        f"{column.name} NOT IN (SELECT {key} FROM {SCHEMA}.{parent}) "
        f"AND EXISTS (SELECT 1 FROM {SCHEMA}.{parent})"
    )


def _is_no_address(column: Column) -> str:
    name = column.name
    return f"{name} NOT LIKE '%_@_%._%' OR {name} LIKE '%@%@%' OR {name} LIKE '% %'"


#: By name: what the statement gives, and its SELECTs for a table.
_MADE: dict[str, tuple[str, Callable[[Table], Iterator[str]]]] = {
    "sources/row_counts": ("Rows of every source table. One row per table.", _row_counts),
    "sources/repeated_keys": (
        "Keys that occur more than once, where the key is complete. One row per source table.",
        _repeated_keys,
    ),
    "sources/missing_values": (
        "Rows without a value that is required. One row per required column.",
        _columns(lambda column: column.required, lambda column: f"{column.name} IS NULL"),
    ),
    "sources/no_mail_addresses": (
        "Rows whose mail address is none. One row per column of addresses.",
        _columns(lambda column: column.form, _is_no_address),
    ),
    "sources/unaccepted_values": (
        "Rows whose value is none of the accepted ones. One row per column with accepted values.",
        _columns(lambda column: column.one_of, _is_unaccepted),
    ),
    "sources/unknown_references": (
        "Rows that name something their parent table lacks. One row per referring column.",
        _columns(lambda column: column.joins, _is_unknown),
    ),
}

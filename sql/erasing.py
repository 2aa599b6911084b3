"""Statements that find rows of people and customers, made from the tables' declarations.

``erasing/by/<schema.table>/<column>/<n>``: rows whose column is one of n values (compared in lower
case); ``erasing/mentions/<schema.table>/<n>``: rows that have one of n texts, in lower case,
anywhere in a column of text; ``erasing/quoting/...``: rows that may quote calls. Identifiers come
from the catalogue alone.
"""

from collections.abc import Sequence

from sql import catalog
from sql.catalog import Table

_FOLDER = "erasing"
#: The type of columns that hold JSON.
JSON = "VARIANT"


def by(table: str, column: str, count: int) -> str:
    """Name of the statement for ``count`` values of a column."""
    return f"{_FOLDER}/by/{table}/{column}/{count}"


def mentions(table: str, count: int) -> str:
    """Name of the statement for ``count`` texts."""
    return f"{_FOLDER}/mentions/{table}/{count}"


def quoting(
    table: str, day: str, texts: Sequence[str], sheet: str | None, count: int, is_any: bool
) -> str:
    """Name of the statement for rows of some days that hold a quote.

    With ``count`` ids, those with one of them in ``sheet``, and of the others those with a quote
    of which ``sheet`` does not say the call. ``is_any``: all rows, quote or not.
    """
    return f"{_FOLDER}/quoting/{table}/{day}/{'+'.join(texts)}/{sheet or ''}/{count}/{int(is_any)}"


def statement(name: str) -> str | None:
    """The statement ``name``, or None where none is made here."""
    folder, _, rest = name.partition("/")
    if folder != _FOLDER:
        return None
    how, table_name, *more = rest.split("/")
    table = catalog.table(table_name)
    if how == "quoting":
        return _quoting(table, *more)
    if how == "by":
        column, count = table.column(more[0]).name, int(more[1])
        condition = f"LOWER(CAST({column} AS STRING)) IN ({', '.join('?' * count)})"
    else:
        told = ", ".join(f"COALESCE({_as_text(table, name)}, '')" for name in texts(table))
        condition = " OR ".join([f"CONTAINS(LOWER(CONCAT_WS(' ', {told})), ?)"] * int(more[0]))
    names = ", ".join(_read(table, name) for name in read_columns(table))
    return (
        f"-- Rows of {table.full_name} to be erased.\n"
        f"SELECT {names}\nFROM {table.full_name}\nWHERE {condition}"
    )


def _quoting(table: Table, day: str, texts: str, sheet: str, count: str, is_any: str) -> str:
    told = [table.column(name).name for name in texts.split("+")]
    condition = "TRUE"
    if is_any == "0":
        whole = ", ".join(f"COALESCE({name}, '')" for name in told)
        condition = f"CONTAINS(CONCAT_WS(' ', {whole}), '“')"
    if sheet:
        named = table.column(sheet).name
        says = f"{named} IS NOT NULL" if named not in told else f"CONTAINS({named}, '\"call_id\"')"
        if int(count):
            of_them = " OR ".join([f"CONTAINS({named}, ?)"] * int(count))
            condition = f"({condition} AND COALESCE(NOT {says}, TRUE) OR {of_them})"
    also = [name for name in (sheet, "writer") if name in table.column_names]
    names = ", ".join(dict.fromkeys([*table.key, *told, *also]))
    return (
        f"-- Rows of {table.full_name} that may quote calls. Parameters: first and last day, ids.\n"
        f"SELECT {names}\nFROM {table.full_name}\n"
        f"WHERE CAST({table.column(day).name} AS DATE) BETWEEN ? AND ?\n  AND {condition}"
    )


def texts(table: Table) -> tuple[str, ...]:
    """The columns of text, as such or as JSON."""
    return tuple(column.name for column in table.columns if column.type in ("STRING", JSON))


def read_columns(table: Table) -> tuple[str, ...]:
    """The key, the day and the columns of text: all that erasing looks at."""
    day = [table.partition] if table.partition else []
    return tuple(dict.fromkeys([*table.key, *day, *texts(table)]))


def _as_text(table: Table, column: str) -> str:
    return f"CAST({column} AS STRING)" if table.column(column).type == JSON else column


def _read(table: Table, column: str) -> str:
    text = _as_text(table, column)
    return column if text == column else f"{text} AS {column}"

"""The page for a user who brings own data: every source file, column by column.

It is made from the declarations under ``sql/tables/source``, so that it cannot
differ from what the loader checks. ``python -m cs_assets.sources.guide`` prints it.
"""

import re

from sql import catalog

_TYPES = {
    "STRING": "text",
    "BIGINT": "whole number",
    "DOUBLE": "number",
    "DATE": "day, `2026-11-09`",
    "TIMESTAMP_NTZ": "time in UTC, `2026-11-09 08:30:00`",
    "BOOLEAN": "`true` or `false`",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_RULES = re.compile(r"; (joins|one of:|form:) [^;]+")

_HEAD = """\
# Source files

The embedded warehouse loads your own data from a folder with one CSV file for each table below:
`cs-assets demo --data FOLDER`. On Snowflake nothing is loaded: the same tables are views on
what you have, mapped in one SQL file.

- **Encoding** UTF-8, with or without byte-order mark; lines may end as on Windows.
- **Form** comma-separated, one header line with the column names, in any order and case.
  Quote cells that hold a comma, a quote or a line end.
- **Empty cell** means "not known". A column that is not required may be left out.
- **A table that you do not have** is a file with only the header line; of an optional one the
  file may be missing. What rests on it says so.
- **Bounds** are far beyond what is meant: days from 1900 to 2199, whole numbers of 12 digits,
  measures below 1e15, texts of a million characters, files of 512 MiB.
- **All or nothing**: every file is read and checked first. If anything is wrong, all of it is
  listed with file, line and column, and nothing is loaded.

Run `cs-assets demo` once to get a complete example: the sample tenant's files lie in the folder
`sources` of its home.

This page is made from the table declarations by `python -m cs_assets.sources.guide`.
"""


def guide() -> str:
    """The whole page as markdown."""
    tables = [t for t in catalog.tables().values() if t.schema == "source"]
    index = "\n".join(f"- [`{t.name}.csv`](#{t.name}csv): {_lead(t)}" for t in tables)
    return "\n".join([_HEAD, index, "", *(_section(table) for table in tables)])


def _lead(table: catalog.Table) -> str:
    return table.meaning[0].lower() + table.meaning[1:].rstrip(".")


def _section(table: catalog.Table) -> str:
    key = " + ".join(f"`{name}`" for name in table.key)
    lines = [
        f"## {table.name}.csv",
        "",
        f"{table.meaning} Unique by {key}.{' Optional.' if table.optional else ''}",
        "",
        "| column | type | required | meaning |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(column) for column in table.columns]
    return "\n".join([*lines, ""])


def _row(column: catalog.Column) -> str:
    meaning = _RULES.sub("", column.meaning)
    if column.joins:
        table, other = column.joins
        meaning += f"; must be a `{other}` of [`{table}.csv`](#{table}csv)"
    if column.form:
        meaning += f"; what is no {column.form} is told, and nothing is sent to it"
    if column.one_of:
        meaning += "; one of " + ", ".join(f"`{value}`" for value in column.one_of)
    required = "yes" if column.required else ""
    return f"| `{column.name}` | {_type(column.type)} | {required} | {meaning} |"


def _type(sql_type: str) -> str:
    decimal = _DECIMAL.fullmatch(sql_type)
    if decimal:
        return f"number with at most {decimal[2]} decimals"
    return _TYPES[sql_type]


if __name__ == "__main__":
    print(guide(), end="")

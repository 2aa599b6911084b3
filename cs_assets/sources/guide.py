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

The embedded warehouse loads your own data from a folder with a file for each table below that you
have. On Snowflake nothing is loaded: the same tables are views on what you have, mapped in one
SQL file.

## From your CRM export to your first review

```sh
cs-assets sources template crm/      # files to fill in, explained; or put your exports there
cs-assets sources check crm/         # all that is wrong, with file, line, column and mend
cs-assets --home crm-home/ demo --data crm/ # loads them, makes what they are enough for
```

The home remembers its folder: `cs-assets --home crm-home/ run week 2026-11-16` and the schedules of
`cs-assets --home crm-home/ up` load it again. The sample company is never mixed in; calls are read
with `--gong FOLDER` or a Gong key, and without them the reviews say that there are none.

**Which files.** Reviews need `customers`, `csms` and `csm_assignments`; routing needs `accounts`,
`onboarding_detail` and `workday_workers`; digests rest on calls. All else is evidence: a table
without a file is empty, and what rests on it says so. A file that is gone later does not empty its
table: a file with only the header line does.

**Exports as they are.** `sources.yaml` in the folder says what your files are called and how they
are written:

```yaml
formats:                      # of all files
  delimiter: ";"
  decimal: ","                # and thousands: "."
  dates: DD.MM.YYYY           # one pattern or a list; times: DD.MM.YYYY HH:mm
  time_zone: Europe/Berlin    # of times that do not say theirs
  nulls: ["NULL", "\\\\N"]       # marks for nothing beside the empty cell
  true_words: ja              # beside true, t, yes, 1; false_words: nein
  encoding: windows-1252
tables:
  customers:
    file: Accounts export.csv # or a Parquet file
    columns:                  # our column: theirs
      customer_id: Account ID
      region: {column: Country, values: {DE: Europe, US: North America}}
      lifecycle_stage: {value: steady}   # the same for all rows
  historical_engagement:
    needs: [messages_sent]    # rows without it are left out, and counted
    columns:                  # an id that the export lacks, of what tells its rows apart
      engagement_id: {joined: [Account ID, Day, Channel]}
```

## How files are read

- **CSV**: comma-separated UTF-8 with a header line, columns in any order and case, unless
  `sources.yaml` says otherwise. Quote cells that hold a delimiter, a quote or a line end. Lines
  before the header that begin with `#` are comments. **Parquet** (`customers.parquet`) likewise.
- **Empty cell** means "not known". A column that is not required may be left out; columns that no
  table has are listed and not read.
- **Marks for nothing** (`NULL`, `\\N`, `None`, `#N/A`) in texts are told until `nulls` lists them,
  or is `[]` where they are text.
- **Bounds** are far beyond what is meant: days from 1900 to 2199, whole numbers of 12 digits,
  measures below 1e15, texts of a million characters, files of 64 GiB. A file is read in portions:
  2.5 million rows take less than 1 GB of memory.
- **All or nothing**: every file is read and checked first. If anything is wrong, all of it is
  listed with file, line and column, and nothing is loaded.

Run `cs-assets demo` once to get a complete example: the sample tenant's files lie in the folder
`sources` of its home.

This page is made from the table declarations by `python -m cs_assets.sources.guide`.

## The tables
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
        f"{table.meaning} Unique by {key}.{_needed(table)}",
        "",
        "| column | type | required | meaning |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(column) for column in table.columns]
    return "\n".join([*lines, ""])


def _needed(table: catalog.Table) -> str:
    return f" Needed for {' and '.join(table.needed_for)}." if table.needed_for else ""


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
    return f"| `{column.name}` | {said_type(column.type)} | {required} | {meaning} |"


def said_type(sql_type: str) -> str:
    """A declared type in words."""
    decimal = _DECIMAL.fullmatch(sql_type)
    if decimal:
        return f"number with at most {decimal[2]} decimals"
    return _TYPES[sql_type]


if __name__ == "__main__":
    print(guide(), end="")

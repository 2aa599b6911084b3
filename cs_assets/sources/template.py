"""Files to fill in: one a source table, with its columns explained above the header.

Lines before the header that begin with # are comments and may stay. A file that nobody fills in
is a table that is not there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cs_assets.sources.guide import said_type
from sql import catalog

FORMS = """\
# How the files of this folder are written, and which column of yours is which of ours. All of it
# is optional: what is not said is as in the templates. `cs-assets sources check` says what is
# wrong.
#
# formats:                      # of all files
#   delimiter: ";"
#   decimal: ","                # and thousands: "."
#   dates: DD.MM.YYYY           # one pattern or a list; times: DD.MM.YYYY HH:mm
#   time_zone: Europe/Berlin    # of times that do not say theirs
#   nulls: ["NULL", "\\\\N"]       # marks for nothing beside the empty cell
#   encoding: windows-1252
# tables:
#   customers:
#     file: Accounts export.csv # or a Parquet file
#     delimiter: ","            # of this file
#     columns:                  # our column: theirs
#       customer_id: Account ID
#       region: {column: Country, values: {DE: Europe, US: North America}}
#       lifecycle_stage: {value: steady}   # the same for all rows
#   historical_engagement:
#     needs: [messages_sent]    # rows without it are left out, and counted
#     columns:                  # an id that the export lacks, of what tells its rows apart
#       engagement_id: {joined: [Account ID, Day, Channel]}
"""


def template(table: catalog.Table, examples: Sequence[Mapping[str, Any]]) -> str:
    """The file of one table: comments, examples among them, and the header."""
    needed = f" Needed for {' and '.join(table.needed_for)}." if table.needed_for else ""
    lines = [f"{table.meaning} Unique by {', '.join(table.key)}.{needed}"]
    lines += [_column(column) for column in table.columns]
    lines += ["Examples:", *(_example(table, row) for row in examples)]
    comments = [f"# {' '.join(line.split())}".rstrip() for line in lines]
    return "\n".join([*comments, ",".join(table.column_names), ""])


def _column(column: catalog.Column) -> str:
    meaning, _, _ = column.meaning.partition("; ")
    required = ", required" if column.required else ""
    one_of = f"; one of: {', '.join(column.one_of)}" if column.one_of else ""
    joins = f"; a {column.joins[1]} of {column.joins[0]}.csv" if column.joins else ""
    kind = said_type(column.type).replace("`", "")
    return f"  {column.name} ({kind}{required}): {meaning}{one_of}{joins}"


def _example(table: catalog.Table, row: Mapping[str, Any]) -> str:
    cells = ("" if row.get(name) is None else str(row[name]) for name in table.column_names)
    return "  " + ",".join(f'"{c}"' if "," in c else c for c in cells)

"""Rows of source files into an account's source tables: for a trial, or where nobody fills them.

CSV goes up by PUT and in by COPY, as an administrator, for the service may not write what other
teams own. Tables alone are filled, and empty ones alone: a view shows rows that are somebody's
already, and rows that are there are not ours to replace. All tables are filled, or none is.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from cs_assets.errors import UsageError
from resources.snowflake.names import Names
from resources.sources.files import opened
from resources.sources.staging import StagedFile

#: Runs a statement as the administrator; gives its rows.
Run = Callable[[str], Sequence[Any]]

_STAGE = "source_files"
#: Every value is quoted; an empty field is no value, which is Snowflake's own way.
_FORMAT = (
    "FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"') "
    "ON_ERROR = ABORT_STATEMENT"
)


def load(folder: Path, names: Names, run: Run) -> dict[str, int]:
    """Fill the source tables from the files of ``folder``; rows by table name.

    Raises ``UsageError`` for a folder without source files, where a source is a view, is not there
    or has rows, and ``BadSourceFiles`` for what is wrong in the files; nothing is loaded then.
    """
    with opened(folder) as (found, staged):
        found.refuse_bad()
        files = [file for file in found.there if file.rows]
        run("USE ROLE SYSADMIN")
        run(f"USE WAREHOUSE {names.warehouse}")
        for file in files:
            _refuse_unless_empty(file, names, run)
        with tempfile.TemporaryDirectory() as scratch:
            written = list(_written(files, staged, Path(scratch)))
            return _copied(written, names, run)


def _refuse_unless_empty(file: StagedFile, names: Names, run: Run) -> None:
    schema, name = names.schemas.source, file.table.name
    where = f"WHERE table_schema = '{schema.upper()}' AND table_name = '{name.upper()}'"
    within = f"{names.database}.INFORMATION_SCHEMA"
    found = run(
        f"SELECT 'VIEW' AS kind FROM {within}.VIEWS {where} "  # noqa: S608
        f"UNION SELECT table_type FROM {within}.TABLES {where}"
    )
    kinds = {str(row[0]).upper() for row in found}
    place = f"{names.database}.{schema}.{name}"
    if not kinds:
        raise UsageError(f"there is no table {place}; run cs-assets setup snowflake")
    if kinds != {"BASE TABLE"}:
        raise UsageError(
            f"{place} is a view on what others own, which is read and never filled; nothing was "
            "loaded"
        )
    if rows := int(run(f"SELECT COUNT(*) FROM {place}")[0][0]):  # noqa: S608
        raise UsageError(f"{place} holds {rows:,} rows already; nothing was loaded")


def _written(
    files: Sequence[StagedFile], staged: duckdb.DuckDBPyConnection, folder: Path
) -> Iterator[tuple[StagedFile, Path]]:
    """The checked rows of each file as CSV in one form, whatever form they came in."""
    for file in files:
        path = folder / f"{file.table.name}.csv"
        columns = ", ".join(column.name for column in file.columns)
        staged.execute(
            f"COPY (SELECT {columns} FROM {file.relation} ORDER BY line) "  # noqa: S608
            f"TO '{path}' (FORMAT csv, HEADER, FORCE_QUOTE *)"
        )
        yield file, path


def _copied(written: Sequence[tuple[StagedFile, Path]], names: Names, run: Run) -> dict[str, int]:
    schema = f"{names.database}.{names.schemas.source}"
    run(f"CREATE TEMPORARY STAGE IF NOT EXISTS {schema}.{_STAGE}")
    for _, path in written:
        run(f"PUT 'file://{path}' @{schema}.{_STAGE} AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
    run("BEGIN")
    try:
        for file, path in written:
            columns = ", ".join(column.name for column in file.columns)
            run(
                f"COPY INTO {schema}.{file.table.name} ({columns}) "
                f"FROM @{schema}.{_STAGE}/{path.name} {_FORMAT}"
            )
    except BaseException:
        run("ROLLBACK")
        raise
    run("COMMIT")
    return {file.table.name: file.rows for file, _ in written}

"""Loads a folder of files, one for each source table, into ``source.*``.

The declarations under ``sql/tables/source`` are the contract: columns, types,
required values, keys, accepted values, and values that must exist in another
table. A table without a file is empty. Everything is read and checked before
anything is written; then all tables are replaced in one transaction. What is
wrong is told at once, with file, line, column and how to mend it
(``BadSourceFiles``).

Files are CSV as the sample's, written otherwise if ``sources.yaml`` says so
(``forms``), or Parquet. An empty cell is NULL; blanks around a value are
dropped; columns that no table has are listed and not read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from cs_assets.erasure.kept_out import forget_again
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from resources.sources import checking
from resources.sources.forms import FILE_NAME, read_forms
from resources.sources.problems import SHOWN_OF_A_KIND, BadSourceFiles, Problems
from resources.sources.purposes import PURPOSES, lacking
from resources.sources.staging import (
    StagedFile,
    Tell,
    scratch_database,
    source_tables,
    stage,
    unread_files,
)
from resources.warehouse import Session, Warehouse

if TYPE_CHECKING:
    import duckdb

#: Rows that go to the warehouse at a time.
_PORTION = 50_000
#: Arrow's types that pandas would else change where a value is missing.
_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def _silent(said: str) -> None:
    pass


@dataclass
class Folder:
    """A folder of source files, read and checked."""

    path: Path
    files: dict[str, StagedFile]
    problems: Problems
    doubts: Problems
    """What is loaded all the same and should be mended."""
    lacking: dict[str, list[str]]
    """By purpose that the folder is not enough for: the tables of which it has no row."""
    passed_over: list[str] = field(default_factory=list)
    """Files that no table comes from."""

    @property
    def there(self) -> list[StagedFile]:
        return [file for file in self.files.values() if file.is_there]

    @property
    def ignored(self) -> dict[str, list[str]]:
        """By file: its columns that are not read."""
        return {file.name: file.ignored for file in self.there if file.ignored}

    def refuse_bad(self) -> None:
        """Raise ``BadSourceFiles`` where anything is wrong."""
        if self.problems.total:
            raise BadSourceFiles(self.path, self.problems)


@contextmanager
def opened(
    folder: Path,
    *,
    keep: int = SHOWN_OF_A_KIND,
    scratch: Path | None = None,
    tell: Tell = _silent,
) -> Iterator[tuple[Folder, duckdb.DuckDBPyConnection]]:
    """A folder staged and checked, and the database that holds its rows.

    ``keep``: problems of a kind that are kept one by one; ``scratch``: where the database lies.
    Raises ``UsageError`` for a folder that is not there or holds no source file.
    """
    if not folder.is_dir():
        raise UsageError(
            f"the folder {folder} does not exist; cs-assets sources template FOLDER makes one"
        )
    forms = read_forms(folder)
    problems, doubts = Problems(keep=keep), Problems(keep=keep)
    with scratch_database(scratch) as connection:
        files = {
            name: stage(connection, folder, table, forms, problems, tell)
            for name, table in source_tables().items()
        }
        there = [file for file in files.values() if file.is_there]
        if not there:
            raise UsageError(
                f"{folder} holds no source file such as customers.csv; "
                f"cs-assets sources template {folder} writes empty ones, {FILE_NAME} names others"
            )
        readable = [file for file in there if file.is_read]
        for file in readable:
            tell(f"checking {file.name}")
            checking.check_file(connection, file, problems)
            checking.check_joins(connection, file, files, problems)
            checking.check_forms(connection, file, doubts)
            checking.check_plausible(connection, file, doubts)
        have = {file.table.name for file in there if file.rows}
        missing = {purpose: gone for purpose in PURPOSES if (gone := lacking(purpose, have))}
        yield (
            Folder(folder, files, problems, doubts, missing, unread_files(folder, forms)),
            connection,
        )


def check_folder(folder: Path, *, keep: int = SHOWN_OF_A_KIND, tell: Tell = _silent) -> Folder:
    """What a load would find wrong; nothing is loaded."""
    with opened(folder, keep=keep, tell=tell) as (found, _):
        return found


def load_folder(
    folder: Path,
    warehouse: Warehouse,
    tables: Collection[str] | None = None,
    doubts: Problems | None = None,
    tell: Tell = _silent,
) -> dict[str, int]:
    """Replace the source tables by the files of ``folder``; returns rows by table name.

    ``tables`` narrows what is written, not what is checked; ``doubts`` is given what is loaded
    all the same and should be mended. Raises ``UsageError`` for a folder without source files,
    or where a table that has rows has lost its file, and ``BadSourceFiles`` for what is in them.
    """
    scratch = (
        Path(warehouse.path).absolute().parent if isinstance(warehouse, DuckDBWarehouse) else None
    )
    with opened(folder, scratch=scratch, tell=tell) as (found, staged):
        found.refuse_bad()
        wanted = [f for name, f in found.files.items() if tables is None or name in tables]
        if doubts is not None:
            for problem in found.doubts.kept:
                if any(problem.file == file.name for file in wanted):
                    key = (problem.file, problem.column, problem.expected)
                    doubts.add(problem, found.doubts.counts[key] if key not in doubts.counts else 0)
        names = [file.table.full_name for file in wanted]
        with warehouse.session("source files") as db:
            _refuse_lost(folder, wanted, db)
            with db.transaction(*names):
                counts = {file.table.name: _fill(staged, file, db, tell) for file in wanted}
                for table, removed in forget_again(db, names).items():
                    counts[table.removeprefix("source.")] -= removed
                return counts


def _refuse_lost(folder: Path, wanted: list[StagedFile], db: Session) -> None:
    """A file that is gone does not empty its table: it may be gone by accident."""
    gone = {file.table.name: file.name for file in wanted if not file.is_there}
    if not gone:
        return
    counted = db.query("sources/row_counts")
    rows = dict(zip(counted["table_name"], counted["row_count"], strict=True))
    lost = [f"{file} ({rows[name]:,} rows)" for name, file in gone.items() if rows.get(name)]
    if lost:
        raise UsageError(
            f"{folder} lacks {', '.join(lost)}, loaded before; put it back, or a file with only "
            "the header line to empty the table"
        )


def _fill(staged: duckdb.DuckDBPyConnection, file: StagedFile, db: Session, tell: Tell) -> int:
    """Put the rows of one file in place of the table's, portion by portion."""
    table = file.table
    columns = [column.name for column in file.columns]
    db.replace(table.full_name, pd.DataFrame(columns=columns), {})
    if not file.rows:
        return 0
    selected = f"SELECT {', '.join(columns)} FROM {file.relation} ORDER BY line"
    reader = staged.execute(selected).to_arrow_reader(_PORTION)
    filled = 0
    for batch in reader:
        rows = pa.Table.from_batches([batch])
        if isinstance(db, DuckDBSession):
            db.append_arrow(table.full_name, rows)
        else:
            db.append(
                table.full_name, rows.to_pandas(types_mapper=_NULLABLE.get, date_as_object=False)
            )
        filled += len(rows)
        tell(f"{file.name}: {filled:,} of {file.rows:,} rows loaded")
    return filled

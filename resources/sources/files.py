"""Loads a folder of CSV files, one for each source table, into ``source.*``.

The declarations under ``sql/tables/source`` are the contract: columns, types,
required values, keys, accepted values, and values that must exist in another
table. An optional table that has no file is empty. Everything is read and
checked before anything is written; then all tables are replaced in one
transaction. What is wrong is told at once, with file, line, column and what
was expected (``BadSourceFiles``).

Files are UTF-8 (a byte-order mark is fine), separated by commas, with a header
in any order and case. An empty cell is NULL; blanks around a value are dropped;
a column that is not required may be left out.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.errors import UsageError
from cs_assets.mail_addresses import is_address
from resources.sources.problems import BadSourceFiles, Problem, Problems
from resources.sources.values import kind_of
from resources.warehouse import Warehouse
from sql import catalog

#: Longest cell in characters; a quote that is never closed runs into it.
MAX_CELL = 1_000_000


#: Bytes of a file; it is read into memory as a whole.
LARGEST_FILE = 512 * 2**20


@dataclass(frozen=True)
class SourceFile:
    """One file as read: its table, the values by column, and the line each row starts on.

    ``whole`` is False when a row could not be read: what refers to it is not judged then.
    """

    table: catalog.Table
    name: str
    columns: dict[str, list[Any]]
    lines: list[int]
    whole: bool

    def frame(self) -> pd.DataFrame:
        """The rows as the warehouse takes them."""
        return pd.DataFrame(
            {
                name: pd.Series(values, dtype=kind_of(self.table.column(name).type).pandas)
                for name, values in self.columns.items()
            }
        )


def source_tables() -> dict[str, catalog.Table]:
    """The source tables by name without schema."""
    return {table.name: table for table in catalog.tables().values() if table.schema == "source"}


def load_folder(
    folder: Path,
    warehouse: Warehouse,
    tables: Collection[str] | None = None,
    doubts: Problems | None = None,
) -> dict[str, int]:
    """Replace the source tables by the files of ``folder``; returns rows by table name.

    ``tables`` narrows what is written, not what is checked; ``doubts`` is given what is loaded
    all the same and should be mended. Raises ``UsageError``
    for a missing folder or file and ``BadSourceFiles`` for what is in them.
    """
    read = read_folder(folder)
    wanted = [file for name, file in read.items() if tables is None or name in tables]
    for file in wanted:
        _check_forms(file, Problems() if doubts is None else doubts)
    frames = {file.table: file.frame() for file in wanted}
    names = [table.full_name for table in frames]
    with warehouse.session("source files") as db, db.transaction(*names):
        return {
            table.name: db.replace(table.full_name, frame, {}) for table, frame in frames.items()
        }


def read_folder(folder: Path) -> dict[str, SourceFile]:
    """Every source file of ``folder``, checked; raises as ``load_folder`` does."""
    if not folder.is_dir():
        raise UsageError(f"the folder of source files {folder} does not exist")
    tables = source_tables()
    missing = [
        f"{name}.csv"
        for name, table in tables.items()
        if table.optional is None and not (folder / f"{name}.csv").is_file()
    ]
    if missing:
        raise UsageError(
            f"{folder} lacks {', '.join(missing)}; "
            "a file with only the header line stands for an empty table"
        )
    problems = Problems()
    read = {
        name: _read_file(folder / f"{name}.csv", table, problems) for name, table in tables.items()
    }
    for file in read.values():
        _check_joins(file, read, problems)
    if problems.total:
        raise BadSourceFiles(folder, problems)
    return read


def _read_file(path: Path, table: catalog.Table, problems: Problems) -> SourceFile:
    if table.optional is not None and not path.exists():
        return SourceFile(table, path.name, {name: [] for name in table.column_names}, [], True)
    unread = SourceFile(table, path.name, {}, [], whole=False)
    text = _decoded(path, problems)
    if text is None:
        return unread
    before = problems.total
    rows = _rows(path.name, text, problems)
    header = next(rows, None)
    if problems.total > before:  # the header itself is broken
        return unread
    if header is None:
        problems.add(Problem(path.name, 1, "", "expected a header line with the column names"))
        return unread
    names = _header(path.name, header[1], table, problems)
    if names is None:
        return unread
    return _typed(path.name, table, names, rows, problems)


def _decoded(path: Path, problems: Problems) -> str | None:
    try:
        with path.open("rb") as file:  # no more than is allowed, whatever the file says of itself
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from error
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{path} holds more than {LARGEST_FILE >> 20} MiB")
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnicodeDecodeError("utf-8", content, 0, 1, "the mark of UTF-16")
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = f"0x{error.object[error.start]:02x}"
        expected = f"expected text in UTF-8, not the byte {byte}; save the file as UTF-8"
        problems.add(Problem(path.name, line, "", expected))
        return None


def _rows(name: str, text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line that it starts on; broken rows are told and left out."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(
                Problem(name, line, "", f"expected a row of comma-separated values ({error})")
            )
            continue
        if row:
            yield line, row


def _header(
    name: str, found: list[str], table: catalog.Table, problems: Problems
) -> list[str] | None:
    """The declared column of each position, or None when the header will not do."""
    names = [column.strip().lower() for column in found]
    before = problems.total
    known = set(table.column_names)
    for separator, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and separator in names[0]:
            expected = f"expected columns separated by commas, these are separated by {called}"
            problems.add(Problem(name, 1, "", expected))
            return None
    for column in sorted(set(names) - known):
        expected = f"expected a column of {table.name} ({', '.join(table.column_names)})"
        problems.add(Problem(name, 1, "", expected, column, rule="unknown column"))
    for column in sorted({column for column in names if names.count(column) > 1}):
        problems.add(Problem(name, 1, "", "expected each column once", column))
    required = {column.name for column in table.columns if column.required} | set(table.key)
    for column in table.column_names:
        if column in required and column not in names:
            problems.add(Problem(name, 1, column, "expected this column, it is required"))
    return names if problems.total == before else None


def _typed(
    name: str,
    table: catalog.Table,
    names: list[str],
    rows: Iterator[tuple[int, list[str]]],
    problems: Problems,
) -> SourceFile:
    before = problems.total
    lines: list[int] = []
    raw: list[list[str]] = []
    for line, row in rows:
        if len(row) != len(names):
            expected = f"expected {len(names)} values as in the header, found {len(row)}"
            problems.add(Problem(name, line, "", expected, rule="row length"))
        else:
            lines.append(line)
            raw.append(row)
    whole = problems.total == before
    cells = dict(zip(names, map(list, zip(*raw, strict=True)), strict=False))
    columns = {
        column.name: _column(name, column, cells.get(column.name, []), lines, problems)
        for column in table.columns
        if column.name in names
    }
    file = SourceFile(table, name, columns, lines, whole)
    _check_key(file, problems)
    return file


def _column(
    name: str, column: catalog.Column, cells: list[str], lines: list[int], problems: Problems
) -> list[Any]:
    """The values of one column; a bad cell is told and stands as None."""
    kind = kind_of(column.type)
    accepted = set(column.one_of)
    values: list[Any] = []
    for line, cell in zip(lines, cells, strict=True):
        text = cell.strip()
        value = None
        if text:
            try:
                value = kind.read(text)
            except ValueError:
                problems.add(Problem(name, line, column.name, f"expected {kind.expected}", text))
            else:
                if accepted and value not in accepted:
                    expected = f"expected one of {', '.join(column.one_of)}"
                    problems.add(Problem(name, line, column.name, expected, text))
        elif column.required:
            problems.add(Problem(name, line, column.name, "expected a value, the cell is empty"))
        values.append(value)
    return values


def _check_key(file: SourceFile, problems: Problems) -> None:
    """Rows whose key is complete must differ in it."""
    first: dict[tuple[Any, ...], int] = {}
    keys = zip(*(file.columns[name] for name in file.table.key), strict=True)
    for line, key in zip(file.lines, keys, strict=True):
        if None in key:
            continue
        before = first.setdefault(key, line)
        if before != line:
            shown = ", ".join(map(str, key))
            expected = f"expected a key that is not there yet, line {before} has the same"
            columns = ", ".join(file.table.key)
            problems.add(Problem(file.name, line, columns, expected, shown, rule="key"))


def _check_forms(file: SourceFile, doubts: Problems) -> None:
    """Values of another form than declared; they are of people, and not shown."""
    for column in file.table.columns:
        if column.form is None or column.name not in file.columns:
            continue
        expected = f"expected a {column.form} such as name@company.com; nothing is sent to this one"
        for line, value in zip(file.lines, file.columns[column.name], strict=True):
            if value is not None and not is_address(value):
                doubts.add(Problem(file.name, line, column.name, expected))


def _check_joins(file: SourceFile, read: dict[str, SourceFile], problems: Problems) -> None:
    """Values that must exist in another table do."""
    for column in file.table.columns:
        if column.joins is None or column.name not in file.columns:
            continue
        table, other = column.joins
        if not read[table].whole:
            continue
        known = set(read[table].columns[other])
        for line, value in zip(file.lines, file.columns[column.name], strict=True):
            if value is not None and value not in known:
                expected = f"expected a {other} of {table}.csv"
                problems.add(Problem(file.name, line, column.name, expected, str(value)))

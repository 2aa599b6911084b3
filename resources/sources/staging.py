"""Source files as typed tables in a database of their own, with the text of what is no value.

DuckDB's own reader takes what is well formed; a file that it refuses, or whose rows are not its
lines, is read record by record, which alone knows where each is. Memory is bounded either way:
the database is a file that is removed in the end.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sql
from cs_assets.errors import UsageError
from resources.sources.forms import FILE_NAME, Forms, TableForm
from resources.sources.problems import Problem, Problems
from resources.sources.records import Records, Unread
from resources.sources.values import cell, kind_of, quoted
from sql import catalog

if TYPE_CHECKING:
    import duckdb

#: Bytes of a file beyond which it is taken for a mistake.
LARGEST_FILE = 64 * 2**30
_MEMORY = "256MB"
#: Records that are handed to the database at a time.
_PORTION = 20_000
#: Encodings that DuckDB reads; the record reader knows the others.
_ENGINE_ENCODINGS = {"utf-8": "utf-8", "iso8859-1": "latin-1"}
_SCRATCH = ".sources-"

Tell = Callable[[str], None]


@dataclass
class StagedFile:
    """One table as its file has it: where its columns come from, and what was left out."""

    table: catalog.Table
    name: str
    form: TableForm
    texts: dict[str, str] = field(default_factory=dict)
    """By column: the expression that gives its text from a raw row."""
    ignored: list[str] = field(default_factory=list)
    """Columns of the file that no column of ours comes from."""
    unread: Unread = field(default_factory=Unread)
    rows: int = 0
    left_out: int = 0
    """Rows that lack what the form says that they need."""
    is_there: bool = True
    is_read: bool = True
    """Whether its rows could be read at all."""

    @property
    def relation(self) -> str:
        """``line``, each column, and as ``bad_<column>`` the text of a cell that is no value."""
        return f"staged.{self.table.name}"

    @property
    def columns(self) -> list[catalog.Column]:
        """The columns that come from the file."""
        return [column for column in self.table.columns if column.name in self.texts]

    def select(self, raw: str) -> str:
        """A SELECT of what ``relation`` holds from raw rows, each expression computed once."""
        text = ", ".join(f"{text} AS bad_{name}" for name, text in self.texts.items())
        kinds = {c.name: kind_of(c.type, f"bad_{c.name}", self.form) for c in self.columns}
        values = ", ".join(
            f"CAST({kind.expression} AS {kind.engine_type}) AS {name}, bad_{name}"
            for name, kind in kinds.items()
        )
        both = ", ".join(
            f"{name}, CASE WHEN {name} IS NULL THEN bad_{name} END AS bad_{name}" for name in kinds
        )
        if not kinds:
            return f"SELECT line FROM {raw}"
        texts = f"(SELECT line, {text} FROM {raw})"
        return f"SELECT line, {both} FROM (SELECT line, {values} FROM {texts})"


def source_tables() -> dict[str, catalog.Table]:
    """The source tables by name without schema."""
    return {table.name: table for table in catalog.tables().values() if table.schema == "source"}


@contextmanager
def scratch_database(beside: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own for staging, in a folder that is gone afterwards."""
    import duckdb

    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
        _drop_left_over(beside)
    folder = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=beside))
    try:
        with duckdb.connect() as connection:
            connection.execute(f"SET memory_limit = '{_MEMORY}'")
            connection.execute(f"SET temp_directory = {quoted(str(folder))}")
            connection.execute("SET threads = 2")
            # Its bar would go to the output that programs read; progress is told by ``tell``.
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("CREATE SCHEMA staged")
            connection.execute(sql.text("duckdb/macros"))
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drop_left_over(beside: Path) -> None:
    """Folders of processes that were killed as they read."""
    for folder in beside.glob(f"{_SCRATCH}*-*"):
        owner = folder.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def file_of(folder: Path, table: str, forms: Forms) -> Path | None:
    """The file of a table: the one that is named, or ``table.csv`` or ``table.parquet``."""
    named = forms.of(table).file
    if named is not None:
        return folder / named
    there = [path for end in ("csv", "parquet") if (path := folder / f"{table}.{end}").is_file()]
    if len(there) > 1:
        names = " and ".join(path.name for path in there)
        raise UsageError(
            f"{folder} holds {names}: one of them has to go, or {FILE_NAME} has to name one "
            f"(tables.{table}.file)"
        )
    return there[0] if there else None


def stage(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    table: catalog.Table,
    forms: Forms,
    problems: Problems,
    tell: Tell,
) -> StagedFile:
    """Read one table's file into ``staged.<table>``; what is wrong with its form is told."""
    form = forms.of(table.name)
    path = file_of(folder, table.name, forms)
    if path is None:
        return StagedFile(table, f"{table.name}.csv", form, is_there=False)
    staged = StagedFile(table, path.name, form)
    if not path.is_file():
        expected = f"expected this file, {FILE_NAME} names it for {table.name}"
        mend = f"put it there, or correct tables.{table.name}.file in {FILE_NAME}"
        problems.add(Problem(path.name, 1, "", expected, rule="missing file", mend=mend))
        return StagedFile(table, path.name, form, is_there=False)
    size = _size(path)
    tell(f"{path.name} ({size / 2**20:,.0f} MB)" if size > 2**20 else path.name)
    if path.suffix.lower() == ".parquet":
        _stage_parquet(connection, path, staged, problems)
    else:
        _stage_delimited(connection, path, staged, problems, tell)
    if staged.is_read:
        staged.left_out = _leave_out(connection, staged)
        staged.rows = _count(connection, staged)
    return staged


def _leave_out(connection: duckdb.DuckDBPyConnection, staged: StagedFile) -> int:
    """Take out the rows without what they need; a cell that is no value is no empty one."""
    needed = [name for name in staged.form.needs if name in staged.texts]
    if not needed:
        return 0
    empty = " OR ".join(f"({name} IS NULL AND bad_{name} IS NULL)" for name in needed)
    found = connection.execute(f"DELETE FROM {staged.relation} WHERE {empty}").fetchone()
    return int(found[0]) if found else 0


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from error
    if size > LARGEST_FILE:
        raise UsageError(f"{path} holds more than {LARGEST_FILE >> 20:,} MiB")
    return size


def _stage_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, staged: StagedFile, problems: Problems
) -> None:
    import duckdb

    try:
        source = f"read_parquet({quoted(str(path))})"
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        names = [str(row[0]) for row in described]
        taken = _columns(staged, names, problems)
        called = {at: names[at].replace('"', '""') for at in taken}
        texts = "".join(f', CAST("{name}" AS VARCHAR) AS c{at}' for at, name in called.items())
        raw = f"(SELECT row_number() OVER () AS line{texts} FROM {source})"
        connection.execute(f"CREATE TABLE {staged.relation} AS {staged.select(raw)}")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        expected = f"expected a Parquet file ({reason[:120]})"
        problems.add(Problem(path.name, 1, "", expected, rule="form", mend="write the file again"))
        staged.is_read = False


def _stage_delimited(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    staged: StagedFile,
    problems: Problems,
    tell: Tell,
) -> None:
    noticed = Problems(keep=problems.keep)
    header = next(Records(path, staged.form, noticed).rows(), None)
    if header is not None and len(header[1]) == 1:
        _recognise_delimiter(staged, header[1][0], problems)
        if staged.form.delimiter in header[1][0]:
            header = next(Records(path, staged.form, Problems()).rows(), None)
    broken = [problem for problem in noticed.kept if problem.rule == "row form"]
    if header is None or broken:
        for problem in broken:
            problems.add(problem)
        if not broken:
            expected = "expected a header line with the column names"
            mend = "write the names of the columns into the first line"
            problems.add(Problem(path.name, 1, "", expected, mend=mend))
        staged.is_read = False
        return
    names = header[1]
    taken = _columns(staged, names, problems)
    if not _read_by_engine(connection, path, staged, header[0], names, taken):
        _read_by_record(connection, path, staged, names, taken, problems, tell)


def _recognise_delimiter(staged: StagedFile, header: str, problems: Problems) -> None:
    """Tell of another delimiter than was said, and read on with it."""
    said = staged.form.delimiter
    for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", "commas")):
        if mark != said and mark in header:
            meant = "commas" if said == "," else repr(said)
            expected = f"expected columns separated by {meant}, these are separated by {called}"
            mend = f"say so in {FILE_NAME} (delimiter: {mark!r}), or separate them by commas"
            problems.add(Problem(staged.name, 1, "", expected, mend=mend))
            staged.form = staged.form.model_copy(update={"delimiter": mark})
            return


def _columns(staged: StagedFile, found: list[str], problems: Problems) -> list[int]:
    """Which columns of the file are read, by position; the header is held against the table."""
    names = [name.strip().casefold() for name in found]
    table, form = staged.table, staged.form
    taken: list[int] = []
    required = {column.name for column in table.columns if column.required} | set(table.key)
    missing: list[tuple[str, str]] = []
    for column in table.column_names:
        of = form.columns.get(column)
        if of is not None and of.value is not None:
            staged.texts[column] = quoted(of.value)
            continue
        cells = []
        for wanted in (of and (of.joined or ([of.column] if of.column else None))) or [column]:
            places = [at for at, name in enumerate(names) if name == wanted.strip().casefold()]
            if not places:
                if column in required or of is not None:
                    missing.append((column, wanted.strip()))
                continue
            if len(places) > 1:
                expected = "expected each column once"
                mend = "rename or remove all but one"
                problems.add(Problem(staged.name, 1, column, expected, wanted, mend=mend))
            if places[0] not in taken:
                taken.append(places[0])
            cells.append(cell(f"c{places[0]}", form))
        if cells:
            text = cells[0] if len(cells) == 1 else _joined(cells)
            staged.texts[column] = _translated(text, of.values if of else {})
    used = {names[at] for at in taken}
    staged.ignored = [
        name.strip() for name, folded in zip(found, names, strict=True) if folded not in used
    ]
    for column, wanted in missing:
        problems.add(_missing(staged, column, wanted, column in required))
    return sorted(taken)


def _missing(staged: StagedFile, column: str, wanted: str, required: bool) -> Problem:
    near = difflib.get_close_matches(wanted, staged.ignored, 1, 0.6)
    meant = f"; {near[0]!r} may be it" if near else ""
    if wanted != column:
        expected = f"expected a column {wanted!r}, as {FILE_NAME} says"
    else:
        expected = f"expected this column, it is required{meant if required else ''}"
    place = f"tables.{staged.table.name}.columns.{column}"
    mend = f"add it, or name the file's column in {FILE_NAME} ({place})"
    return Problem(staged.name, 1, column, expected, rule="missing column", mend=mend)


def _joined(cells: list[str]) -> str:
    """All of them, in their order; nothing where one is nothing, for it would be another's id."""
    return "(" + " || '-' || ".join(cells) + ")"


def _translated(text: str, values: dict[str, str]) -> str:
    if not values:
        return text
    cases = " ".join(
        f"WHEN {quoted(theirs)} THEN {quoted(ours)}" for theirs, ours in values.items()
    )
    return f"(CASE {text} {cases} ELSE {text} END)"


def _read_by_engine(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    staged: StagedFile,
    header_line: int,
    names: list[str],
    taken: list[int],
) -> bool:
    """Let DuckDB read the file; False where it cannot, or cannot tell on which line a row is."""
    import duckdb

    encoding = _ENGINE_ENCODINGS.get(codecs.lookup(staged.form.encoding).name)
    if encoding is None or len(names) < 2:  # an empty line may be a row of one
        return False
    # The engine lets a line end with a delimiter too many, as one does in which a comma in a text
    # has moved all cells on. With a column more than there are it tells which lines have another
    # width.
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(names) + 1))
    is_whole = f"c{len(names) - 1} IS NOT NULL AND c{len(names)} IS NULL"
    texts = "".join(f", c{at}" for at in taken)
    try:
        raw = (
            f"(SELECT row_number() OVER () + {header_line} AS line{texts} "
            f"FROM read_csv({quoted(str(path))}, columns = {{{columns}}}, header = false, "
            f"skip = {header_line}, "
            f"delim = {quoted(staged.form.delimiter)}, quote = '\"', escape = '\"', "
            f"auto_detect = false, strict_mode = true, null_padding = true, "
            f"encoding = '{encoding}', nullstr = {quoted(chr(1) + 'never')}) WHERE {is_whole})"
        )
        connection.execute(f"CREATE TABLE {staged.relation} AS {staged.select(raw)}")
        if _lines_of(path) == _count(connection, staged) + header_line:
            return True
    except duckdb.Error:  # what is wrong with it, and where, the other reader tells
        pass
    connection.execute(f"DROP TABLE IF EXISTS {staged.relation}")
    return False


def _lines_of(path: Path) -> int:
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(2**20):
            count += block.count(b"\n")
            last = block[-1:]
    return count + (last != b"\n")


def _read_by_record(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    staged: StagedFile,
    names: list[str],
    taken: list[int],
    problems: Problems,
    tell: Tell,
) -> None:
    import pyarrow as pa

    columns = "".join(f", NULL::VARCHAR AS c{at}" for at in taken)
    none = f"(SELECT 0::BIGINT AS line{columns} WHERE FALSE)"
    connection.execute(f"CREATE TABLE {staged.relation} AS {staged.select(none)}")
    records = Records(path, staged.form, problems)
    staged.unread = records.unread
    rows = records.rows(len(names))
    next(rows, None)  # the header
    read = 0
    while portion := list(itertools.islice(rows, _PORTION)):
        lines = pa.array([line for line, _ in portion], pa.int64())
        texts = [pa.array([_encodable(row[at]) for _, row in portion], pa.string()) for at in taken]
        arrow = pa.table([lines, *texts], names=["line", *(f"c{at}" for at in taken)])
        connection.register("portion", arrow)
        connection.execute(f"INSERT INTO {staged.relation} {staged.select('portion')}")
        connection.unregister("portion")
        read += len(portion)
        if read % (10 * _PORTION) == 0:
            tell(f"{path.name}: {read:,} rows")


def _encodable(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(connection: duckdb.DuckDBPyConnection, staged: StagedFile) -> int:
    found = connection.execute(f"SELECT COUNT(*) FROM {staged.relation}").fetchone()
    return int(found[0]) if found else 0


def unread_files(folder: Path, forms: Forms) -> list[str]:
    """Files of the folder that look like tables and that nothing is read from."""
    read = {path.name for name in source_tables() if (path := file_of(folder, name, forms))}
    with contextlib.suppress(OSError):
        return sorted(
            path.name
            for path in folder.iterdir()
            if path.suffix.lower() in (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xls")
            and path.is_file()
            and path.name not in read
            and not path.name.startswith(".")
        )
    return []

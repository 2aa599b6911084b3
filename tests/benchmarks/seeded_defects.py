"""A folder of source files with many defects at once, each of which must be told where it is."""

import csv
import io
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cs_assets.sample.tables import write_sources
from resources.sources.files import check_folder
from resources.sources.staging import source_tables
from sql import catalog
from tests.figures import Figure


def _cells(*values: str) -> Callable[[random.Random, str], str]:
    return lambda draw, old: draw.choice(values)


def _of_type(*types: str) -> Callable[[catalog.Column], bool]:
    return lambda column: column.type.startswith(types) and not column.joins


def _plain_text(column: catalog.Column) -> bool:
    return column.type == "STRING" and not (column.joins or column.one_of or column.form)


#: By kind: which columns it befalls, and what then stands in the cell.
CELLS: dict[str, tuple[Callable[[catalog.Column], bool], Callable[[random.Random, str], str]]] = {
    "day-of-another-order": (_of_type("DATE"), _cells("18/08/2025", "08/18/2025", "18.8.25")),
    "no-such-day": (_of_type("DATE"), _cells("2025-02-30", "2025-13-01", "yesterday")),
    "day-out-of-bounds": (_of_type("DATE"), _cells("9999-12-31", "0001-01-01")),
    "other-time": (_of_type("TIMESTAMP"), _cells("25/10/2022 14:59", "14:59", "2022-10-25 25:00")),
    "currency": (_of_type("DECIMAL", "DOUBLE"), _cells("$138.01", "138 EUR", "€5")),
    "decimal-comma": (_of_type("DECIMAL", "DOUBLE"), _cells("1,5", "1.234,50")),
    "too-many-decimals": (_of_type("DECIMAL"), _cells("1.23456789", "0.0001")),
    "no-number": (_of_type("DOUBLE", "DECIMAL"), _cells("NaN", "inf", "1e40", "many")),
    "no-whole-number": (_of_type("BIGINT"), _cells("2.5", "1_000", "five", "0x10")),
    "number-out-of-bounds": (_of_type("BIGINT"), _cells("9" * 13, "-" + "9" * 15)),
    "no-boolean": (_of_type("BOOLEAN"), _cells("maybe", "2", "ja")),
    "not-accepted": (lambda c: bool(c.one_of), _cells("Mars", "unknown")),
    "empty-required": (lambda c: c.required and not c.joins, _cells("", "   ")),
    "unknown-reference": (lambda c: bool(c.joins), _cells("NOBODY_1", "NOBODY_2")),
    "mark-for-nothing": (_plain_text, _cells("NULL", "\\N", "None", "#N/A")),
    "nul-character": (_plain_text, lambda draw, old: old + "\x00"),
}
LINES: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "short-row": lambda draw, line: line.rpartition(b",")[0],
    "long-row": lambda draw, line: line + b",more",
    "open-quote": lambda draw, line: b'"' + line,
    "wrong-byte": lambda draw, line: line.replace(b",", b"\xe9,", 1),
}
REPEATED = "repeated-key"
KINDS = (*CELLS, *LINES, REPEATED)


def seeded_defects_found(count: int = 200, seed: int = 22) -> Figure:
    """P-ops-04: every defect is found in one go, with file, line, column and mend."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sources(folder)
        seeded = dict(_seed(draw, folder, count))
        found = check_folder(folder, keep=1_000).problems
    told = {(p.file, p.line, p.column) for p in found.kept if p.mend}
    rows = {(file, line) for file, line, _ in told}
    missed = [
        f"{kind}@{place}"
        for place, kind in seeded.items()
        if not (place in told or (place[2] == "" and place[:2] in rows))
    ]
    kinds = len(set(seeded.values()))
    first = f", first {missed[0]}" if missed else ""
    value = f"{len(seeded) - len(missed)}/{len(seeded)} of {kinds} kinds{first}"
    passed = not missed and len(seeded) == count
    return Figure("P-ops-04", "seeded-defects-found", value, "all in one go", passed)


def _seed(
    draw: random.Random, folder: Path, count: int
) -> Iterator[tuple[tuple[str, int, str], str]]:
    """Spoil the files; by file, line and column (none: the row as a whole) the kind."""
    files = {
        name: _Lines(folder / f"{name}.csv", table)
        for name, table in source_tables().items()
        if name != "case_studies"  # its cells hold line ends
    }
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        able = [file for file in files.values() if file.is_able(kind)]
        yield draw.choice(able).spoil(draw, kind), kind
    for file in files.values():
        file.write()


class _Lines:
    """The lines of one file; each is spoiled once."""

    def __init__(self, path: Path, table: catalog.Table) -> None:
        self._path, self._table = path, table
        self._lines = path.read_bytes().splitlines()
        self._names = self._lines[0].decode().split(",")
        self._added: list[bytes] = []
        self._free = [at for at, line in enumerate(self._lines) if at and b'"' not in line]
        # A parent keeps its rows and keys: what refers to them would be told as well.
        self._is_parent = any(
            c.joins and c.joins[0] == table.name
            for t in source_tables().values()
            for c in t.columns
        )

    def _columns(self, kind: str) -> list[str]:
        applies, _ = CELLS[kind]
        key = self._table.key if self._is_parent else ()
        return [
            c.name
            for c in self._table.columns
            if c.name in self._names and applies(c) and c.name not in key
        ]

    def is_able(self, kind: str) -> bool:
        if len(self._free) < 3:
            return False
        if kind in CELLS:
            return bool(self._columns(kind))
        return kind == REPEATED or not self._is_parent

    def spoil(self, draw: random.Random, kind: str) -> tuple[str, int, str]:
        at = self._free.pop(draw.randrange(len(self._free)))
        if kind == REPEATED:
            self._added.append(self._lines[at])
            line = len(self._lines) + len(self._added)
            return self._path.name, line, ", ".join(self._table.key)
        column = ""
        if kind in CELLS:
            column = draw.choice(self._columns(kind))
            self._lines[at] = self._with_cell(draw, at, column, kind)
        else:
            self._lines[at] = LINES[kind](draw, self._lines[at])
        return self._path.name, at + 1, column

    def _with_cell(self, draw: random.Random, at: int, column: str, kind: str) -> bytes:
        [row] = csv.reader([self._lines[at].decode()])
        place = self._names.index(column)
        row[place] = CELLS[kind][1](draw, row[place])
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(row)
        return out.getvalue().encode()

    def write(self) -> None:
        self._path.write_bytes(b"\n".join([*self._lines, *self._added]) + b"\n")

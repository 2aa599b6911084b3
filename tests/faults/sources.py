"""Figures of faults: spoiled source files must be told, and must not reach the warehouse."""

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from cs_assets.errors import UsageError
from cs_assets.sample.tables import write_sources
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.sources.files import load_folder
from resources.sources.staging import source_tables
from tests.figures import Figure

Spoil = Callable[[random.Random, list[bytes]], list[bytes]]


def _cut_short(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    """The copy broke off in the middle of a row."""
    at = draw.randrange(1, len(lines))
    return [*lines[:at], lines[at].split(b",")[0][: draw.randrange(1, 9)]]


def _lose_a_comma(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    at = draw.randrange(1, len(lines))
    return [*lines[:at], lines[at].replace(b",", b" ", 1), *lines[at + 1 :]]


def _repeat_a_row(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    return [*lines, lines[draw.randrange(1, len(lines))]]


def _wrong_encoding(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    at = draw.randrange(1, len(lines))
    return [*lines[:at], lines[at].replace(b",", b"\xe9,", 1), *lines[at + 1 :]]


def _rename_a_column(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    names = lines[0].split(b",")
    names[draw.randrange(len(names))] += b"_new"
    return [b",".join(names), *lines[1:]]


def _open_a_quote(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    at = draw.randrange(1, len(lines))
    return [*lines[:at], b'"' + lines[at], *lines[at + 1 :]]


def _empty_the_key(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    at = draw.randrange(1, len(lines))
    rest = lines[at].partition(b",")[2]
    return [*lines[:at], b"," + rest, *lines[at + 1 :]]


def _other_separator(draw: random.Random, lines: list[bytes]) -> list[bytes]:
    return [line.replace(b",", draw.choice((b";", b"\t"))) for line in lines]


FAULTS: tuple[Spoil, ...] = (
    _cut_short, _lose_a_comma, _repeat_a_row, _wrong_encoding, _rename_a_column, _open_a_quote,
    _empty_the_key, _other_separator,
)  # fmt: skip

#: Files in which an empty first cell or a repeated row is no fault by declaration.
_LENIENT = {"onboarding_detail"}


def spoiled_files_told(count: int = 120, only: frozenset[str] | None = None) -> Figure:
    """R-62: one fault in one file: told with the file's name, and no row has changed.

    ``only``: the files that there are, to be quick.
    """
    draw = random.Random(20261109)
    names = sorted((only or set(source_tables())) - _LENIENT - {"case_studies"})
    told = unchanged = 0
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "good", Path(folder) / "bad"
        write_sources(good)
        for name in ("conversions", "attributions", "historical_engagement", "module_usage"):
            _shorten(good / f"{name}.csv")
        for path in good.glob("*.csv"):
            if only is not None and path.stem not in only:
                path.unlink()
        shutil.copytree(good, bad)
        warehouse = DuckDBWarehouse(path=str(Path(folder) / "warehouse.duckdb"))
        load_folder(good, warehouse)
        before = _contents(warehouse)
        for number in range(count):
            name = draw.choice(names)
            path = bad / f"{name}.csv"
            lines = path.read_bytes().splitlines()
            path.write_bytes(b"\n".join(FAULTS[number % len(FAULTS)](draw, lines)) + b"\n")
            try:
                load_folder(bad, warehouse)
            except UsageError as error:
                told += path.name in str(error)
            unchanged += _contents(warehouse) == before
            shutil.copy(good / path.name, path)
    value = f"{told}/{count} told, {unchanged}/{count} unchanged"
    passed = told == unchanged == count
    return Figure("R-62", "spoiled-files-told", value, "all told, all unchanged", passed)


def _shorten(path: Path, lines: int = 60) -> None:
    kept = path.read_bytes().splitlines(keepends=True)[:lines]
    path.write_bytes(b"".join(kept))


def _contents(warehouse: DuckDBWarehouse) -> dict[str, tuple[int, int]]:
    """Rows and a checksum of every source table."""
    with duckdb.connect(warehouse.path) as connection:
        found = {}
        for name in source_tables():
            row = connection.execute(
                f"SELECT COUNT(*), COALESCE(SUM(hash(t)::HUGEINT), 0) FROM source.{name} t"
            ).fetchone()
            assert row is not None
            found[name] = (int(row[0]), int(row[1]))
        return found


BY_ID = {"R-62": spoiled_files_told}

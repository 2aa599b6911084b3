"""Figures of the sample tenant and of loading source files.

Seconds are processor time, so that other work on the machine does not count.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cs_assets.sample import write_tenant
from cs_assets.sample.tables import write_sources
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.sources.files import check_folder, load_folder
from resources.sources.problems import BadSourceFiles
from tests.benchmarks.foreign_export import CUSTOMERS, write_export
from tests.benchmarks.seeded_defects import seeded_defects_found
from tests.figures import Figure


def sample_written(limit: float = 4.0) -> Figure:
    """P-src-01: tables and six weeks of calls, from nothing."""
    with tempfile.TemporaryDirectory() as name:
        started = time.process_time()
        counts = write_tenant(Path(name) / "sources", Path(name) / "gong")
        seconds = time.process_time() - started
    value = f"{seconds:.1f} CPU s ({sum(counts.values()):,} rows)"
    return Figure("P-src-01", "sample-tenant-written", value, f"<{limit:g} s", seconds < limit)


def sample_loaded(limit: float = 3.0) -> Figure:
    """P-src-02: the sample's files checked and loaded."""
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name) / "sources"
        write_sources(sources)
        warehouse = _warehouse(Path(name))
        started = time.process_time()
        counts = load_folder(sources, warehouse)
        seconds = time.process_time() - started
    value = f"{seconds:.1f} CPU s ({sum(counts.values()):,} rows)"
    return Figure("P-src-02", "sample-tenant-loaded", value, f"<{limit:g} s", seconds < limit)


def large_folder_loaded(copies: int = 20, least_rate: int = 25_000) -> Figure:
    """P-src-03: rows a second, checks included, when one table is long."""
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name) / "sources"
        write_sources(sources)
        rows = _lengthen(sources / "historical_engagement.csv", copies)
        warehouse = _warehouse(Path(name))
        started = time.process_time()
        load_folder(sources, warehouse)
        rate = rows / (time.process_time() - started)
    value = f"{rate:,.0f} rows per CPU s (n={rows:,})"
    return Figure("P-src-03", "load-rate", value, f">={least_rate:,}", rate >= least_rate)


def bad_rows_told(copies: int = 10, limit: float = 10.0) -> Figure:
    """P-src-04: every row of a long file is bad: all are counted, the message stays short."""
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name) / "sources"
        write_sources(sources)
        path = sources / "historical_engagement.csv"
        rows = _lengthen(path, copies)
        path.write_text(path.read_text(encoding="utf-8").replace(",CUST_", ",KUST_"), "utf-8")
        started = time.process_time()
        try:
            check_folder(sources).refuse_bad()
            told, length = 0, 0
        except BadSourceFiles as error:
            told, length = error.total, len(str(error))
        seconds = time.process_time() - started
    value = f"{told:,}/{rows:,} in {seconds:.1f} CPU s, {length:,} characters"
    passed = told == rows and seconds < limit and length < 10_000
    return Figure("P-src-04", "bad-rows-told", value, f"all, <{limit:g} s, <10,000", passed)


def conversions_loaded(
    rows: int = 2_500_000, most_seconds: float = 60, most_mb: int = 1024
) -> Figure:
    """P-ops-03: years of conversions, checked and loaded by a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name) / "sources"
        write_sources(sources)
        _lengthen_conversions(sources / "conversions.csv", rows)
        done = subprocess.run(
            [sys.executable, "-c", _LOAD, str(sources), str(Path(name) / "warehouse.duckdb")],
            capture_output=True,
            text=True,
            check=True,
            timeout=1800,
        )
    seconds, memory, loaded = (float(word) for word in done.stdout.split())
    value = f"{seconds:.1f} CPU s, {memory:,.0f} MB (n={loaded:,.0f})"
    passed = seconds <= most_seconds and memory <= most_mb and loaded == rows
    target = f"<={most_seconds:g} s, <={most_mb:,} MB"
    return Figure("P-ops-03", "conversions-loaded", value, target, passed)


def export_to_first_review(most: int = 3) -> Figure:
    """P-ops-05: commands from an export of six files with foreign names to a first review."""
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name) / "crm", Path(name) / "home"
        write_export(folder)
        files = len(list(folder.glob("*.csv")))
        commands = (
            ("sources", "check", str(folder), "--for", "reviews"),
            ("--home", str(home), "demo", "--data", str(folder), "--week", "2026-11-09"),
        )
        ended = [_command(*arguments) for arguments in commands]
        reviews = len(list(home.glob("artifacts/reports/2026-11-09/**/*.pdf")))
        sample = sorted(path.name for path in home.glob("sources/*"))
    value = f"{len(commands)} commands, {reviews} reviews of {files} files"
    passed = not any(ended) and reviews >= CUSTOMERS and not sample and len(commands) <= most
    return Figure("P-ops-05", "export-to-first-review", value, f"<={most} commands", passed)


def _command(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "cs_assets.cli", *arguments],
        capture_output=True,
        check=False,
        timeout=3600,
    ).returncode


_LOAD = """
import resource, sys, time
from pathlib import Path
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.sources.files import load_folder
counts = load_folder(Path(sys.argv[1]), DuckDBWarehouse(path=sys.argv[2]))
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.process_time(), used, counts["conversions"])
"""


def _lengthen_conversions(path: Path, rows: int) -> None:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for number in range(rows):
            file.write(f"{number}_{lines[number % len(lines)]}\n")


def _warehouse(folder: Path) -> DuckDBWarehouse:
    warehouse = DuckDBWarehouse(path=str(folder / "warehouse.duckdb"))
    with warehouse.session("set up"):
        return warehouse


def _lengthen(path: Path, copies: int) -> int:
    """Repeat the rows of an engagement file under new keys; returns how many there are."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    longer = [line.replace("ENG_", f"E{n}_", 1) for n in range(copies) for line in lines]
    path.write_text("\n".join([header, *longer]) + "\n", encoding="utf-8")
    return len(longer)


BY_ID = {
    "P-src-01": sample_written,
    "P-src-02": sample_loaded,
    "P-src-03": large_folder_loaded,
    "P-src-04": bad_rows_told,
    "P-ops-03": conversions_loaded,
    "P-ops-04": seeded_defects_found,
    "P-ops-05": export_to_first_review,
}

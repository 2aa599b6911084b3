"""Performance figures of reviews, side by side with the usual way in one run."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from cs_assets.paper.brand import brand_of
from cs_assets.reviews import configuration
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from cs_assets.reviews.editions.rendering import Job, Template, presses
from cs_assets.reviews.facts.readings import Customers, read
from cs_assets.reviews.facts.sheets import review_facts, windows_of
from cs_assets.reviews.writing.report import Report
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.benchmarks import large_tenant, pages
from tests.benchmarks.naive_review import CHARTS, print_naively
from tests.faults.reviews import tenant_reports
from tests.figures import Figure
from tests.reviews import making, tenant
from tests.waiting import PATIENCE


def three_charts() -> ReviewSettings:
    """The built-in settings with the three charts that both ways print."""
    return making.settings(
        charts={"performance": CHARTS[:1], "business_value": CHARTS[1:], "recommendations": ()}
    )


def against_the_usual_way(reports: list[Report], rounds: int, wanted: float = 10) -> Figure:
    """P-reviews-01: CPU seconds a PDF on one core, interleaved."""
    ours = Printer(brand_of(), three_charts(), "A4", "internal")
    spent = {"ours": 0.0, "naive": 0.0}
    ways: dict[str, Callable[[Report], object]] = {"ours": ours.print, "naive": print_naively}
    for way in ways.values():
        way(reports[0])  # first use loads fonts and makes figures
    for _ in range(rounds):
        for report in reports:
            for name, way in ways.items():
                start = time.process_time()
                way(report)
                spent[name] += time.process_time() - start
    count = rounds * len(reports)
    ratio = spent["naive"] / spent["ours"]
    value = (
        f"{ratio:.1f}x ({1000 * spent['ours'] / count:.0f} ms against "
        f"{1000 * spent['naive'] / count:.0f} ms CPU a PDF)"
    )
    return Figure("P-reviews-01", "pdf-against-usual-way", value, f">={wanted:g}x", ratio >= wanted)


def jobs(reports: list[Report], count: int) -> list[Job]:
    """``count`` jobs, as the warehouse would hand them over."""
    return [
        Job(f"CUST_{i:05d}", r.snapshot_id, r.sheet.as_json(), r.sections_json(), "Sarah Johnson")
        for i in range(count)
        for r in (reports[i % len(reports)],)
    ]


def template() -> Template:
    return Template(brand_of(), three_charts().model_dump_json(), "A4", "internal")


def two_cores(reports: list[Report], count: int) -> list[Figure]:
    """P-reviews-02 and 03: PDFs a second over two processes, mail and audit file included."""
    (alone, _), (speed, sizes) = (_pressed(reports, count, processes) for processes in (1, 2))
    largest, ratio = max(sizes) / 1024, speed / alone
    value, passed = f"{speed:.1f}/s, {ratio:.2f}x one process", speed >= 60 and ratio >= 1.7
    return [
        Figure("P-reviews-02", "pdfs-per-second", value, ">=60/s, >=1.7x", passed),
        Figure("P-reviews-03", "pdf-size", f"{largest:.0f} KB", "<=200 KB", largest <= 200),
    ]


def _pressed(reports: list[Report], count: int, processes: int) -> tuple[float, list[int]]:
    """PDFs a second, and the size of each in bytes."""
    stamps, sizes = [], []
    with presses(template(), count, processes) as rendered:
        for files in rendered(jobs(reports, count)):
            assert not files.failure, files.failure
            stamps.append(time.perf_counter())
            sizes.append(len(files.pdf))
    return (len(stamps) - 1) / (stamps[-1] - stamps[0]), sizes


def memory(reports: list[Report], count: int) -> Figure:
    """P-reviews-04: growth of resident memory over ``count`` reports, after some to warm up."""
    early, warm = 0, max(15, count // 20)
    with presses(template(), warm + count, 1) as rendered:
        for i, files in enumerate(rendered(jobs(reports, warm + count)), start=1):
            assert not files.failure, files.failure
            if i == warm:
                early = _resident()
    growth = (_resident() - early) / 2**20
    value = f"{growth:+.1f} MB over {count} reports"
    return Figure("P-reviews-04", "memory-growth", value, "<=15 MB", growth <= 15)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def fact_sheets(customers: int, engagement: int) -> Iterator[Figure]:
    """P-reviews-05 and 09: facts of all customers from the source tables and the verdicts on their
    changes into ``review_facts``; before, these verdicts."""
    settings = configuration.review_settings()
    windows = windows_of(tenant.WEEK, "weekly", settings)
    with TemporaryDirectory() as folder:
        warehouse = large_tenant.load(Path(folder) / "large.duckdb", customers, engagement)
        start = time.perf_counter()
        judged = large_tenant.judge(warehouse)
        took = time.perf_counter() - start
        start = time.perf_counter()
        with warehouse.session("facts") as db:
            readings = read(db.query, windows, Customers())
        rows = review_facts(readings, windows, settings, "weekly")
        with warehouse.session("facts") as db:
            db.replace("analytics.review_facts", rows, {"week_start": tenant.WEEK})
        seconds = time.perf_counter() - start
    sheets = rows["customer_id"].nunique()
    value = f"{seconds:.1f} s for {sheets:,} customers, {len(rows):,} facts"
    passed = sheets == customers and seconds <= 15 * customers / 10_000
    yield Figure("P-reviews-05", "fact-sheets", value, "<=15 s for 10,000", passed)
    value = f"{took:.1f} s for {judged:,} verdicts"
    passed = judged >= 10 * customers and took <= 60 * customers / 10_000
    yield Figure("P-reviews-09", "verdicts-on-changes", value, "<=60 s for 10,000", passed)


def on_demand() -> Figure:
    """P-reviews-06: one report as PDF from the command line, process start included."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        tenant.load(DuckDBWarehouse(path=str(home / "warehouse.duckdb")))
        command = [sys.executable, "-m", "cs_assets.cli", "report", "CUST_10001"]
        start = time.perf_counter()
        subprocess.run(
            [*command, "--week", tenant.WEEK.isoformat(), "--pdf", str(home / "report.pdf")],
            check=True, capture_output=True, timeout=PATIENCE,
            env={**os.environ, "CS_ASSETS_HOME": folder, "CS_ASSETS_WRITER": "rules"},
        )  # fmt: skip
        seconds = time.perf_counter() - start
        assert (home / "report.pdf").read_bytes().startswith(b"%PDF-")
    return Figure("P-reviews-06", "report-on-demand", f"{seconds:.1f} s", "<=2 s", seconds <= 2)


def _some() -> list[Report]:
    """Reports of the small tenant, but for the customer with hardly a fact."""
    with tenant_reports() as made:
        return [report for customer, report in made.items() if customer != "CUST_10005"]


def _two_cores() -> list[Figure]:
    return two_cores(_some(), 400)


def _large() -> Iterator[Figure]:
    return fact_sheets(10_000, 5_000_000)


BY_ID = {
    "P-reviews-01": lambda: against_the_usual_way(_some(), rounds=6),
    "P-reviews-02": _two_cores,
    "P-reviews-03": _two_cores,
    "P-reviews-04": lambda: memory(_some(), 2000),
    "P-reviews-05": _large,
    "P-reviews-06": on_demand,
    "P-reviews-07": lambda: pages.year_in_the_viewer(_some()),
    "P-reviews-08": lambda: pages.accessible_pages(_some()),
    "P-reviews-09": _large,
}

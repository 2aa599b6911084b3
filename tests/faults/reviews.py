"""Reliability figures of reviews: hostile text, structure of PDFs, the same bytes again."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cs_assets.facts.model import FactSheet
from cs_assets.lettering.line import cleaned
from cs_assets.paper.brand import brand_of
from cs_assets.paper.fonts import faces
from cs_assets.paper.text import shown
from cs_assets.reviews.editions.mail import write as write_mail
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from cs_assets.reviews.editions.rendering import facts_document
from cs_assets.reviews.writing.recommendations import CaseStudy
from cs_assets.reviews.writing.report import Report
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.figures import Figure
from tests.reviews import hostile, making, pdf_reading, tenant

#: Facts that take a text from the data, all of which are printed in full.
_FIELDS = (
    "customer.name", "customer.industry", "customer.segment", "customer.region", "customer.goal",
    "csm.name", "conversions.channel.email.name", "conversions.channel.social.name",
)  # fmt: skip


@contextmanager
def tenant_reports() -> Iterator[dict[str, Report]]:
    """The reports of the small tenant."""
    with TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(path=str(Path(folder) / "tenant.duckdb"))
        tenant.load(warehouse)
        yield making.reports_of(warehouse)


def printer() -> Printer:
    """A printer with the built-in brand and settings."""
    settings = making.settings()
    return Printer(brand_of(), settings, "A4", "internal")


class _Watch:
    """Counts files opened for reading and connections made while it is on, through audit events."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event in ("socket.connect", "subprocess.Popen", "os.system", "urllib.Request"):
            self.seen.append(event)
        elif event == "open" and isinstance(arguments[0], (str, bytes)):
            path = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()
            if not path.startswith((sys.prefix, sys.base_prefix)) and "cs_assets" not in path:
                self.seen.append(path)


def hostile_text(base: Report, count: int) -> Figure:
    """R-18: every string printed in full, nothing opened, no report failed."""
    texts = hostile.strings(count)
    watch, press, letters = _Watch(), printer(), faces(brand_of().fonts)
    failed = unlike = 0
    per_report = len(_FIELDS) + 3
    for start in range(0, len(texts), per_report):
        batch = [t.encode("utf-8", "replace").decode() for t in texts[start : start + per_report]]
        batch += ["plain"] * (per_report - len(batch))
        report = _with_texts(base, batch)
        watch.on = True
        try:
            pdf = press.print(report).pdf
            write_mail(report, batch[0], brand_of())
        except Exception as error:
            print(f"  failed: {type(error).__name__}: {error} in {[t[:40] for t in batch]}")
            failed += 1
            continue
        finally:
            watch.on = False
        body = pdf_reading.squashed(pdf_reading.body_text(pdf))
        wanted = {pdf_reading.squashed(shown(text, letters)) for text in batch}
        missing = [w for w in wanted if w not in body]
        unlike += len(missing)
        for text in missing[:1]:
            print(f"  not found: {text[:80]!r}")
    value = f"{len(texts)} strings: {failed} failed, {unlike} changed, {len(watch.seen)} opened"
    passed = not failed and not unlike and not watch.seen
    return Figure("R-18", "hostile-text-in-pdf", value, "0 failed, 0 changed, 0 opened", passed)


def _with_texts(base: Report, texts: list[str]) -> Report:
    """The report with these texts in the fields and in its case study."""
    values = dict(zip(_FIELDS, texts, strict=False))

    def change(sheet: FactSheet) -> FactSheet:
        facts = tuple(
            replace(f, value=cleaned(values[f.fact_id]), status="ok", reason=None)
            if f.fact_id in values
            else f
            for f in sheet
        )
        return replace(sheet, facts=facts)

    title, company, results = texts[len(_FIELDS) : len(_FIELDS) + 3]
    one_line = cleaned(results) or "no result"
    return making.rewritten(base, change, CaseStudy("CS-9", title, company, one_line, "same size"))


def structure(reports: dict[str, Report], count: int) -> Figure:
    """R-19: qpdf's checks, no active content, no foreign links, all fonts embedded."""
    press = printer()
    texts = hostile.strings(count * 11, seed=3)
    base = reports["CUST_10001"]
    pdfs = [press.print(report).pdf for report in reports.values()]
    pdfs += [
        press.print(
            _with_texts(base, [t.encode("utf-8", "replace").decode() for t in texts[i : i + 11]])
        ).pdf
        for i in range(0, len(texts), 11)
    ]
    bad = [problems for pdf in pdfs if (problems := pdf_reading.structure_problems(pdf))]
    for problems in bad[:3]:
        print(f"  {problems[:3]}")
    value = f"{len(pdfs) - len(bad)}/{len(pdfs)} pass"
    return Figure("R-19", "pdf-structure", value, "100%", not bad)


def same_bytes(reports: dict[str, Report], runs: int = 20) -> Figure:
    """R-23: PDF, facts JSON, mail text and HTML of one report, made again by new printers."""
    brand = brand_of()
    report = reports["CUST_10002"]
    seen = set()
    for _ in range(runs):
        rendered = printer().print(report)
        mail = write_mail(report, "Sarah", brand)
        document = facts_document(report, rendered.chart_passages)
        seen.add((rendered.pdf, document, mail.text, mail.html))
    value = f"{runs if len(seen) == 1 else len(seen)} of {runs}"
    return Figure("R-23", "same-bytes-again", value, f"{runs} of {runs}", len(seen) == 1)


def _with_reports(measure: Callable[[dict[str, Report]], Figure]) -> Callable[[], Figure]:
    def made() -> Figure:
        with tenant_reports() as reports:
            return measure(reports)

    return made


BY_ID = {
    "R-18": _with_reports(lambda reports: hostile_text(reports["CUST_10001"], 3000)),
    "R-19": _with_reports(lambda reports: structure(reports, 100)),
    "R-23": _with_reports(same_bytes),
}

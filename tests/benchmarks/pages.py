"""Figures of pages as a browser sees them: a year in the viewer, and what axe-core finds.

axe-core is no part of this repository: ``AXE_CORE`` names its ``axe.min.js``, or the package
``axe-playwright-python`` (which brings it along) is installed.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from cs_assets.facts.model import Fact
from cs_assets.paper.brand import brand_of
from cs_assets.reviews.books import mail
from cs_assets.reviews.books.portfolio import portfolio, portfolio_html
from cs_assets.reviews.editions.html import html_of
from cs_assets.reviews.editions.site import Entry, site
from cs_assets.reviews.writing.report import Report
from tests.figures import Figure
from tests.reviews import making
from tests.reviews.browser import look

WEEKS, CUSTOMERS = 52, 75

_OPENED = """
const timing = page.performance.getEntriesByType("navigation")[0];
const opened = timing.loadEventEnd || page.performance.now();
const from = page.performance.now();
page.location.hash = "#/search/" + encodeURIComponent("energia");
await new Promise(done => setTimeout(done, 0));
page.dispatchEvent(new page.HashChangeEvent("hashchange"));
const byName = doc.querySelectorAll(".list li").length;
const searched = page.performance.now() - from;
page.location.hash = "#/search/CUST_10007";
page.dispatchEvent(new page.HashChangeEvent("hashchange"));
const said = doc.querySelector("[role=status]").textContent;
return {opened, searched, byName, said};
"""

AXE = """
const script = doc.createElement("script");
script.textContent = await (await fetch("%s")).text();
doc.head.append(script);
const told = await page.axe.run(doc, {iframes: false});
const wide = [...doc.querySelectorAll("body *")].filter(node =>
  node.getBoundingClientRect().right > page.innerWidth + 1 &&
  page.getComputedStyle(node).position !== "absolute").length;
return {violations: told.violations.map(v => v.id), wide,
        scrolls: doc.documentElement.scrollWidth > page.innerWidth};
"""


def year_in_the_viewer(reports: list[Report], weeks: int = WEEKS) -> Figure:
    """P-reviews-07: 52 weeks of 75 reviews from the click to the page, in headless Chromium."""
    entries = [
        Entry(
            "Review", f"2026-{1 + week // 5:02d}-{1 + week % 5:02d}",
            "Energía del Valle" if n == 1 else f"Customer {n}", "Ana", report.title, "ready", (),
            report.full_text, {}, id=f"CUST_{10000 + n}",
        )
        for week in range(weeks, 0, -1)
        for n in range(CUSTOMERS)
        for report in (reports[n % len(reports)],)
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        page = Path(folder) / "index.html"
        page.write_text(site(entries, brand_of()), encoding="utf-8")
        megabytes = page.stat().st_size / 1e6
        told = look(page, _OPENED, Path(folder))
    assert told["said"].startswith(f"{weeks} entries"), told
    assert told["byName"] == weeks, told
    seconds = told["opened"] / 1000
    value = (
        f"{seconds:.2f} s to open {len(entries):,} entries ({megabytes:.0f} MB), "
        f"{told['searched'] / 1000:.2f} s for the first search"
    )
    return Figure("P-reviews-07", "year-in-the-viewer", value, "<2 s", seconds < 2)


def axe_script() -> Path | None:
    """Where axe-core lies; ``None`` where it is not there."""
    if named := os.environ.get("AXE_CORE"):
        return Path(named)
    found = importlib.util.find_spec("axe_playwright_python")
    return Path(str(found.origin)).with_name("axe.min.js") if found else None


def accessible_pages(reports: list[Report]) -> Figure:
    """P-reviews-08: violations that axe-core finds, and pages that scroll sideways at 360 px."""
    axe = axe_script()
    if axe is None:
        value = "not measured: AXE_CORE names no axe.min.js"
        return Figure("P-reviews-08", "accessible-pages", value, "0 violations", passed=False)
    seen, violations, wide = 0, [], 0
    with TemporaryDirectory() as text:
        folder = Path(text)
        shutil.copy(axe, folder / "axe.js")
        for name, content, hash_ in _pages(reports):
            page = folder / name
            page.write_text(content, encoding="utf-8")
            for width in (360, 1280):
                script = AXE % (folder / "axe.js").as_uri()
                told = look(page, script, folder, width=width, hash=hash_)
                seen += 1
                violations += [f"{name}:{rule}" for rule in told["violations"]]
                wide += bool(width == 360 and (told["wide"] or told["scrolls"]))
    if violations:
        print(f"  {sorted(set(violations))}")
    value = f"{len(violations)} violations, {wide} scroll sideways, {seen} pages"
    passed = not violations and not wide
    return Figure("P-reviews-08", "accessible-pages", value, "0 violations, 0 scroll", passed)


#: Advice of an earlier review, so that the page has its last table.
_FOLLOWED = (
    Fact("last_time.a.title", "Action", "Call the sponsor before the renewal", "text"),
    Fact("last_time.a.said", "First said in the review to", "2026-11-08", "date"),
    Fact("last_time.a.state", "What was done", "taken up on 9 November 2026", "text"),
)


def _pages(reports: list[Report]) -> Iterator[tuple[str, str, str]]:
    from cs_assets.reviews.editions.mail import write
    from tests.reviews.test_books import book_of, rows, soon

    brand, settings = brand_of(), making.settings()
    book = book_of(
        rows(
            {"customer_id": "c1", "customer_name": "Energía del Valle", "renewal_date": soon(9)},
            {"customer_id": "c2", "health_segment": "Red", "title": reports[0].title},
        )
    )
    entries = [
        Entry("Review", "2026-11-09", "Energía", "Ana", r.title, "held", ("a: b",), r.full_text,
              {}, id=f"c{n}")
        for n, r in enumerate(reports)
    ]  # fmt: skip
    viewer = site(entries, brand, book)
    yield "viewer.html", viewer, ""
    yield "list.html", viewer, "#/list/review"
    yield "one.html", viewer, "#/review/c1"
    yield "review.html", html_of(reports[0], brand, settings, "internal"), ""
    earlier = making.rewritten(reports[0], lambda sheet: sheet.with_facts(_FOLLOWED))
    yield "followed.html", html_of(earlier, brand, settings, "internal"), ""
    yield "book.html", mail.write(book, 5, [], lambda path: "", brand).html, ""
    yield "mail.html", write(reports[0], "Ana", brand).html, ""
    yield "portfolio.html", portfolio_html(portfolio(book), brand), ""

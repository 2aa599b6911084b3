"""The PDF as a reader gets it: nothing clipped, nothing overlapping, every number with its fact."""

import io
import itertools
import re
from dataclasses import replace

import pikepdf
import pypdf
import pypdfium2
import pytest

from cs_assets.paper.brand import brand_of
from cs_assets.paper.pages import SIZES
from cs_assets.reviews.editions.pdf.audit import unproven_numbers
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from tests.reviews import making, pdf_reading
from tests.reviews.pdf_reading import Line, PageLook

_NAMES = (
    None,
    "Verkehrsgesellschaft Sankt Wendel-Öhningen mit beschränkter Haftung & Co. KG auf Aktien",
    "株式会社さくら産業 / 中文名称有限公司 / 주식회사 한빛",
)  # fmt: skip


def _variants(reports):
    """Thirty reports: five customers, two papers, three names."""
    for report, paper, name in itertools.product(reports.values(), SIZES, _NAMES):
        if name is None:
            yield report, paper
            continue

        def renamed(sheet, name=name):
            facts = tuple(
                replace(f, value=name) if f.fact_id == "customer.name" else f for f in sheet
            )
            return replace(sheet, facts=facts)

        yield making.rewritten(report, renamed), paper


def _overlap(one: Line, other: Line) -> bool:
    wide = min(one.right, other.right) - max(one.left, other.left)
    tall = min(one.top, other.top) - max(one.bottom, other.bottom)
    return wide > 1.0 and tall > 1.5


def _faults(look: PageLook) -> list[str]:
    faults = [
        f"outside the page: {line.text}"
        for line in look.lines
        if line.left < 10 or line.bottom < 10 or line.right > look.width - 10
        or line.top > look.height - 5
    ]  # fmt: skip
    faults += [
        f"overlap: '{one.text[:40]}' and '{other.text[:40]}'"
        for one, other in itertools.combinations(look.lines, 2)
        if _overlap(one, other)
    ]
    if look.inked < 0.01:
        faults.append("the page is nearly empty")
    return faults


def test_no_page_of_thirty_reports_has_clipped_or_overlapping_text_or_is_empty(reports):
    checked, faults = 0, []
    printers = {paper: Printer(brand_of(), making.settings(), paper, "internal") for paper in SIZES}
    for report, paper in _variants(reports):
        checked += 1
        for page, look in enumerate(pdf_reading.looks(printers[paper].print(report).pdf), 1):
            faults += [f"{report.sheet.entity_id} {paper} p{page}: {f}" for f in _faults(look)]
    assert checked >= 30
    assert not faults, "\n".join(faults[:20])


@pytest.mark.parametrize("is_measured", [True, False])
def test_the_last_column_is_as_wide_as_what_figures_rest_on(reports, monkeypatch, is_measured):
    def of_many(sheet):
        facts = [
            replace(one, n=31_185_060) if one.fact_id == "usage.users" else one for one in sheet
        ]
        return replace(sheet, facts=tuple(facts))

    if not is_measured:  # the check sees what it is for
        monkeypatch.setattr(Printer, "_share_of_n", lambda *_: 0.165)
    printer = Printer(brand_of(), making.settings(), "A4", "internal")
    report = making.rewritten(next(iter(reports.values())), of_many)
    page = pdf_reading.looks(printer.print(report).pdf)[0]
    row = [one for one in page.lines if "31,185,060" in one.text]
    assert row
    assert (_faults(page) == [] and row[0].text.startswith("31,")) == is_measured


def test_the_check_of_pages_sees_what_it_is_for():
    page = (Line(1, 50, 100, 200, 110, "one"), Line(1, 150, 103, 300, 113, "other"))
    assert _faults(PageLook(595, 842, page, 0.2)) == ["overlap: 'one' and 'other'"]
    assert _faults(PageLook(100, 842, page[:1], 0.0))[0].startswith("outside")


@pytest.fixture(scope="module")
def printed(reports):
    printer = Printer(brand_of(), making.settings(), "A4", "internal")
    return {customer: printer.print(report) for customer, report in reports.items()}


def test_every_number_in_the_text_layer_has_its_fact(reports, printed):
    for customer, rendered in printed.items():
        text = pdf_reading.whole_text(rendered.pdf)
        assert re.search(r"\d", text)
        assert unproven_numbers(text, reports[customer], rendered.chart_passages) == []


def test_a_number_without_a_fact_is_found(reports, printed):
    text = pdf_reading.whole_text(printed["CUST_10001"].pdf) + " 987,654 more"
    found = unproven_numbers(text, reports["CUST_10001"], printed["CUST_10001"].chart_passages)
    assert found == ["987,654"]


def test_the_document_has_language_title_bookmarks_and_page_numbers(printed):
    rendered = printed["CUST_10002"]
    import io

    document = pypdf.PdfReader(io.BytesIO(rendered.pdf))
    assert document.root_object["/Lang"] == "en"
    assert document.metadata.title.startswith("Executive review: Łódź Ceramiczna")
    titles = [entry.title for entry in document.outline]
    assert titles == [
        "Summary", "Performance vs Benchmarks", "Business Value",
        "Recommendations & Best Practices", "How to read this report",
    ]  # fmt: skip
    total = len(document.pages)
    for number, page in enumerate(document.pages, start=1):
        assert f"Page {number} of {total}" in page.extract_text()


def test_charts_have_a_message_and_an_alternative_text(printed):
    passages = printed["CUST_10001"].chart_passages
    for name in (
        "conversion_trend",
        "channel_performance",
        "attribution",
        "channel_engagement",
        "adoption",
    ):
        assert passages[f"{name}.message"].filled
        assert len(passages[f"{name}.alternative"].filled) > 60


def test_the_customer_edition_has_no_internal_field(tenant_warehouse):
    settings = making.settings(edition="customer")
    reports = making.reports_of(tenant_warehouse, with_settings=settings)
    printer = Printer(brand_of(), settings, "A4", "customer")
    for report in reports.values():
        assert all(fact.visibility == "customer" for fact in report.sheet)
        text = pdf_reading.whole_text(printer.print(report).pdf)
        for word in ("Internal", "Health", "renew", "negative tone", "at risk"):
            assert word not in text


def test_screen_readers_get_headings_in_order_figures_with_words_and_table_headers(printed):
    with pikepdf.open(io.BytesIO(printed["CUST_10001"].pdf)) as document:
        assert document.Root.MarkInfo.Marked is True
        nodes = list(document.Root.StructTreeRoot.K[0].K)
        tags = [str(node.S).lstrip("/") for node in nodes]
        headings = [int(tag[1]) for tag in tags if re.fullmatch(r"H\d", tag)]
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
        figures = [str(n.Alt) for n in nodes if n.S == "/Figure"]
        table = next(n for n in nodes if n.S == "/Table")
        scopes = [str(cell.A.Scope) for cell in table.K[0].K]
    wanted = printed["CUST_10001"].chart_passages
    assert figures == [p.filled for name, p in wanted.items() if name.endswith(".alternative")]
    assert scopes == ["/Column"] * 7


def test_the_colours_of_a_chart_are_the_brands_own_in_print(printed):
    """Pictures have a palette: paper must stay paper, and a bar the colour of its label."""
    document = pypdfium2.PdfDocument(printed["CUST_10001"].pdf)
    page = document[0].render(scale=2).to_pil().convert("RGB")
    document.close()
    colours = brand_of().colours
    counted = {colour: n for n, colour in page.getcolors(page.width * page.height)}
    own = {
        tuple(int(getattr(colours, role)[i : i + 2], 16) for i in (1, 3, 5))
        for role in type(colours).model_fields
    }
    large = {colour for colour, n in counted.items() if n > 0.004 * page.width * page.height}
    assert large <= own
    assert len(large) >= 4


def test_a_pdf_has_what_pdf_ua_asks_and_the_reports_own_date(printed):
    for rendered in printed.values():
        assert pdf_reading.accessibility_problems(rendered.pdf) == []
    with pikepdf.open(io.BytesIO(printed["CUST_10001"].pdf)) as document:
        assert str(document.docinfo.CreationDate) == "D:20261115235959+00'00'"
        assert str(document.docinfo.Title).endswith(", week to 15 November 2026")
        tags = [str(node.S) for node in document.Root.StructTreeRoot.K[0].K]
    assert "/L" in tags

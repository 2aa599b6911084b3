"""HTML, slides, the viewer, comparisons and the command line."""

import datetime as dt
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import html5lib
import pytest
from pptx import Presentation

from cs_assets.lettering.line import cleaned
from cs_assets.paper.brand import brand_of
from cs_assets.reviews.editions.charts.model import Bars, Chart
from cs_assets.reviews.editions.charts.registry import CHARTS, UnknownChart, builder, chart
from cs_assets.reviews.editions.comparison import CannotCompare, compare
from cs_assets.reviews.editions.html import html_of, html_of_view
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from cs_assets.reviews.editions.pptx import pptx_of
from cs_assets.reviews.editions.site import Entry, site
from cs_assets.reviews.editions.view import view_of
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.conftest import REPOSITORY
from tests.reviews import hostile, making, pdf_reading, tenant
from tests.waiting import PATIENCE

BRAND = brand_of()
SETTINGS = making.settings()


def skeleton(document: str) -> list[tuple[str, tuple[str, ...]]]:
    """Elements with the names of their attributes, as a browser reads them."""
    tree = html5lib.parse(document, namespaceHTMLElements=False)
    return [(str(node.tag), tuple(sorted(node.attrib))) for node in tree.iter()]


def named(report, name):
    """The report of a customer of this name, which comes in as all text from data does."""

    def change(sheet):
        facts = tuple(
            replace(f, value=cleaned(name)) if f.fact_id == "customer.name" else f for f in sheet
        )
        return replace(sheet, facts=facts)

    return making.rewritten(report, change)


def test_html_has_all_sections_charts_with_titles_and_no_outside_reference(reports):
    document = html_of(reports["CUST_10001"], BRAND, SETTINGS, "internal")
    for passage in ("performance", "business_value", "recommendations"):
        assert f'id="{passage}"' in document
    assert document.count("<svg") == document.count("<title id=") == 6
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", document)
    assert "<script" not in document


def test_hostile_names_do_not_change_the_structure_of_the_html(reports):
    report = reports["CUST_10001"]
    plain = skeleton(html_of(named(report, "Plain"), BRAND, SETTINGS, "internal"))
    for text in hostile.strings(60):
        text = text.encode("utf-8", "replace").decode().replace("\x00", "")
        assert skeleton(html_of(named(report, text), BRAND, SETTINGS, "internal")) == plain


def test_a_deck_has_six_to_eight_slides_and_the_evidence_in_its_notes(reports):
    for report in reports.values():
        deck = Presentation(io.BytesIO(pptx_of(report, BRAND, SETTINGS, "internal")))
        assert 5 <= len(deck.slides) <= 8
    assert deck.core_properties.created.date() == dt.date(2026, 11, 15)


def test_slides_have_native_charts_with_data_and_notes_with_facts(reports):
    deck = Presentation(io.BytesIO(pptx_of(reports["CUST_10001"], BRAND, SETTINGS, "internal")))
    charts = [shape.chart for s in deck.slides for shape in s.shapes if shape.has_chart]
    assert len(charts) >= 4
    sheet = reports["CUST_10001"].sheet
    trend = [series for c in charts for series in c.plots[0].series if series.name == "This year"]
    wanted = [f.number for f in sheet.under("conversions.trend.value")]
    assert list(trend[0].values) == pytest.approx(wanted)
    notes = [s.notes_slide.notes_text_frame.text for s in deck.slides if s.has_notes_slide]
    assert any("\nFacts: conversions." in note for note in notes)
    given = Presentation(io.BytesIO(pptx_of(reports["CUST_10001"], BRAND, SETTINGS, "customer")))
    assert not any("conversions." in s.notes_slide.notes_text_frame.text for s in given.slides
                   if s.has_notes_slide)  # fmt: skip


def test_slides_bear_hostile_text(reports):
    for text in hostile.SEEDS:
        name = text.encode("utf-8", "replace").decode()[:400]
        assert pptx_of(named(reports["CUST_10003"], name), BRAND, SETTINGS, "internal")


def test_the_viewer_is_one_file_in_which_no_entry_becomes_markup():
    texts = [t.encode("utf-8", "replace").decode() for t in hostile.strings(40)]
    texts.append("</script><script>alert(1)</script>")
    entries = [
        Entry("Review", "2026-11-09", t, t, t, "held", (t,), t, {"PDF": "reports/x.pdf"})
        for t in texts
    ]
    document = site(entries, BRAND)
    assert skeleton(document) == skeleton(site([], BRAND))
    tree = html5lib.parse(document, namespaceHTMLElements=False)
    data = next(n for n in tree.iter("script") if n.get("id") == "entries").text
    assert [entry["name"] for entry in json.loads(data)] == texts


def test_a_comparison_shows_each_customer_and_who_leads(reports):
    some = [reports[c] for c in ("CUST_10001", "CUST_10002", "CUST_10004")]
    view = compare(some)
    assert view.headings[1:] == (
        "Brightwater Components",
        "Łódź Ceramiczna Sp. z…",
        "Северная Авиация",
    )
    assert view.summary[0].startswith("Highest conversion value: Brightwater Components")
    printed = Printer(BRAND, SETTINGS, "A4", "internal").print_view(view)
    assert "Side by side" in pdf_reading.whole_text(printed.pdf)
    assert "Side by side" in html_of_view(view, BRAND, "internal")


def test_names_in_any_script_head_the_columns_of_a_comparison(reports):
    some = [
        named(reports["CUST_10001"], "株式会社さくら産業ホールディングス"),
        named(reports["CUST_10002"], "주식회사 한빛 에너지"),
    ]
    printed = Printer(BRAND, SETTINGS, "A4", "internal").print_view(compare(some)).pdf
    text = pdf_reading.squashed(pdf_reading.whole_text(printed))
    assert "株式会社さくら産業" in text
    for look in pdf_reading.looks(printed):
        assert all(line.left > 0 and line.right < look.width for line in look.lines)


def test_one_customer_cannot_be_compared(reports):
    with pytest.raises(CannotCompare, match="2 to 6 customers"):
        compare([reports["CUST_10001"]])


def test_an_extra_chart_is_one_registered_function(reports):
    @chart("users_by_module")
    def users_by_module(sheet):
        data = Bars(("AP", "GL"), (12.0, 16.0), ("12", "16"), None, "users", horizontal=True)
        return Chart("users_by_module", "Most people use GL", "Active users by module",
                     "Bars of active users: AP, GL.", data)  # fmt: skip

    try:
        settings = making.settings(
            charts={**SETTINGS.charts, "business_value": ("users_by_module",)}
        )
        names = [c.chart.name for c in view_of(reports["CUST_10001"], settings).charts]
        assert "users_by_module" in names
        assert Printer(BRAND, settings, "A4", "internal").print(reports["CUST_10001"]).pages >= 2
        with pytest.raises(ValueError, match="registered already"):
            chart("users_by_module")(users_by_module)
    finally:
        CHARTS.pop("users_by_module", None)
    with pytest.raises(UnknownChart, match="no chart called 'users_by_module'"):
        builder("users_by_module")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    home = tmp_path_factory.mktemp("installation")
    tenant.load(DuckDBWarehouse(path=str(home / "warehouse.duckdb")))
    return home


def run(home, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cs_assets.cli", "report", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE,
        env={"CS_ASSETS_HOME": str(home), "CS_ASSETS_WRITER": "rules", "PATH": "/usr/bin"},
    )  # fmt: skip


def test_the_command_line_writes_every_edition(installation, tmp_path):
    week = tenant.WEEK.isoformat()
    done = run(installation, "CUST_10001", "--week", week, "--pdf", str(tmp_path / "a.pdf"),
               "--html", "--pptx", "--text", "--output", str(tmp_path))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / f"CUST_10001-{week}.html").is_file()
    assert (tmp_path / f"CUST_10001-{week}.pptx").is_file()
    parts = ("(CUST_10001)\n", "\nWHAT TO DO THIS WEEK\n1. ", "\nPERFORMANCE VS BENCHMARKS\n")
    assert all(done.stdout.count(part) == 1 for part in parts)
    assert "\n#" not in done.stdout
    done = run(installation, "CUST_10001", "--week", week, "--edition", "quarterly",
               "--audience", "customer", "--html", "--output", str(tmp_path),
               "--pptx", str(tmp_path / "q.pptx"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "q.pptx").is_file()
    assert (tmp_path / f"CUST_10001-{week}-quarterly-customer.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["CUST_0", "--week", "2026-11-09"], "no customer is called 'CUST_0'; near: "),
        (["CUST_10001", "--week", "2026-11-10"], "did you mean 2026-11-09"),
        (["CUST_10005", "--week", "2026-11-09"], "nothing is recorded"),
        (["--all", "--shard", "4/2", "--week", "2026-11-09"], "shards count from 1"),
        ([], "name a customer"),
        (["CUST_10001", "CUST_10002", "--compare", "--pptx"], "--compare makes no slides"),
    ],
)
def test_what_cannot_be_is_one_line_and_status_two(installation, arguments, complaint):
    done = run(installation, *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_chart_in_the_documentation_works(reports):
    text = (REPOSITORY / "docs" / "reviews.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    try:
        exec(compile(example[1], "docs/reviews.md", "exec"), {})
        settings = making.settings(charts={"performance": ("seats_by_module",)})
        document = html_of(reports["CUST_10001"], BRAND, settings, "internal")
        assert "31 people work in 3 modules" in document
    finally:
        CHARTS.pop("seats_by_module", None)


def test_a_logo_is_on_the_first_page_and_in_the_html(reports, tmp_path):
    from PIL import Image

    logo = tmp_path / "logo.png"
    Image.new("RGB", (120, 40), "#ffffff").save(logo)
    brand = BRAND.model_copy(update={"logo": logo})
    with_logo = Printer(brand, SETTINGS, "A4", "internal").print(reports["CUST_10001"]).pdf
    without = Printer(BRAND, SETTINGS, "A4", "internal").print(reports["CUST_10001"]).pdf
    assert with_logo.count(b"/Subtype /Image") == without.count(b"/Subtype /Image") + 1
    assert "data:image/png;base64," in html_of(reports["CUST_10001"], brand, SETTINGS, "internal")

"""The slide edition: native charts that can be edited, and notes with the facts behind them."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.util import Inches, Length, Pt

from cs_assets.names import shown
from cs_assets.reviews.configuration import Audience, Brand, ReviewSettings
from cs_assets.reviews.editions.charts.model import Bars, Ranges, Trend
from cs_assets.reviews.editions.view import ChartView, ReportView, SectionView, view_of
from cs_assets.reviews.writing.report import Report
from cs_assets.reviews.writing.text_blocks import Block, Recommendation

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_LEFT, _TOP = Inches(0.7), Inches(1.5)
_INNER = Inches(11.9)
_LINES_PER_SLIDE = 9


def pptx_of(report: Report, brand: Brand, settings: ReviewSettings, audience: Audience) -> bytes:
    """The report as slides; the same report gives the same bytes."""
    return _Deck(brand, audience).make(view_of(report, settings))


class _Deck:
    def __init__(self, brand: Brand, audience: Audience) -> None:
        self._brand = brand
        self._confidential = brand.confidential.get(audience, "")
        self._with_ids = audience != "customer"
        self._deck: Any = Presentation()
        self._deck.slide_width, self._deck.slide_height = _WIDTH, _HEIGHT

    def make(self, view: ReportView) -> bytes:
        self._deck.core_properties.title = shown(f"Executive review: {view.customer}")[:200]
        self._deck.core_properties.author = self._brand.name
        self._deck.core_properties.language = "en"
        self._cover(view)
        self._table(view)
        for section in view.sections:
            self._section(section)
        notes = [Block("paragraph", line) for line in view.notes]
        self._lines("How to read this report", notes, size=14)
        buffer = io.BytesIO()
        self._deck.save(buffer)
        return without_clock(buffer.getvalue())

    # One kind of slide each.

    def _cover(self, view: ReportView) -> None:
        slide = self._slide(view.customer, size=34)
        frame = self._box(slide, _LEFT, Inches(1.7), _INNER, Inches(4.6))
        self._paragraph(frame, view.about, 14, role="muted", first=True)
        self._paragraph(frame, view.headline, 26, bold=True)
        for line in view.summary:
            self._paragraph(frame, f"•  {line}", 18)

    def _table(self, view: ReportView) -> None:
        slide = self._slide("Executive summary")
        rows, columns = len(view.table) + 1, len(view.headings)
        shape = slide.shapes.add_table(rows, columns, _LEFT, _TOP, _INNER, Inches(0.42 * rows))
        for column, heading in enumerate(view.headings):
            self._cell(shape.table.cell(0, column), heading or "Measure", bold=True)
        for r, row in enumerate(view.table, start=1):
            for c, cell in enumerate(row):
                self._cell(shape.table.cell(r, c), cell.words, bold=c == 1)

    def _section(self, section: SectionView) -> None:
        self._lines(section.title, [p for p in section.content if isinstance(p, Block)])
        for part in section.content:
            if isinstance(part, ChartView):
                self._chart(part)
        for number, made in enumerate(section.recommendations, start=1):
            self._recommendation(number, made)
        if section.closing:
            self._lines("Case study", list(section.closing))

    def _recommendation(self, number: int, made: Recommendation) -> None:
        slide = self._slide(f"{number}. {made.title}")
        frame = self._box(slide, _LEFT, _TOP, _INNER, Inches(5))
        for i, line in enumerate(made.lines):
            text = f"{line.label}: {line.text}" if line.label else line.text
            self._paragraph(frame, text, 18, first=i == 0)
        self._note(slide, f"Evidence: {made.basis}{self._ids(made.evidence)}")

    def _lines(self, title: str, lines: list[Block], size: int = 16) -> None:
        for start in range(0, len(lines), _LINES_PER_SLIDE):
            slide = self._slide(title)
            frame = self._box(slide, _LEFT, _TOP, _INNER, Inches(5))
            for i, block in enumerate(lines[start : start + _LINES_PER_SLIDE]):
                text = f"{block.label}: {block.text}" if block.label else block.text
                mark = "•  " if block.kind == "item" else ""
                self._paragraph(frame, mark + text, size, first=i == 0)

    def _chart(self, view: ChartView) -> None:
        slide = self._slide(view.message.filled)
        frame = self._box(slide, _LEFT, Inches(1.15), _INNER, Inches(0.4))
        self._paragraph(frame, view.subject.filled, 12, role="muted", first=True)
        data = view.chart.data
        if isinstance(data, Trend):
            self._trend(slide, data, view)
        elif isinstance(data, Bars):
            self._bars(slide, data, view)
        else:
            self._ranges(slide, data)
        ids = [claim.fact_id for p in (view.message, view.alternative) for claim in p.claims]
        self._note(slide, f"{view.alternative.filled}{self._ids(ids)}")

    def _trend(self, slide: Any, data: Trend, view: ChartView) -> None:
        lines = _categories(data.weeks)
        lines.add_series("This year", data.values)
        lines.add_series("A year earlier", data.year_ago)
        chart = self._place(
            slide, XL_CHART_TYPE.LINE_MARKERS, lines, Inches(1.6), Inches(3.4), view
        )
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.RIGHT, False
        for series, role in zip(chart.plots[0].series, ("accent", "context"), strict=True):
            series.format.line.color.rgb = self._colour(role)
            series.smooth = False
        counts = _categories(data.weeks)
        counts.add_series(data.count_unit, [v or 0 for v in data.counts])
        chart = self._place(
            slide, XL_CHART_TYPE.COLUMN_CLUSTERED, counts, Inches(5.0), Inches(2.0), view
        )
        self._fill(chart.plots[0].series[0], "accent")

    def _bars(self, slide: Any, data: Bars, view: ChartView) -> None:
        # A bar chart draws its first category lowest.
        turn = slice(None, None, -1) if data.horizontal else slice(None)
        kind = XL_CHART_TYPE.BAR_CLUSTERED if data.horizontal else XL_CHART_TYPE.COLUMN_CLUSTERED
        values = _categories(data.names[turn])
        if data.earlier:
            values.add_series("Before", data.earlier[turn])
        values.add_series("Now", data.values[turn])
        chart = self._place(slide, kind, values, Inches(1.6), Inches(5.2), view)
        plot = chart.plots[0]
        plot.gap_width = 60
        roles = ("context", "accent") if data.earlier else ("accent",)
        for series, role in zip(plot.series, roles, strict=True):
            self._fill(series, role)
        labels = plot.series[-1].data_labels
        labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
        labels.number_format, labels.number_format_is_linked = "#,##0", False
        labels.font.size = Pt(12)
        chart.has_legend = bool(data.earlier)

    def _ranges(self, slide: Any, data: Ranges) -> None:
        headings = ("Metric", "Own value", "Median of peers")
        rows = list(zip(data.names, data.own_labels, data.median_labels, strict=True))
        height = Inches(0.5 * (len(rows) + 1))
        table = slide.shapes.add_table(len(rows) + 1, 3, _LEFT, Inches(1.8), _INNER, height).table
        for c, heading in enumerate(headings):
            self._cell(table.cell(0, c), heading, bold=True)
        for r, row in enumerate(rows, start=1):
            for c, words in enumerate(row):
                self._cell(table.cell(r, c), words, bold=c == 1)

    # What slides are made of.

    def _slide(self, title: str, size: int = 24) -> Any:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])
        box = slide.shapes.title
        box.left, box.top, box.width, box.height = _LEFT, Inches(0.35), _INNER, Inches(0.8)
        box.text_frame.word_wrap = True
        self._paragraph(box.text_frame, title, size, bold=True, role="brand", first=True)
        foot = self._box(slide, _LEFT, Inches(7.0), _INNER, Inches(0.35))
        self._paragraph(foot, self._confidential, 10, role="muted", first=True)
        return slide

    def _place(
        self, slide: Any, kind: Any, data: Any, top: Length, height: Length, view: ChartView
    ) -> Any:
        frame = slide.shapes.add_chart(kind, _LEFT, top, _INNER, height, data)
        # What a screen reader reads instead of the chart.
        frame._element._nvXxPr.cNvPr.set("descr", shown(view.alternative.filled))
        chart = frame.chart
        chart.has_title, chart.has_legend = False, False
        chart.font.size = Pt(11)
        return chart

    def _box(self, slide: Any, left: Length, top: Length, width: Length, height: Length) -> Any:
        frame = slide.shapes.add_textbox(left, top, width, height).text_frame
        frame.word_wrap = True
        return frame

    def _paragraph(
        self, frame: Any, text: str, size: int, *, bold: bool = False, role: str = "ink",
        first: bool = False,
    ) -> None:  # fmt: skip
        paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = shown(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = self._colour(role)
        paragraph.space_after = Pt(6)

    def _cell(self, cell: Any, words: str, *, bold: bool) -> None:
        cell.text = shown(words)
        for run in cell.text_frame.paragraphs[0].runs:
            run.font.size, run.font.bold = Pt(13), bold

    def _ids(self, fact_ids: Sequence[str]) -> str:
        """A line with the ids of facts; a customer has no use for them."""
        return f"\nFacts: {', '.join(dict.fromkeys(fact_ids))}" if self._with_ids else ""

    def _note(self, slide: Any, text: str) -> None:
        slide.notes_slide.notes_text_frame.text = "\n".join(map(shown, text.split("\n")))

    def _fill(self, series: Any, role: str) -> None:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = self._colour(role)

    def _colour(self, role: str) -> RGBColor:
        return RGBColor.from_string(getattr(self._brand.colours, role).lstrip("#").upper())


def _categories(names: Sequence[str]) -> Any:
    data = CategoryChartData()
    data.categories = [shown(name) for name in names]
    return data


_CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def without_clock(package: bytes) -> bytes:
    """An Office package with every time stamp fixed, in its parts and in the workbooks within."""
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = without_clock(content)
            elif name == "docProps/core.xml":
                content = _CLOCK.sub(b"2000-01-01T00:00:00Z", content)
            fixed.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content)
    return target.getvalue()

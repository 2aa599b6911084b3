"""The slide edition: native charts that can be edited, and notes with the facts behind them."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
)
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Length, Pt

from cs_assets.facts.wording import listed
from cs_assets.names import shown
from cs_assets.paper.brand import Audience, Brand
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.charts.model import Bars, Lines, Ranges, Trend
from cs_assets.reviews.editions.view import ChartView, ReportView, view_of
from cs_assets.reviews.writing.report import Report
from cs_assets.reviews.writing.standing import Standing
from cs_assets.reviews.writing.text_blocks import Block, Recommendation

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_LEFT = Inches(0.7)
_INNER = Inches(11.9)
#: Width of the first and the last column of figures.
_ENDS = Inches(2.2)
#: Earlier advice that the last slide has room for.
_FOLLOWED = 5


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
        charts = view.charts
        for first in range(0, len(charts), 2):
            self._charts(charts[first : first + 2], view)
        made = [one for section in view.sections for one in section.recommendations]
        if made:
            self._actions(made)
        self._closing(view)
        buffer = io.BytesIO()
        self._deck.save(buffer)
        return without_clock(buffer.getvalue(), view.dated)

    # One kind of slide each: six to eight in all. What the pages say in full is in the notes.

    def _cover(self, view: ReportView) -> None:
        """How the customer is and what to do; the summary stands beside its figures."""
        slide = self._slide(view.customer, size=34)
        frame = self._box(slide, _LEFT, Inches(1.1), _INNER, Inches(1.5))
        self._paragraph(frame, view.about, 14, role="muted", first=True)
        size = _fitting([view.headline], _INNER, Inches(1.0), (24, 20, 18, 16))
        self._paragraph(frame, view.headline, size, bold=True)
        top = Length(
            Inches(1.2) + _high([view.about], _INNER, 14) + _high([view.headline], _INNER, size)
        )
        below = self._standing(slide, view.standing, top)
        room = Length(Inches(6.9) - below)
        frame = self._box(slide, _LEFT, below, _INNER, room)
        todo = [f"{n}.  {title}" for n, (title, _) in enumerate(view.todo, start=1)]
        head = [view.todo_title] if view.todo else []
        lines = [*(f"!  {line}" for line in view.watch), *head, *todo]
        size = _fitting(lines, _INNER, Length(room - Inches(0.2)), (18, 16, 14, 12, 11))
        after = 6 if size > 12 else 2
        for n, line in enumerate(lines):
            is_head = line in head
            before = size if is_head and n else 0
            self._paragraph(frame, line, size, bold=is_head, first=n == 0, after=after,
                            role="brand" if is_head else "ink", before=before)  # fmt: skip
        self._note(slide, "\n".join(f"{title}: {action}" for title, action in view.todo))

    def _standing(self, slide: Any, answers: Sequence[Standing], top: Length) -> Length:
        """The answers side by side; where the next thing may begin."""
        width = Inches(11.9 / max(len(answers), 1))
        inner = Length(width - Inches(0.15))
        high = max((_high([one.note], inner, 12) for one in answers if one.note), default=0)
        for n, one in enumerate(answers):
            left = Length(_LEFT + n * width)
            bar = slide.shapes.add_shape(
                MSO_SHAPE.RECTANGLE, left, top, Length(width - Inches(0.15)), Inches(0.07)
            )
            role = {"bad": "contrast", "good": "accent"}.get(one.tone, "context")
            bar.fill.solid()
            bar.fill.fore_color.rgb = self._colour(role)
            bar.line.fill.background()
            bar.shadow.inherit = False
            frame = self._box(slide, left, Length(top + Inches(0.1)), inner, Inches(1.4))
            self._paragraph(frame, one.label, 12, role="muted", first=True)
            self._paragraph(frame, one.value, 20, bold=True)
            if one.note:
                self._paragraph(frame, one.note, 12, role="muted")
        return Length(top + Inches(1.05) + high)

    def _table(self, view: ReportView) -> None:
        slide = self._slide("Figures")
        rows, columns = len(view.table) + 1, len(view.headings)
        shape = slide.shapes.add_table(
            rows, columns, _LEFT, Inches(1.3), _INNER, Inches(0.42 * rows)
        )
        for column, heading in enumerate(view.headings):
            self._cell(shape.table.cell(0, column), heading or "Measure", column, bold=True,
                       role="paper", fill="brand")  # fmt: skip
        for r, row in enumerate(view.table, start=1):
            for c, cell in enumerate(row):
                role = {"fall": "contrast", "rise": "accent"}.get(cell.tone, "ink")
                self._cell(shape.table.cell(r, c), cell.words, c, bold=c == 1 or bool(cell.tone),
                           role=role if cell.is_value else "muted",
                           fill="panel" if r % 2 == 0 else "paper")  # fmt: skip
        ends = {0: _ENDS, columns - 1: _ENDS}
        for c, column in enumerate(shape.table.columns):
            column.width = ends.get(c, Length((_INNER - 2 * _ENDS) // max(columns - 2, 1)))
        frame = self._box(slide, _LEFT, Inches(5.7), _INNER, Inches(1.25))
        for n, line in enumerate(view.summary):
            size = _fitting(view.summary, _INNER, Inches(1.2), (14, 12, 11, 10))
            self._paragraph(frame, f"•  {line}", size, first=n == 0, after=2)
        self._note(slide, view.table_note)

    def _charts(self, views: Sequence[ChartView], view: ReportView) -> None:
        """One or two charts side by side, each under its message; the section's text in notes."""
        slide = self._slide(_section_of(views, view))
        width = Length(_INNER if len(views) == 1 else Inches(5.85))
        notes = []
        tops = [
            _high([one.message.filled], width, 16) + _high([one.subject.filled], width, 11)
            for one in views
        ]
        top = Length(max(Inches(2.2), Inches(1.25) + max(tops)))
        for n, one in enumerate(views):
            left = Length(_LEFT + n * Inches(6.05))
            frame = self._box(slide, left, Inches(1.2), width, Inches(0.9))
            self._paragraph(frame, one.message.filled, 16, bold=True, first=True)
            self._paragraph(frame, one.subject.filled, 11, role="muted")
            self._draw(slide, one, _Place(left, top, width, Length(Inches(6.8) - top)))
            ids = [claim.fact_id for p in (one.message, one.alternative) for claim in p.claims]
            notes.append(f"{one.alternative.filled}{self._ids(ids)}")
        self._note(slide, "\n".join([*notes, *_texts_beside(views, view)]))

    def _draw(self, slide: Any, view: ChartView, place: "_Place") -> None:
        data = view.chart.data
        if isinstance(data, Trend):
            self._trend(slide, data, view, place)
        elif isinstance(data, Bars):
            self._bars(slide, data, view, place)
        elif isinstance(data, Lines):
            self._lines(slide, data, view, place)
        else:
            self._ranges(slide, data, view, place)

    def _actions(self, made: Sequence[Recommendation]) -> None:
        slide = self._slide("What to do, and what it rests on")
        frame = self._box(slide, _LEFT, Inches(1.2), _INNER, Inches(5.6))
        notes = []
        shown_lines = [
            text for one in made
            for text in (one.title, *(b.text for b in one.lines if b.label in ("", "Action")))
        ]  # fmt: skip
        size = _fitting(shown_lines, _INNER, Inches(5.1), (16, 15, 14, 13))
        for number, one in enumerate(made, start=1):
            is_first = number == 1
            self._paragraph(frame, f"{number}. {one.title}", size + 2, bold=True, role="brand",
                            first=is_first, before=0 if is_first else size, after=2)  # fmt: skip
            for line in one.lines:
                if line.label == "Action":
                    self._paragraph(frame, line.text, size, after=2)
                elif not line.label:
                    self._paragraph(frame, line.text, size - 2, role="muted", after=2)
            told = " ".join(f"{line.label}: {line.text}" for line in one.lines if line.label)
            notes.append(f"{number}. {told}\nEvidence: {one.basis}{self._ids(one.evidence)}")
        self._note(slide, "\n\n".join(notes))

    def _closing(self, view: ReportView) -> None:
        case = any(block.label == "Case study" for s in view.sections for block in s.closing)
        slide = self._slide(
            "A case beside it, and how to read this" if case else "How to read this"
        )
        frame = self._box(slide, _LEFT, Inches(1.2), _INNER, Inches(5.6))
        closing = [block for section in view.sections for block in section.closing]
        before = [
            block for section in view.sections if section.recommendations
            for block in section.content if isinstance(block, Block)
        ]  # fmt: skip
        first = True
        for block in (*before, *closing):
            text = f"{block.label}: {block.text}" if block.label else block.text
            self._paragraph(frame, text, 16, first=first)
            first = False
        for row in view.history[:_FOLLOWED]:
            told = "; ".join(part for part in (row.done, row.came) if part)
            self._paragraph(frame, f"{row.said}: {told}", 13, first=first)
            first = False
        for line in view.notes:
            self._paragraph(frame, line, 12, role="muted", first=first)
            first = False

    def _trend(self, slide: Any, data: Trend, view: ChartView, place: "_Place") -> None:
        lines = _categories(data.weeks)
        lines.add_series("This year", data.values)
        lines.add_series("A year earlier", data.year_ago)
        high = Length(int(place.height * 0.65))
        upper = _Place(place.left, place.top, place.width, high)
        chart = self._place(slide, XL_CHART_TYPE.LINE_MARKERS, lines, upper, view)
        self._legend(chart)
        own = "contrast" if data.tone == "fall" else "accent"
        for series, role in zip(chart.plots[0].series, (own, "context"), strict=True):
            self._line(series, role)
        chart.value_axis.tick_labels.number_format = "$#,##0"
        chart.value_axis.tick_labels.number_format_is_linked = False
        counts = _categories(data.weeks)
        counts.add_series(data.count_unit, [v or 0 for v in data.counts])
        below = _Place(
            place.left, Length(place.top + high), place.width, Length(place.height - high)
        )
        chart = self._place(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, counts, below, view)
        self._fill(chart.plots[0].series[0], "accent")

    def _lines(self, slide: Any, data: Lines, view: ChartView, place: "_Place") -> None:
        values = _categories(data.moments)
        for name, series in zip(data.names, data.values, strict=True):
            values.add_series(shown(name), series)
        chart = self._place(slide, XL_CHART_TYPE.LINE_MARKERS, values, place, view)
        self._legend(chart)
        for n, series in enumerate(chart.plots[0].series):
            self._line(series, _SERIES[n % len(_SERIES)])
        chart.value_axis.minimum_scale = 0
        chart.value_axis.tick_labels.number_format = f'0"{data.unit}"'
        chart.value_axis.tick_labels.number_format_is_linked = False

    def _bars(self, slide: Any, data: Bars, view: ChartView, place: "_Place") -> None:
        # A bar chart draws its first category lowest.
        turn = slice(None, None, -1) if data.horizontal else slice(None)
        kind = XL_CHART_TYPE.BAR_CLUSTERED if data.horizontal else XL_CHART_TYPE.COLUMN_CLUSTERED
        values = _categories(data.names[turn])
        if data.earlier:
            values.add_series("Before", data.earlier[turn])
        values.add_series("Now", data.values[turn])
        chart = self._place(slide, kind, values, place, view)
        plot = chart.plots[0]
        plot.gap_width = 60
        one_stands_out = data.emphasised is not None and not data.earlier
        now = "muted" if data.tones else "accent"
        roles = ("context", now) if data.earlier else (now,)
        for series, role in zip(plot.series, roles, strict=True):
            self._fill(series, "context" if one_stands_out else role)
        marked = [{"fall": "contrast", "rise": "accent"}.get(t, "") for t in data.tones or ()]
        if one_stands_out:
            role = "contrast" if data.is_bad else "accent"
            marked = [role if n == data.emphasised else "" for n in range(len(data.names))]
        for n, role in enumerate(marked[turn]):
            if role:
                self._fill(plot.series[-1].points[n], role)
        labels = plot.series[-1].data_labels
        labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
        labels.number_format, labels.number_format_is_linked = (
            _FORMATS.get(data.unit, "#,##0"),
            False,
        )
        labels.font.size = Pt(12)
        # The labels say the values: an axis beside them would say them again.
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
        chart.value_axis.maximum_scale = data.full or (None if any(data.values) else 1)
        if data.earlier:
            self._legend(chart)

    def _ranges(self, slide: Any, data: Ranges, view: ChartView, place: "_Place") -> None:
        """Own values beside the peers' quartiles, each metric as percent of its own median.

        A bar chart draws its first series lowest: read downwards it is the own value, then the
        upper and the lower quartile.
        """
        values = _categories(
            [f"{name}: {own} (median {median})" for name, own, median in
             zip(data.names, data.own_labels, data.median_labels, strict=True)][::-1]
        )  # fmt: skip
        for name, column in (
            ("Peers, lower quartile", data.low),
            ("Peers, upper quartile", data.high),
            ("Own value, in percent of the peers' median", data.own),
        ):
            shares = [_share(v, m) for v, m in zip(column, data.median, strict=True)]
            values.add_series(name, shares[::-1])
        chart = self._place(slide, XL_CHART_TYPE.BAR_CLUSTERED, values, place, view)
        plot = chart.plots[0]
        for series, role in zip(plot.series, ("context", "muted", "accent"), strict=True):
            self._fill(series, role)
        below = [own < low for own, low in zip(data.own, data.low, strict=True)][::-1]
        for n in (n for n, is_below in enumerate(below) if is_below):
            self._fill(plot.series[-1].points[n], "contrast")
        plot.gap_width = 60
        chart.value_axis.tick_labels.number_format = '0"%"'
        chart.value_axis.tick_labels.number_format_is_linked = False
        self._legend(chart)

    # What slides are made of.

    def _slide(self, title: str, size: int = 24) -> Any:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])
        box = slide.shapes.title
        box.left, box.top, box.width, box.height = _LEFT, Inches(0.35), _INNER, Inches(0.8)
        box.text_frame.word_wrap = True
        self._paragraph(box.text_frame, title, size, bold=True, role="brand", first=True)
        box.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        foot = self._box(slide, _LEFT, Inches(7.0), _INNER, Inches(0.35))
        self._paragraph(foot, self._confidential, 10, role="muted", first=True)
        return slide

    def _place(self, slide: Any, kind: Any, data: Any, at: "_Place", view: ChartView) -> Any:
        frame = slide.shapes.add_chart(kind, at.left, at.top, at.width, at.height, data)
        # What a screen reader reads instead of the chart.
        frame._element._nvXxPr.cNvPr.set("descr", shown(view.alternative.filled))
        chart = frame.chart
        chart.has_title, chart.has_legend = False, False
        chart.font.size = Pt(11)
        axis = chart.value_axis
        axis.major_gridlines.format.line.color.rgb = self._colour("rule")
        if kind in _FROM_ZERO:
            axis.minimum_scale = 0
        return chart

    def _legend(self, chart: Any) -> None:
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False

    def _box(self, slide: Any, left: Length, top: Length, width: Length, height: Length) -> Any:
        frame = slide.shapes.add_textbox(left, top, width, height).text_frame
        frame.word_wrap = True
        return frame

    def _paragraph(
        self, frame: Any, text: str, size: int, *, bold: bool = False, role: str = "ink",
        first: bool = False, after: int = 6, before: int = 0,
    ) -> None:  # fmt: skip
        paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = shown(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = self._colour(role)
        paragraph.space_after, paragraph.space_before = Pt(after), Pt(before)

    def _cell(
        self, cell: Any, words: str, column: int, *, bold: bool, role: str, fill: str
    ) -> None:
        cell.text = shown(words)
        cell.fill.solid()
        cell.fill.fore_color.rgb = self._colour(fill)
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if column else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(13), bold
            run.font.color.rgb = self._colour(role)

    def _ids(self, fact_ids: Sequence[str]) -> str:
        """A line with the ids of facts; a customer has no use for them."""
        return f"\nFacts: {', '.join(dict.fromkeys(fact_ids))}" if self._with_ids else ""

    def _note(self, slide: Any, text: str) -> None:
        slide.notes_slide.notes_text_frame.text = "\n".join(map(shown, text.split("\n")))

    def _line(self, series: Any, role: str) -> None:
        """A line and its marks in one colour."""
        series.smooth = False
        series.format.line.color.rgb = self._colour(role)
        series.format.line.width = Pt(2.25)
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 6
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = self._colour(role)
        series.marker.format.line.color.rgb = self._colour(role)

    def _fill(self, series: Any, role: str) -> None:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = self._colour(role)

    def _colour(self, role: str) -> RGBColor:
        return RGBColor.from_string(getattr(self._brand.colours, role).lstrip("#").upper())


@dataclass(frozen=True)
class _Place:
    """Where a chart stands on its slide."""

    left: Length
    top: Length
    width: Length
    height: Length


#: Whose length is the value: they begin at zero.
_FROM_ZERO = (XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.COLUMN_CLUSTERED)
#: How labels of bars are written, by unit.
_FORMATS = {"USD": "$#,##0", "percent of seats": '0.0"%"'}
#: Of the size of letters: how wide one is on average, how high a line, and what a paragraph adds.
_WIDE, _LINE, _AFTER = 0.56, 1.25, 0.5


def _high(paragraphs: Sequence[str], width: Length, size: int) -> int:
    """About how high text stands in a box of this width."""
    in_a_line = max(1, int((width - Inches(0.2)) / (Pt(size) * _WIDE)))
    lines = sum(max(1, -(-len(text) // in_a_line)) for text in paragraphs)
    return int(Pt(size) * (lines * _LINE + len(paragraphs) * _AFTER))


def _fitting(paragraphs: Sequence[str], width: Length, height: Length, sizes: Sequence[int]) -> int:
    """The first of the sizes in which all has room, else the last."""
    return next((s for s in sizes if _high(paragraphs, width, s) <= height), sizes[-1])


_SERIES = ("accent", "contrast", "ink", "muted")


def _share(value: float, median: float) -> float | None:
    return round(100 * value / median, 1) if median else None


def _section_of(views: Sequence[ChartView], view: ReportView) -> str:
    """The titles of the sections in which the charts stand."""
    titles = [s.title for s in view.sections if any(one in s.content for one in views)]
    return listed(titles)


def _texts_beside(views: Sequence[ChartView], view: ReportView) -> list[str]:
    """The sections' own text, for the notes of the first slide on which a section is shown."""
    found = []
    for section in view.sections:
        charts = [part for part in section.content if isinstance(part, ChartView)]
        if charts and charts[0] in views:
            found += [
                f"{b.label}: {b.text}" if b.label else b.text
                for b in section.content
                if isinstance(b, Block)
            ]
    return found


def _categories(names: Sequence[str]) -> Any:
    data = CategoryChartData()
    data.categories = [shown(name) for name in names]
    return data


_CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NEVER = dt.datetime(2000, 1, 1)  # noqa: DTZ001  packages know no time zone


def without_clock(package: bytes, dated: dt.datetime | None = None) -> bytes:
    """An Office package with every time stamp set to the report's date, in parts and workbooks."""
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    at = dated or _NEVER
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = without_clock(content, dated)
            elif name == "docProps/core.xml":
                content = _CLOCK.sub(f"{at:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            stamp = (at.year, at.month, at.day, at.hour, at.minute, at.second)
            fixed.writestr(zipfile.ZipInfo(name, stamp), content)
    return target.getvalue()

"""A report laid out as a PDF. Same report, same brand, same paper: the same bytes."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from cs_assets.lettering.line import shortened
from cs_assets.paper.brand import Audience, Brand, Paper
from cs_assets.paper.fonts import faces
from cs_assets.paper.pages import (
    BOTTOM,
    SIDE,
    SIZES,
    TOP,
    Furniture,
    TextFrame,
    canvas_maker,
)
from cs_assets.paper.styles import (
    FIGURES_PADDING,
    FIGURES_SIZE,
    styles,
    table_commands,
)
from cs_assets.paper.tags import (
    TaggedParagraph,
    TaggedStrip,
    TaggedTable,
    WrappedOnce,
)
from cs_assets.paper.text import fragments, shown
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.charts.layout import scene as scene_of
from cs_assets.reviews.editions.pdf.drawing import Bookmark, Drawing
from cs_assets.reviews.editions.view import ChartView, ReportView, view_of
from cs_assets.reviews.writing import what_became
from cs_assets.reviews.writing.report import Passage, Report
from cs_assets.reviews.writing.standing import Standing
from cs_assets.reviews.writing.summary_table import Cell
from cs_assets.reviews.writing.text_blocks import Block, Recommendation

#: Letters of an answer at a glance; all of it stands in the text below.
_GLANCE = 140
#: Points that stay free between the last column and the one before it.
_BETWEEN = 4


@dataclass(frozen=True)
class Rendered:
    """A PDF, its number of pages, and the texts that its charts carry, filled."""

    pdf: bytes
    pages: int
    chart_passages: dict[str, Passage]


class Printer:
    """Prints reports in one brand, on one paper, for one audience; keeps what repeats."""

    def __init__(
        self, brand: Brand, settings: ReviewSettings, paper: Paper, audience: Audience
    ) -> None:
        self._brand = brand
        self.settings = settings
        self._paper: Paper = paper
        self._audience: Audience = audience
        self._faces = faces(brand.fonts)
        self._styles = styles(brand, self._faces)

    def printed(self, text: str) -> str:
        """A text in the characters in which it stands on the pages."""
        return shown(text, self._faces)

    def print(self, report: Report) -> Rendered:
        """The report as PDF; raises what a broken section or chart raises."""
        return self.print_view(view_of(report, self.settings))

    def print_view(self, view: ReportView) -> Rendered:
        """A view as PDF, whatever it was made from."""
        furniture = self._furniture(view)
        buffer = io.BytesIO()
        width, height = furniture.size
        document = BaseDocTemplate(
            buffer,
            pagesize=furniture.size,
            title=furniture.title,
            author=self._brand.name,
            subject=furniture.period,
            creator="cs_assets",
            invariant=1,
            lang="en",
            displayDocTitle=1,
            initialFontName=self._faces.regular.name,
        )
        frame = TextFrame(
            SIDE, BOTTOM, width - 2 * SIDE, height - TOP - BOTTOM, 0, 0, 0, 0, id="text"
        )
        document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
        story = [*self._cover(view), *self._sections(view), *self._history(view),
                 *self._notes(view)]  # fmt: skip
        document.build(story, canvasmaker=canvas_maker(furniture))
        return Rendered(buffer.getvalue(), document.page, view.chart_passages)

    # The parts of the report, top to bottom.

    def _cover(self, view: ReportView) -> Iterable[Flowable]:
        yield self._text(view.customer, "title")
        yield self._text(view.about, "muted")
        yield Spacer(1, 4 * mm)
        yield Bookmark("Summary", "summary", 0)
        yield self._text(view.headline, "headline")
        if view.standing:
            yield self._standing(view.standing)
            yield Spacer(1, 2 * mm)
        for line in view.watch:
            lead, colon, rest = line.partition(": ")  # what it is in bold, what was said not
            label = f"{lead}:" if colon else line
            yield self._text(rest, "watch", label=label, bullet="!")
        for line in view.summary:
            yield self._text(line, "item", bullet="•")
        yield from self._todo(view)
        yield Spacer(1, 3 * mm)
        yield self._summary_table(view)
        yield Spacer(1, 2)
        yield self._text(view.table_note, "note")

    def _standing(self, answers: Sequence[Standing]) -> Flowable:
        """Side by side: label, value, what is behind it; a bar above tells good from bad."""
        colours = self._brand.colours
        roles = {"bad": colours.contrast, "good": colours.accent, "none": colours.context}
        bars: list[Any] = [
            ("LINEABOVE", (column, 0), (column, 0), 3, HexColor(roles[one.tone]))
            for column, one in enumerate(answers)
        ]
        styles_of = (("label", "glance"), ("value", "value"), ("note", "glance"))
        cells = [
            [
                self._plain(_at_a_glance(self.printed(words)), style)
                for part, style in styles_of
                if (words := getattr(one, part))
            ]
            for one in answers
        ]
        look = [
            *bars,
            ("FONT", (0, 0), (-1, -1), self._faces.regular.name, 8),
            ("BACKGROUND", (0, 0), (-1, -1), HexColor(colours.panel)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEAFTER", (0, 0), (-2, -1), 4, HexColor(colours.paper)),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
        width = self._text_width / len(answers)
        return TaggedStrip([cells], colWidths=[width] * len(answers), style=TableStyle(look))

    def _plain(self, text: str, style: str) -> Paragraph:
        """A paragraph in a cell, which is tagged as the cell."""
        form = self._styles[style]
        return WrappedOnce("", form, frags=fragments(text, self._faces, form))

    def _todo(self, view: ReportView) -> Iterable[Flowable]:
        if not view.todo:
            return
        yield self._text(view.todo_title, "lead")
        for number, (title, action) in enumerate(view.todo, start=1):
            yield self._text(action, "numbered", label=f"{title}.", bullet=f"{number}.")

    def _summary_table(self, view: ReportView) -> Flowable:
        colours, width = self._brand.colours, self._text_width
        first, last = 0.19, self._share_of_n(view) if view.headings[-1] == "n" else 0.0
        others = len(view.headings) - (2 if last else 1)
        shares = [first, *[(1 - first - last) / others] * others, *([last] if last else [])]
        looks: list[Any] = [
            ("TEXTCOLOR", (column, row), (column, row), HexColor(colours.muted))
            for row, cells in enumerate(view.table, start=1)
            for column, cell in enumerate(cells)
            if not cell.is_value
        ]
        return TaggedTable(
            [
                [self._heading(h) for h in view.headings],
                *[[self._cell(cell) for cell in cells] for cells in view.table],
            ],
            colWidths=[width * share for share in shares],
            rowHeights=15.5,
            style=TableStyle([*table_commands(self._brand, self._faces), *looks]),
        )

    def _share_of_n(self, view: ReportView) -> float:
        """What the last column needs of the width, so that its words reach into no other."""
        font, size = self._faces.regular.name, FIGURES_SIZE
        widest = max(stringWidth(cells[-1].words, font, size) for cells in view.table)
        return max(0.165, (widest + 2 * FIGURES_PADDING + _BETWEEN) / self._text_width)

    def _heading(self, words: str) -> Any:
        """A heading of the table; a paragraph where the bold font lacks a letter."""
        if self._faces.bold.covered.issuperset(map(ord, words)):
            return words
        style = self._styles["heading"]
        return WrappedOnce("", style, frags=fragments(words, self._faces, style))

    def _cell(self, cell: Cell) -> Any:
        """A cell's words; a clear change in its colour, with a mark that the bold font lacks."""
        return self._plain(cell.words, cell.tone) if cell.tone else cell.words

    def _sections(self, view: ReportView) -> Iterable[Flowable]:
        for section in view.sections:
            yield CondPageBreak(60 * mm)
            yield Bookmark(section.title, section.key, 0)
            yield self._text(section.title, "section")
            for part in section.content:
                if isinstance(part, Block):
                    yield from self._blocks([part])
                else:
                    yield self._chart(part)
            for number, made in enumerate(section.recommendations, start=1):
                yield KeepTogether(list(self._recommendation(number, made)))
            for block in section.closing:
                yield KeepTogether(list(self._blocks([block])))

    def _blocks(self, made: Iterable[Block]) -> Iterable[Flowable]:
        for block in made:
            if block.kind == "item":
                yield self._text(block.text, "item", bullet="•")
            elif block.kind == "labelled":
                style = "boxed" if block.label in ("Internal", "Case study") else "body"
                yield self._text(block.text, style, label=f"{block.label}:")
            elif block.kind == "heading":
                yield self._text(block.text, "subheading")
            else:
                yield self._text(block.text, "body")

    def _recommendation(self, number: int, made: Recommendation) -> Iterable[Flowable]:
        yield self._text(f"{number}. {made.title}", "subheading")
        yield from self._blocks(_run_on(made.lines))
        if made.basis:
            yield self._text(f"Evidence: {made.basis}", "note")

    def _chart(self, view: ChartView) -> Flowable:
        return KeepTogether(
            [
                self._text(view.message.filled, "chart"),
                self._text(view.subject.filled, "note"),
                Drawing(
                    view.alternative.filled, scene_of(view.chart.data), self._text_width,
                    self._brand.colours, self._faces,
                ),
                Spacer(1, 6),
            ]
        )  # fmt: skip

    def _history(self, view: ReportView) -> Iterable[Flowable]:
        if not view.history:
            return
        shares = (0.34, 0.33, 0.33)
        told = TaggedTable(
            [
                [self._heading(words) for words in what_became.HEADINGS],
                *[
                    [
                        [
                            self._plain(self.printed(row.said), "fact"),
                            *([self._plain(self.printed(row.when), "glance")] if row.when else []),
                        ],
                        self._plain(self.printed(row.done), "fact"),
                        self._plain(self.printed(row.came), "fact"),
                    ]
                    for row in view.history
                ],
            ],
            colWidths=[self._text_width * share for share in shares],
            style=TableStyle(
                [
                    *table_commands(self._brand, self._faces),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("ALIGN", (0, 0), (-1, -1), "LEFT"),
                ]
            ),
        )
        yield Bookmark(what_became.TITLE, "history", 0)
        yield KeepTogether([self._text(what_became.TITLE, "section"), told])

    def _notes(self, view: ReportView) -> Iterable[Flowable]:
        head, *rest = view.notes or ("",)
        first: list[Flowable] = [
            self._text("How to read this report", "subheading"),
            self._text(head, "note"),
        ]
        yield Spacer(1, 3 * mm)
        yield Bookmark("How to read this report", "notes", 0)
        yield KeepTogether(first)
        for line in rest:
            yield self._text(line, "note")

    # Helpers that know brand, fonts and paper.

    def _text(
        self, text: str, style: str, *, label: str = "", bullet: str | None = None
    ) -> TaggedParagraph:
        """A paragraph in a style, with a label in bold before it."""
        form = self._styles[style]
        parts = fragments(text, self._faces, form)
        if label:
            before = fragments(label, self._faces, form, strong=True)
            before[-1].text += " " if parts else ""
            parts = [*before, *parts]
        return TaggedParagraph("", form, bullet, frags=parts)

    @property
    def _text_width(self) -> float:
        return SIZES[self._paper][0] - 2 * SIDE

    def _furniture(self, view: ReportView) -> Furniture:
        name = view.customer
        return Furniture(
            paper=self._paper,
            brand=self._brand,
            faces=self._faces,
            title=f"Executive review: {shortened(name, 80)}, {_inside(view.period)}",
            dated=view.dated,
            running_head=name[:200],
            period=view.period,
            confidential=self._brand.confidential.get(self._audience, ""),
            footer=self._brand.footer.get(self._audience, ""),
        )


def _at_a_glance(words: str) -> str:
    """As many of the parts as there is room for, cut inside of none but the first."""
    if len(words) <= _GLANCE:
        return words
    kept = words[:_GLANCE].rpartition("; ")[0]
    return f"{kept}; …" if kept else shortened(words, _GLANCE)


def _inside(period: str) -> str:
    """The period as it goes on within a sentence; months keep their capital."""
    return period[:1].lower() + period[1:]


def _run_on(lines: Sequence[Block]) -> Iterable[Block]:
    """The reason set behind the observation, in one paragraph."""
    waiting: Block | None = None
    for line in lines:
        if line.label == "Why it matters" and waiting is not None:
            yield Block("paragraph", f"{waiting.text} {line.text}", start=waiting.start)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = line if line.kind == "paragraph" else None
        if waiting is None:
            yield line
    if waiting is not None:
        yield waiting


@cache
def printer(brand_json: str, settings_json: str, paper: Paper, audience: Audience) -> Printer:
    """One printer a process and look, so that fonts and figures are made once."""
    brand = Brand.model_validate_json(brand_json)
    return Printer(brand, ReviewSettings.model_validate_json(settings_json), paper, audience)

"""The portfolio as a PDF of two pages."""

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from cs_assets.paper.brand import Brand, Paper
from cs_assets.paper.fonts import faces
from cs_assets.paper.pages import BOTTOM, SIDE, SIZES, TOP, Furniture, canvas_maker
from cs_assets.paper.styles import styles, table_commands
from cs_assets.paper.tags import TaggedParagraph, TaggedTable
from cs_assets.paper.text import fragments
from cs_assets.reviews.books.portfolio import Portfolio, Sheet
from cs_assets.reviews.editions.charts.layout import scene as scene_of
from cs_assets.reviews.editions.pdf.drawing import Bookmark, Drawing


def portfolio_pdf(view: Portfolio, brand: Brand, paper: Paper) -> bytes:
    """``view`` on paper; the same view gives the same bytes."""
    return _Press(brand, paper).print(view)


class _Press:
    def __init__(self, brand: Brand, paper: Paper) -> None:
        self._brand, self._paper = brand, paper
        self._faces = faces(brand.fonts)
        self._styles = _styles_of(brand.model_dump_json())

    def print(self, view: Portfolio) -> bytes:
        furniture = Furniture(
            paper=self._paper, brand=self._brand, faces=self._faces,
            title=f"Portfolio: {view.title}, {view.period}",
            running_head=view.title, period=view.period, what="Portfolio", dated=view.dated,
            confidential=self._brand.confidential["internal"], footer="",
        )  # fmt: skip
        buffer = io.BytesIO()
        width, height = furniture.size
        document = BaseDocTemplate(
            buffer, pagesize=furniture.size, title=furniture.title, author=self._brand.name,
            subject=view.period, creator="cs_assets",
            invariant=1, lang="en", displayDocTitle=1,
            initialFontName=self._faces.regular.name,
        )  # fmt: skip
        frame = Frame(SIDE, BOTTOM, width - 2 * SIDE, height - TOP - BOTTOM, 0, 0, 0, 0, id="text")
        document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
        document.build(list(self._story(view)), canvasmaker=canvas_maker(furniture))
        return buffer.getvalue()

    def _story(self, view: Portfolio) -> Iterator[Flowable]:
        yield self._text(view.title, "title")
        yield self._text(view.period, "muted")
        yield Bookmark("Summary", "summary", 0)
        yield Spacer(1, 2 * mm)
        yield self._text(view.headline, "headline")
        for line in view.lines:
            yield self._text(line, "item", bullet="•")
        if view.chart is not None:
            yield self._text(view.chart_title, "chart")
            yield Drawing(
                view.chart_words, scene_of(view.chart), self._width, self._brand.colours,
                self._faces,
            )  # fmt: skip
        for number, sheet in enumerate(view.sheets):
            yield CondPageBreak(40 * mm)
            yield Bookmark(sheet.title, f"sheet{number}", 0)
            yield self._text(sheet.title, "section")
            yield self._table(sheet)
            if sheet.note:
                yield self._text(sheet.note, "note")

    def _table(self, sheet: Sheet) -> Flowable:
        cells = [[self._cell(words, "cellhead") for words in sheet.headings]]
        cells += [[self._cell(words, "cell") for words in row] for row in sheet.rows]
        plain: list[Any] = [("FONT", (1, 1), (1, -1), self._faces.regular.name, 8),
                 ("VALIGN", (0, 0), (-1, -1), "TOP"),
                 ("TEXTCOLOR", (0, 1), (-1, -1), HexColor(self._brand.colours.ink))]  # fmt: skip
        return TaggedTable(
            cells,
            colWidths=[self._width * share for share in sheet.widths],
            style=TableStyle([*table_commands(self._brand, self._faces), *plain]),
            repeatRows=1,
        )

    def _cell(self, words: str, style: str) -> Flowable:
        form = self._styles[style]
        return Paragraph("", form, frags=fragments(words or " ", self._faces, form))

    def _text(self, text: str, style: str, bullet: str | None = None) -> TaggedParagraph:
        form = self._styles[style]
        return TaggedParagraph("", form, bullet, frags=fragments(text, self._faces, form))

    @property
    def _width(self) -> float:
        return SIZES[self._paper][0] - 2 * SIDE


@cache
def _styles_of(brand_json: str) -> dict[str, Any]:
    brand = Brand.model_validate_json(brand_json)
    made = styles(brand, faces(brand.fonts))
    made["cell"] = made["body"].clone("cell", fontSize=7.4, leading=9.2, spaceAfter=0)
    made["cellhead"] = made["cell"].clone(
        "cellhead", fontName=faces(brand.fonts).bold.name, textColor=HexColor(brand.colours.paper)
    )
    made["section"] = made["section"].clone("section", fontSize=11, leading=14, spaceBefore=7,
                                            spaceAfter=3)  # fmt: skip
    return made

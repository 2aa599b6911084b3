"""Pages: sizes, header and footer with page x of y, language, title and bookmarks."""

import datetime as dt
from copy import copy
from dataclasses import dataclass
from string import Template
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame

from cs_assets.paper.brand import Brand, Paper
from cs_assets.paper.fonts import Faces
from cs_assets.paper.metadata import describe
from cs_assets.paper.tags import Tags, artifact
from cs_assets.paper.text import draw_words

SIZES: dict[Paper, tuple[float, float]] = {"A4": A4, "Letter": LETTER}
SIDE = 18 * mm
TOP = 22 * mm
BOTTOM = 19 * mm


@dataclass(frozen=True)
class Furniture:
    """What stands on every page around the text; all texts already made safe."""

    paper: Paper
    brand: Brand
    faces: Faces
    title: str
    """For the document's properties and its bookmarks."""
    running_head: str
    period: str
    confidential: str
    footer: str
    what: str = "Executive review"
    language: str = "en"
    page_of: str = "Page $number of $total"
    """At the foot, in the language of the text."""
    dated: dt.datetime | None = None
    """When the data were cut off, UTC: the document's date."""

    @property
    def size(self) -> tuple[float, float]:
        return SIZES[self.paper]


class TextFrame(Frame):
    """Where the text of a page stands.

    Groups copy the frame in depth to measure what is in them; it holds nothing that can change but
    its own numbers.
    """

    def __deepcopy__(self, _: dict[int, Any]) -> "TextFrame":
        return copy(self)


def canvas_maker(furniture: Furniture) -> Any:
    """A canvas class that holds pages back until their number is known."""

    class NumberedCanvas(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._held: list[dict[str, Any]] = []
            self.tags = Tags()
            self.setTitle(furniture.title)
            self.setAuthor(furniture.brand.name)
            self.setSubject(furniture.period)
            self.setCreator("cs_assets")

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            held, pages = self._held, []
            document: Any = self._doc  # type: ignore[attr-defined]
            for number, state in enumerate(held, start=1):
                self.__dict__.update(state)
                with artifact(self):
                    _draw_furniture(self, furniture, number, len(held))
                super().showPage()
                pages.append(document.Pages.pages[-1])
            self.tags.write(document, pages)
            describe(document, furniture.dated, furniture.language)
            super().save()

    return NumberedCanvas


def _draw_logo(canvas: Canvas, furniture: Furniture, height: float) -> float:
    """The logo in the band, eight millimetres high; returns the room it takes to its right."""
    if furniture.brand.logo is None:
        return 0.0
    picture = ImageReader(str(furniture.brand.logo))
    wide, tall = picture.getSize()
    width = min(8 * mm * wide / tall, 50 * mm)
    canvas.drawImage(
        picture, SIDE, height - 10 * mm, width, 8 * mm, preserveAspectRatio=True, mask="auto"
    )
    return width + 4 * mm


def _draw_furniture(canvas: Canvas, furniture: Furniture, number: int, total: int) -> None:
    width, height = furniture.size
    colours, faces = furniture.brand.colours, furniture.faces
    right = width - SIDE

    def write(x: float, y: float, words: str, size: float, role: str, **style: Any) -> None:
        canvas.setFillColor(HexColor(getattr(colours, role)))
        draw_words(canvas, x, y, words, faces, size, **style)

    if number == 1:
        canvas.setFillColor(HexColor(colours.brand))
        canvas.rect(0, height - 12 * mm, width, 12 * mm, stroke=0, fill=1)
        left = SIDE + _draw_logo(canvas, furniture, height)
        write(left, height - 7.8 * mm, furniture.brand.name, 10, "paper", strong=True)
        write(right, height - 7.8 * mm, furniture.what, 9, "paper", align="right")
    else:
        y = height - 13 * mm
        write(SIDE, y, furniture.running_head, 8, "brand", strong=True, most=100 * mm)
        write(right, y, furniture.period, 8, "muted", align="right")
        canvas.setStrokeColor(HexColor(colours.rule))
        canvas.setLineWidth(0.6)
        canvas.line(SIDE, height - 15.5 * mm, right, height - 15.5 * mm)
    counted = Template(furniture.page_of).substitute(number=number, total=total)
    write(SIDE, 12.5 * mm, furniture.confidential, 7.5, "muted", most=120 * mm)
    write(SIDE, 9 * mm, furniture.footer, 7.5, "muted", most=140 * mm)
    write(right, 9 * mm, counted, 7.5, "muted", align="right")

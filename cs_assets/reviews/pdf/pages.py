"""Pages: sizes, header and footer with page x of y, language, title and bookmarks."""

from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from cs_assets.reviews.configuration import Brand, Paper
from cs_assets.reviews.pdf.fonts import Faces

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

    @property
    def size(self) -> tuple[float, float]:
        return SIZES[self.paper]


def canvas_maker(furniture: Furniture) -> Any:
    """A canvas class that holds pages back until their number is known."""

    class NumberedCanvas(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._held: list[dict[str, Any]] = []
            self.setTitle(furniture.title)
            self.setAuthor(furniture.brand.name)
            self.setSubject(furniture.period)
            self.setCreator("cs_assets")

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            total = len(self._held)
            for number, state in enumerate(self._held, start=1):
                self.__dict__.update(state)
                _draw_furniture(self, furniture, number, total)
                super().showPage()
            super().save()

    return NumberedCanvas


def _draw_furniture(canvas: Canvas, furniture: Furniture, number: int, total: int) -> None:
    width, height = furniture.size
    colours, faces = furniture.brand.colours, furniture.faces
    canvas.setFillColor(HexColor(colours.brand))
    if number == 1:
        canvas.rect(0, height - 12 * mm, width, 12 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor(colours.paper))
        canvas.setFont(faces.bold.name, 10)
        canvas.drawString(SIDE, height - 7.8 * mm, furniture.brand.name)
        canvas.setFont(faces.regular.name, 9)
        canvas.drawRightString(width - SIDE, height - 7.8 * mm, "Executive review")
    else:
        canvas.setFont(faces.bold.name, 8)
        canvas.drawString(SIDE, height - 13 * mm, furniture.running_head)
        canvas.setFont(faces.regular.name, 8)
        canvas.setFillColor(HexColor(colours.muted))
        canvas.drawRightString(width - SIDE, height - 13 * mm, furniture.period)
        canvas.setStrokeColor(HexColor(colours.rule))
        canvas.setLineWidth(0.6)
        canvas.line(SIDE, height - 15.5 * mm, width - SIDE, height - 15.5 * mm)
    canvas.setFillColor(HexColor(colours.muted))
    canvas.setFont(faces.regular.name, 7.5)
    canvas.drawString(SIDE, 12.5 * mm, furniture.confidential)
    canvas.drawString(SIDE, 9 * mm, furniture.brand.footer)
    canvas.drawRightString(width - SIDE, 9 * mm, f"Page {number} of {total}")

"""The one way for text into a PDF: cleaned, every character shown, nothing read as markup.

What no font can show as it is, is written in Latin letters instead (``lettering.spelling``).
"""

from functools import lru_cache
from itertools import groupby

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.paraparser import ParaFrag, ParaParser

from cs_assets.lettering.spelling import spelled
from cs_assets.paper.fonts import Face, Faces


def shown(text: str, faces: Faces) -> str:
    """The characters that appear for ``text``: cleaned, and in letters that a font has."""
    return spelled(text, faces.regular.covered, lambda c: faces.face_of(c) is not None)


def fragments(
    text: str, faces: Faces, style: ParagraphStyle, *, strong: bool = False
) -> list[ParaFrag]:
    """``text`` as a paragraph's fragments, which show exactly ``shown(text)``.

    No markup is written or read on the way, so nothing in a text can be taken for it.
    """
    bold = strong or style.fontName == faces.bold.name
    fragment = _fragment(style)
    return [
        fragment.clone(
            text=run,
            fontName=faces.bold.name if bold and face is faces.regular else face.name,
        )
        for face, run in runs(text, faces)
    ]


def _fragment(style: ParagraphStyle) -> ParaFrag:
    """An empty fragment in a style, as reportlab's parser of markup makes it; kept beside it."""
    if not hasattr(style, "fragment"):
        _, (style.fragment, *_), _ = ParaParser().parse("x", style)
    made: ParaFrag = style.fragment
    return made


@lru_cache(2000)
def runs(text: str, faces: Faces) -> list[tuple[Face, str]]:
    """``shown(text)`` in pieces of one face each; labels and headings come back in every report."""
    visible = shown(text, faces)
    if faces.regular.covered.issuperset(map(ord, visible)):
        return [(faces.regular, visible)] if visible else []
    return [
        (face, "".join(characters))
        for face, characters in groupby(visible, key=lambda c: faces.face_of(c) or faces.regular)
    ]


def draw_words(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    faces: Faces,
    size: float,
    *,
    strong: bool = False,
    align: str = "left",
    most: float | None = None,
) -> None:
    """One line of ``text`` on a canvas, cut with an ellipsis where it is wider than ``most``."""
    pieces = [
        (faces.bold.name if strong and face is faces.regular else face.name, run)
        for face, run in runs(text, faces)
    ]
    pieces = _cut(pieces, size, most)
    x -= {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * _width(pieces, size)
    for font, run in pieces:
        canvas.setFont(font, size)
        canvas.drawString(x, y, run)
        x += pdfmetrics.stringWidth(run, font, size)


def _cut(pieces: list[tuple[str, str]], size: float, most: float | None) -> list[tuple[str, str]]:
    """The pieces, shortened from the end until they fit."""
    if most is None or _width(pieces, size) <= most:
        return pieces
    kept: list[tuple[str, str]] = []
    room = most - pdfmetrics.stringWidth("…", "Report", size)
    for font, run in pieces:
        fitting = ""
        for character in run:
            step = pdfmetrics.stringWidth(character, font, size)
            if step > room:
                return [*kept, (font, fitting), ("Report", "…")]
            room -= step
            fitting += character
        kept.append((font, fitting))
    return kept


def _width(pieces: list[tuple[str, str]], size: float) -> float:
    return sum(pdfmetrics.stringWidth(run, font, size) for font, run in pieces)

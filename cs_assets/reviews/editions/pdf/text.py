"""The one way for text into a PDF: cleaned, every character shown, nothing read as markup.

What no font can show, or cannot show rightly without joining and reordering letters (Arabic,
Devanagari, Thai and their like), is written in Latin letters instead: readable, never a box.
"""

import unicodedata
from itertools import groupby

from anyascii import anyascii
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.paraparser import ParaFrag, ParaParser

from cs_assets import names
from cs_assets.reviews.editions.pdf.fonts import Face, Faces
from cs_assets.reviews.one_line import cleaned

#: Written from right to left, or with letters that change their shape: not laid out here.
_COMPLEX = frozenset({"R", "AL", "AN"})
_COMPLEX_SCRIPTS = tuple(range(0x0900, 0x1100)), tuple(range(0x1780, 0x1800))
#: Stands for what no font has and nothing can spell: private and unassigned characters.
_UNKNOWN = "\ufffd"
_COMPLEX_CODES = frozenset(code for codes in _COMPLEX_SCRIPTS for code in codes)


def shown(text: str, faces: Faces) -> str:
    """The characters that appear for ``text``: cleaned, and in letters that a font has."""
    clean = cleaned(names.shown(text))
    if faces.regular.covered.issuperset(map(ord, clean)):
        return clean
    return " ".join("".join(_spelled(c, faces) for c in clean).split())


def _spelled(character: str, faces: Faces) -> str:
    if ord(character) in faces.regular.covered:
        return character
    if _is_complex(character) or faces.face_of(character) is None:
        plain: str = anyascii(character)
        return plain or ("" if unicodedata.category(character)[0] == "M" else _UNKNOWN)
    return character


def _is_complex(character: str) -> bool:
    return (
        unicodedata.bidirectional(character) in _COMPLEX
        or ord(character) in _COMPLEX_CODES
        or unicodedata.combining(character) != 0
    )


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


def runs(text: str, faces: Faces) -> list[tuple[Face, str]]:
    """``shown(text)`` in pieces of one face each."""
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

"""A coaching digest on paper: its plain text, in the brand and with the tags of the reviews."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer

from cs_assets.reviews.configuration import brand as brand_of
from cs_assets.reviews.configuration import review_settings
from cs_assets.reviews.editions.pdf.fonts import faces
from cs_assets.reviews.editions.pdf.pages import BOTTOM, SIDE, TOP, Furniture, canvas_maker
from cs_assets.reviews.editions.pdf.styles import styles
from cs_assets.reviews.editions.pdf.tags import TaggedParagraph
from cs_assets.reviews.editions.pdf.text import fragments

_ADDRESS = re.compile(r"^(.*?):? ?https?://\S+$")
_RULE = re.compile(r"^-{20,}$")


class Piece(NamedTuple):
    """One paragraph: how it looks (a style's name) and what it says."""

    style: str
    text: str


def pieces(markdown: str) -> Iterator[Piece]:
    """The paragraphs of a digest's text: lines that belong together joined, addresses left out."""
    held: Piece | None = None
    for line in markdown.splitlines():
        found = _read(line)
        if found is None:
            if not line.strip() and held:
                yield held
                held = None
            continue
        joins = held is not None and (found.style == "" or found.style == held.style == "quote")
        if held is not None and joins and not _begins(found.text, held):
            gap = "" if found.text.startswith(",") else " "
            held = Piece(held.style, f"{held.text}{gap}{found.text}")
            continue
        if held:
            yield held
        held = Piece(found.style or "body", found.text)
    if held:
        yield held


def _begins(text: str, held: Piece) -> bool:
    """Whether a quoted line begins with who speaks, or with where it was."""
    if held.style != "quote":
        return False
    return ": “" in text or text.startswith("(") or held.text.endswith(("”", ")", "."))


def _read(line: str) -> Piece | None:
    """A line with its style; ``""`` where it goes on with the line before."""
    if not line.strip() or _RULE.match(line.strip()):
        return None
    for mark, style in (("## ", "section"), ("- ", "item"), ("> ", "quote")):
        if line.startswith(mark):
            return _worded(style, line[len(mark) :])
    return _worded("", line.strip())


def _worded(style: str, text: str) -> Piece | None:
    """Without an address, which nobody types from paper."""
    if (found := _ADDRESS.match(text)) is not None:
        text = f", {found[1]}" if found[1] and not style else found[1]
    return Piece(style, text) if text.strip() else None


def digest_pdf(markdown: str, subject: str, language: str, folder: Path | None) -> bytes:
    """The PDF of a digest's text; the same text gives the same bytes.

    ``folder``: the user's own configuration, for brand and paper.
    """
    brand, paper = brand_of(folder), review_settings(folder).paper
    fonts = faces(brand.fonts)
    forms = styles(brand, fonts)
    forms["quote"] = forms["body"].clone("quote", leftIndent=12, spaceAfter=1.5)
    furniture = Furniture(
        paper=paper, brand=brand, faces=fonts, title=subject, running_head=subject, period="",
        what="", confidential=brand.confidential["internal"], footer="",
    )  # fmt: skip
    buffer = io.BytesIO()
    width, height = furniture.size
    document = BaseDocTemplate(
        buffer, pagesize=furniture.size, title=subject, author=brand.name, subject=subject,
        creator="cs_assets", invariant=1, lang=language, displayDocTitle=1,
        initialFontName=fonts.regular.name,
    )  # fmt: skip
    frame = Frame(SIDE, BOTTOM, width - 2 * SIDE, height - TOP - BOTTOM, 0, 0, 0, 0, id="text")
    document.addPageTemplates([PageTemplate(id="page", frames=[frame])])

    def paragraph(piece: Piece, bullet: str | None = None) -> Flowable:
        form = forms[piece.style]
        return TaggedParagraph("", form, bullet, frags=fragments(piece.text, fonts, form))

    story: list[Flowable] = []
    for number, piece in enumerate(pieces(markdown)):
        looks = ("muted", "headline")[number] if number < 2 else piece.style
        story.append(paragraph(Piece(looks, piece.text), "•" if looks == "item" else None))
    document.build([*story, Spacer(1, 2 * mm)], canvasmaker=canvas_maker(furniture))
    return buffer.getvalue()

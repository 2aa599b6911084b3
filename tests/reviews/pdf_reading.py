"""What stands in a PDF: its text without furniture, the boxes of its lines, its structure."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2

from cs_assets.reviews.editions.pdf.pages import BOTTOM, SIDE, TOP

#: Names in a PDF that make it do something.
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/OpenAction", "/EmbeddedFile", "/AA", "/SubmitForm")


def body_text(pdf: bytes) -> str:
    """The text between header and footer of all pages; hyphens as they were."""
    return "\n".join(_bounded(pdf, 0.0, furniture=False))


def whole_text(pdf: bytes) -> str:
    """All text of all pages."""
    return "\n".join(_bounded(pdf, 0.0, furniture=True))


def _bounded(pdf: bytes, margin: float, *, furniture: bool) -> Iterator[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            box = (
                (0, 0, width, height)
                if furniture
                else (SIDE - 8, BOTTOM - 2, width - SIDE + 8, height - TOP + 3)
            )
            left, bottom, right, top = box
            words = text.get_text_bounded(left=left, bottom=bottom, right=right, top=top)
            yield words.replace("\x02", "-").replace("\ufffe", "-")
    finally:
        document.close()


def squashed(text: str) -> str:
    """Without any white space: line breaks are the layout's, not the text's."""
    return re.sub(r"\s+", "", text)


@dataclass(frozen=True)
class Line:
    """The box of a run of text on a page, in points from the lower left."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    text: str


@dataclass(frozen=True)
class PageLook:
    """One rendered page: size, boxes of text, share of pixels that are not white."""

    width: float
    height: float
    lines: tuple[Line, ...]
    inked: float


def looks(pdf: bytes) -> list[PageLook]:
    """Every page, rendered and read."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_look(number, page) for number, page in enumerate(document, start=1)]
    finally:
        document.close()


def _look(number: int, page: pypdfium2.PdfPage) -> PageLook:
    text = page.get_textpage()
    lines = []
    for i in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(i)
        words = text.get_text_bounded(left=left, bottom=bottom, right=right, top=top)
        if words.strip():
            lines.append(Line(number, left, bottom, right, top, words.strip()))
    grey = page.render(scale=0.5, grayscale=True).to_numpy()
    width, height = page.get_size()
    return PageLook(width, height, tuple(lines), float((grey < 250).mean()))


def structure_problems(pdf: bytes, allowed_uris: tuple[str, ...] = ()) -> list[str]:
    """What qpdf complains of, active content, foreign links, and fonts that are not embedded."""
    problems: list[str] = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        problems += [str(problem) for problem in document.check_pdf_syntax()]
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary):
                problems += [f"active content {name}" for name in ACTIVE if name in thing]
                if "/URI" in thing and str(thing["/URI"]) not in allowed_uris:
                    problems.append(f"link to {thing['/URI']}")
                if thing.get("/Type") == "/Font" and not _is_embedded(thing):
                    problems.append(f"font {thing.get('/BaseFont')} is not embedded")
    return problems


def _is_embedded(font: pikepdf.Dictionary) -> bool:
    descriptor = font.get("/FontDescriptor")
    return descriptor is not None and any(
        name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")
    )

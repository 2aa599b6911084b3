"""What stands in a PDF: its text without furniture, the boxes of its lines, its structure."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2

from cs_assets.paper.pages import BOTTOM, SIDE, TOP

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


def accessibility_problems(pdf: bytes) -> list[str]:
    """Where a PDF falls short of PDF/UA-1, as far as its structure can tell (ISO 14289-1, 7)."""
    problems: list[str] = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        with document.open_metadata() as told:
            if told.get("pdfuaid:part") != "1":
                problems.append("XMP does not say PDF/UA-1")
            if not told.get("dc:title") or told["dc:title"] != str(document.docinfo.Title):
                problems.append("XMP and properties differ in the title")
        if not root.get("/Lang") or root.ViewerPreferences.get("/DisplayDocTitle") is not True:
            problems.append("no language, or the title is not shown")
        if root.get("/MarkInfo", {}).get("/Marked") is not True:
            problems.append("not marked")
        problems += _node_problems(root.StructTreeRoot.K[0], "Document")
        for number, page in enumerate(document.pages, start=1):
            problems += _page_problems(page, number)
    return problems


_KIDS = {"L": {"LI"}, "LI": {"Lbl", "LBody"}, "Table": {"TR"}, "TR": {"TH", "TD"}}


def _node_problems(node: pikepdf.Dictionary, tag: str) -> Iterator[str]:
    kids = node.get("/K")
    if not isinstance(kids, pikepdf.Array):
        return
    for kid in kids:
        if not isinstance(kid, pikepdf.Dictionary):
            continue
        name = str(kid.S).lstrip("/")
        if tag in _KIDS and name not in _KIDS[tag]:
            yield f"{name} in {tag}"
        if name == "Figure" and not ("/Alt" in kid and "/BBox" in kid.get("/A", {})):
            yield "a figure without alternative text or place"
        if name == "TH" and "/Scope" not in kid.get("/A", {}):
            yield "a heading cell without scope"
        yield from _node_problems(kid, name)


def _page_problems(page: pikepdf.Page, number: int) -> Iterator[str]:
    """Content that is neither tagged nor an artifact, and marks that are not closed."""
    if page.get("/Tabs") != "/S" or "/StructParents" not in page:
        yield f"page {number}: no order of tabs or no parents"
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BMC", "BDC"):
            depth += 1
        elif name == "EMC":
            depth -= 1
        elif name in ("Tj", "TJ", "f", "S", "b", "B", "Do") and depth == 0:
            yield f"page {number}: content outside of marks ({name} {operands!r:.40})"
        if depth not in (0, 1):
            yield f"page {number}: marks within marks"

"""Structure of a PDF for screen readers: headings, paragraphs, figures with words, table cells.

The page content is marked while it is drawn (``/P <</MCID 0>> BDC .. EMC``), and at the end the
marks are tied together in the structure tree (ISO 32000-1, 14.7 and 14.8). Furniture such as page
numbers is marked as an artifact, which readers skip.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFString
from reportlab.platypus import Paragraph, Table

#: Styles of list items; those that follow each other are one list.
ITEMS = frozenset({"item", "numbered", "watch"})
#: What each style of the report is.
ROLES = {"title": "H1", "section": "H2", "lead": "H2", "subheading": "H3", "chart": "H3"}


@dataclass
class _Element:
    """A node of the tree: marked content of a page, or a group of nodes."""

    tag: str
    page: int = 0
    mark: int | None = None
    alternative: str = ""
    scope: str = ""
    box: tuple[float, float, float, float] | None = None
    """Of a figure: left, bottom, right, top on its page."""
    children: list["_Element"] = field(default_factory=list)


class _Node(PDFObject):
    """An element as an object of the file; a report has over a hundred, so it writes itself."""

    def __init__(self, element: _Element, parent: bytes, page: bytes) -> None:
        self._element, self._parent, self._page = element, parent, page
        self.kids: list[bytes] = []

    def format(self, document: Any) -> bytes:
        element = self._element
        parts = [b"/S /%s /P %s" % (element.tag.encode(), self._parent)]
        if element.alternative:
            parts.append(b"/Alt " + PDFString(element.alternative).format(document))
        if element.box:
            parts.append(b"/A << /O /Layout /BBox [ %.2f %.2f %.2f %.2f ] >>" % element.box)
        if element.scope:
            parts.append(b"/A << /O /Table /Scope /%s >>" % element.scope.encode())
        if element.mark is not None:
            parts.append(b"/Pg %s /K %d" % (self._page, element.mark))
        else:
            parts.append(b"/K [ %s ]" % b" ".join(self.kids))
        return b"<< %s >>" % b" ".join(parts)


def _reference(document: Any, thing: Any) -> bytes:
    """What stands for ``thing`` in other objects of the file."""
    written: bytes = document.Reference(thing).format(document)
    return written


class Tags:
    """Collects marks while pages are drawn, and writes the tree when they all are."""

    def __init__(self) -> None:
        self._document = _Element("Document")
        self._marks: dict[int, list[_Element]] = {}

    def group(self, tag: str, parent: _Element | None = None) -> _Element:
        """A node that others hang below, such as a table or a row."""
        element = _Element(tag)
        (parent or self._document).children.append(element)
        return element

    def item(self) -> _Element:
        """A new item of the list that is being drawn, or of a new one."""
        last = self._document.children[-1] if self._document.children else None
        whole = last if last is not None and last.tag == "L" else self.group("L")
        return self.group("LI", whole)

    @contextmanager
    def marked(
        self,
        canvas: Any,
        tag: str,
        *,
        alternative: str = "",
        scope: str = "",
        box: tuple[float, float, float, float] | None = None,
        parent: _Element | None = None,
    ) -> Iterator[None]:
        """Content drawn inside is one node of this kind on the current page."""
        page = canvas.getPageNumber()
        marks = self._marks.setdefault(page, [])
        element = _Element(tag, page, len(marks), alternative, scope, box)
        marks.append(element)
        (parent or self._document).children.append(element)
        canvas._code.append(f"/{tag} <</MCID {element.mark}>> BDC")
        yield
        canvas._code.append("EMC")

    def write(self, document: Any, pages: list[Any]) -> None:
        """Put the tree into the document; ``pages`` are its page objects in order."""
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        root_reference = document.Reference(root)
        references: dict[int, bytes] = {}
        places = [_reference(document, page) for page in pages]
        top = self._write(document, self._document, _reference(document, root), places, references)
        numbers: list[Any] = []
        for number, marks in sorted(self._marks.items()):
            page = pages[number - 1]
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number - 1, PDFName("S")
            numbers += [number - 1, PDFArray([references[id(element)] for element in marks])]
        root["K"] = PDFArray([top])
        root["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}))
        document.Catalog.StructTreeRoot = root_reference
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _write(
        self,
        document: Any,
        element: _Element,
        parent: bytes,
        pages: list[bytes],
        references: dict[int, bytes],
    ) -> bytes:
        page = pages[element.page - 1] if element.mark is not None else b""
        node = _Node(element, parent, page)
        reference = references[id(element)] = _reference(document, node)
        node.kids = [
            self._write(document, child, reference, pages, references) for child in element.children
        ]
        return reference


@contextmanager
def artifact(canvas: Any) -> Iterator[None]:
    """Content drawn inside is no part of the document's text."""
    canvas._code.append("/Artifact BMC")
    yield
    canvas._code.append("EMC")


class WrappedOnce(Paragraph):
    """A paragraph whose lines are broken once: frames, groups and tables ask again and again."""

    width: Any
    height: Any
    _wrapped_at: float | None = None

    def wrap(self, width: float, height: float) -> Any:
        """As the base class, once for each width."""
        if width == self._wrapped_at and hasattr(self, "blPara"):
            return self.width, self.height
        self._wrapped_at = width
        return super().wrap(width, height)


class TaggedParagraph(WrappedOnce):
    """A paragraph that is a heading or text in the structure, as its style says."""

    canv: Any  # the numbered canvas, which holds the tags

    def draw(self) -> None:
        style, tags = self.style.name, self.canv.tags
        if style in ITEMS:
            with tags.marked(self.canv, "LBody", parent=tags.item()):
                super().draw()
            return
        with tags.marked(self.canv, ROLES.get(style, "P")):
            super().draw()


class TaggedTable(Table):
    """A table with rows, headers of columns and rows, and cells in the structure."""

    canv: Any
    _ncols: int

    def draw(self) -> None:
        self._element = self.canv.tags.group("Table")
        self._drawn = 0
        super().draw()

    def _drawBkgrnd(self) -> None:
        with artifact(self.canv):
            super()._drawBkgrnd()  # type: ignore[misc]

    def _drawLines(self) -> None:
        with artifact(self.canv):
            super()._drawLines()  # type: ignore[misc]

    def _drawCell(self, value: Any, style: Any, position: Any, size: Any) -> None:
        row, column = divmod(self._drawn, self._ncols)
        self._drawn += 1
        if column == 0:
            self._row = self.canv.tags.group("TR", self._element)
        header = "Column" if row == 0 else "Row" if column == 0 else ""
        tag = "TH" if header else "TD"
        with self.canv.tags.marked(self.canv, tag, scope=header, parent=self._row):
            super()._drawCell(value, style, position, size)  # type: ignore[misc]


class TaggedStrip(TaggedTable):
    """Cells side by side that are no table: each is a paragraph of its own."""

    def draw(self) -> None:
        Table.draw(self)

    def _drawCell(self, value: Any, style: Any, position: Any, size: Any) -> None:
        with self.canv.tags.marked(self.canv, "P"):
            Table._drawCell(self, value, style, position, size)  # type: ignore[attr-defined]

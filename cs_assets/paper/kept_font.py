"""A font that keeps what is the same in thousands of reports: widths of words, cut subsets.

reportlab makes both anew for every document, and asks for a word's width wherever it breaks lines.
"""

from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import paragraph

#: Words kept: ours come back in every report, those of a name in its own only.
_WORDS = 50_000
#: Sets of characters kept, of a font: most reports have the usual ones and nothing beside.
_SUBSETS = 64
#: What nearly every report has beside ASCII; in this order, so that subsets are the same.
_USUAL = "•·−“”…"
_ASCII = range(32, 127)

paragraph.stringWidth = lru_cache(_WORDS)(pdfmetrics.stringWidth)  # type: ignore[attr-defined]


class KeptFont(TTFont):
    """As reportlab's: the same text is drawn the same."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path)
        known = self.face.charToGlyph
        self._has_ascii = all(code in known for code in _ASCII)
        self._usual = "".join(c for c in _USUAL if ord(c) in known)
        self._kept_widths = lru_cache(_SUBSETS)(self._widths)
        make = self.face.makeSubset
        cut = lru_cache(_SUBSETS)(lambda subset: make(list(subset)))
        keep: Any = self.face
        keep.makeSubset = lambda subset: cut(tuple(subset))

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """Pieces of one subset each; ASCII stands in the first one, as it is."""
        if doc not in self.state:
            self._assignState(doc)  # type: ignore[attr-defined]
            super().splitString(self._usual, doc, encoding)
        if self._has_ascii and text and text.isascii() and text.isprintable():
            return [(0, text.encode())]
        return super().splitString(text, doc, encoding)

    def addObjects(self, doc: Any) -> None:
        """Put what was used of the font into the document."""
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        prefix = doc.fontMapping[self.fontName].removeprefix("/")
        for number, subset in enumerate(subsets):
            fonts[f"{prefix}+{number}"].Widths = self._kept_widths(tuple(subset))

    def _widths(self, subset: tuple[int, ...]) -> bytes:
        """Of a subset's characters, as the file has them."""
        written: bytes = PDFArray(map(self.face.getCharWidth, subset)).format(None)
        return written

"""Fonts of the PDF: the brand's or Noto Sans, and a second family for other scripts."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from cs_assets.reviews.configuration import Fonts

BUILT_IN = Path(__file__).parent.parent / "fonts"


@dataclass(frozen=True)
class Face:
    """A registered font and the code points that it can show."""

    name: str
    path: Path
    covered: frozenset[int]


@dataclass(frozen=True)
class Faces:
    """The faces of a report; ``fallbacks`` are asked in order for what ``regular`` lacks."""

    regular: Face
    bold: Face
    fallbacks: tuple[Face, ...]

    def shows(self, character: str) -> bool:
        """Whether any face has a glyph for the character."""
        code = ord(character)
        return any(code in f.covered for f in (self.regular, *self.fallbacks))


@cache
def faces(fonts: Fonts) -> Faces:
    """Register the fonts once a process; raises ``TTFError`` for a file that is no TrueType."""
    regular = fonts.regular or BUILT_IN / "NotoSans-Regular.ttf"
    bold = fonts.bold or fonts.regular or BUILT_IN / "NotoSans-Bold.ttf"
    dejavu = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    body, strong = _face("Report", regular), _face("Report-Bold", bold)
    pdfmetrics.registerFontFamily(
        "Report", normal="Report", bold="Report-Bold", italic="Report", boldItalic="Report-Bold"
    )
    return Faces(body, strong, (_face("Report-Other", dejavu),))


def _face(name: str, path: Path) -> Face:
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return Face(name, path, frozenset(font.face.charToGlyph))

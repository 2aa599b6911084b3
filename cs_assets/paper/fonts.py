"""Fonts of the PDF: the brand's or Noto Sans, and further families for other scripts.

A family for other scripts is read only when a text needs it: reading takes longer than printing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from cs_assets import lettering
from cs_assets.paper.brand import Fonts
from cs_assets.paper.kept_font import KeptFont

BUILT_IN = Path(lettering.__file__).parent / "fonts"

# Streams are compressed; writing them in letters besides would cost a third more bytes and time.
rl_config.useA85 = 0


def _as_utf_16(fontname: str, subset: Any) -> str:
    """reportlab's map from glyphs to text, for characters beyond the first plane as well.

    It writes their code points where the format asks for UTF-16, and they are copied as others.
    """
    return re.sub(
        r"(?m)^(<\w\w> )<(\w{5,6})>$",
        lambda found: f"{found[1]}<{chr(int(found[2], 16)).encode('utf-16-be').hex().upper()}>",
        _reportlabs(fontname, subset),
    )


_reportlabs = ttfonts.makeToUnicodeCMap
ttfonts.makeToUnicodeCMap = _as_utf_16


@dataclass(frozen=True)
class Face:
    """A registered font and the code points that it can show."""

    name: str
    path: Path
    covered: frozenset[int]


class Faces:
    """The faces of a report: two for nearly everything, more for what those lack."""

    def __init__(
        self, regular: Face, bold: Face, others: Callable[[int], tuple[Callable[[], Face], ...]]
    ) -> None:
        self.regular = regular
        self.bold = bold
        self._others = others
        self.face_of = cache(self._face_of)

    def _face_of(self, character: str) -> Face | None:
        """The first face with a glyph for the character, or ``None``."""
        code = ord(character)
        return next((face for face in self._all(code) if code in face.covered), None)

    def _all(self, code: int) -> Iterator[Face]:
        yield self.regular
        yield from (other() for other in self._others(code))


@cache
def faces(fonts: Fonts) -> Faces:
    """Register the fonts once a process; raises ``TTFError`` for a file that is no TrueType."""
    regular = fonts.regular or BUILT_IN / "NotoSans-Regular.ttf"
    bold = fonts.bold or fonts.regular or BUILT_IN / "NotoSans-Bold.ttf"
    body, strong = _face("Report", regular), _face("Report-Bold", bold)
    pdfmetrics.registerFontFamily(
        "Report", normal="Report", bold="Report-Bold", italic="Report", boldItalic="Report-Bold"
    )
    return Faces(body, strong, _others)


#: The first code point of East Asian scripts, their radicals; letters and symbols lie before.
_EAST_ASIAN = 0x2E80


def _others(code: int) -> tuple[Callable[[], Face], ...]:
    """In which order families are read for a character that the report's own font lacks."""
    east = (_han, _hangul)
    return (*east, _other) if code >= _EAST_ASIAN else (_other, *east)


@cache
def _han() -> Face:
    return _face("Report-Han", BUILT_IN / "NotoSansHan-Regular.ttf")


@cache
def _hangul() -> Face:
    return _face("Report-Hangul", BUILT_IN / "NotoSansHangul-Regular.ttf")


@cache
def _other() -> Face:
    """Hebrew, Georgian, Armenian, symbols and more: DejaVu Sans, which matplotlib brings along."""
    package = find_spec("matplotlib")  # not imported: that takes longer than reading the font
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return _face("Report-Other", path)


def _face(name: str, path: Path) -> Face:
    font = KeptFont(name, str(path))
    pdfmetrics.registerFont(font)
    return Face(name, path, frozenset(font.face.charToGlyph))

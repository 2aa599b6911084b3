"""Words of any script in figures of matplotlib: the fonts of the PDF, the same spelling."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cs_assets.lettering.line import shortened
from cs_assets.lettering.spelling import spelled

_FOLDER = Path(__file__).parent / "fonts"
_MAIN = "DejaVu Sans"
_OTHERS = ("NotoSansHan-Regular.ttf", "NotoSansHangul-Regular.ttf")


@contextmanager
def lettered() -> Iterator[None]:
    """Figures made and saved inside find the letters of every font, and read no formulas."""
    import matplotlib as mpl

    families = [_MAIN, *(family for family, _ in _others())]
    with mpl.rc_context({"font.family": families, "text.parse_math": False}):
        yield


def labels(texts: Iterable[str], most: int = 40) -> list[str]:
    """The texts as labels of a figure, each in the room of ``most`` letters."""
    others = [covered for _, covered in _others()]
    return [
        shortened(spelled(text, _main(), lambda c: any(ord(c) in one for one in others)), most)
        for text in texts
    ]


@cache
def _main() -> frozenset[int]:
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font

    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    # Its letters that must be joined are not used: matplotlib sets one glyph after the other.
    return frozenset(FT2Font(str(path)).get_charmap()) - _JOINED


#: Hebrew, Arabic and their presentation forms, N'Ko.
_JOINED = frozenset([*range(0x0590, 0x0900), *range(0xFB1D, 0xFE00), *range(0xFE70, 0xFF00)])


@cache
def _others() -> tuple[tuple[str, frozenset[int]], ...]:
    """Family and code points of the fonts for other scripts, made known to matplotlib."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    found = []
    for name in _OTHERS:
        font = FT2Font(str(_FOLDER / name))
        fontManager.addfont(str(_FOLDER / name))
        found.append((font.family_name, frozenset(font.get_charmap())))
    return tuple(found)

"""Text in characters that fonts have and can set one after the other; the rest in Latin letters.

What no font can show, or cannot show rightly without joining and reordering letters (Arabic,
Devanagari, Thai and their like), is written in Latin letters instead: readable, never a box.
"""

import unicodedata
from collections.abc import Callable

from anyascii import anyascii

from cs_assets import names
from cs_assets.lettering.line import cleaned

#: Written from right to left, or with letters that change their shape: not laid out here.
_COMPLEX = frozenset({"R", "AL", "AN"})
_COMPLEX_SCRIPTS = tuple(range(0x0900, 0x1100)), tuple(range(0x1780, 0x1800))
_COMPLEX_CODES = frozenset(code for codes in _COMPLEX_SCRIPTS for code in codes)
#: Stands for what no font has and nothing can spell: private and unassigned characters.
_UNKNOWN = "\ufffd"


def spelled(text: str, main: frozenset[int], has_glyph: Callable[[str], bool]) -> str:
    """``text`` on one line, as it can be set.

    ``main``: the code points of the font for nearly everything; ``has_glyph``: whether any font
    has the character.
    """
    clean = cleaned(names.shown(text))
    if main.issuperset(map(ord, clean)):
        return clean
    told = " ".join("".join(_letters(c, main, has_glyph) for c in clean).split())
    return told or (_UNKNOWN if clean else "")


def _letters(character: str, main: frozenset[int], has_glyph: Callable[[str], bool]) -> str:
    if ord(character) in main:
        return character
    if _is_complex(character) or not has_glyph(character):
        plain: str = anyascii(character)
        # Letters and marks without a sound of their own are left out, all else is not.
        return plain or ("" if unicodedata.category(character)[0] in "LM" else _UNKNOWN)
    return character


def _is_complex(character: str) -> bool:
    return (
        unicodedata.bidirectional(character) in _COMPLEX
        or ord(character) in _COMPLEX_CODES
        or unicodedata.combining(character) != 0
    )

"""The one way for text into a PDF: cleaned, every character shown, nothing read as markup."""

import unicodedata
from itertools import groupby
from xml.sax.saxutils import escape

from cs_assets.reviews.pdf.fonts import Face, Faces

#: Shown where no font has the character.
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

#: Cc control, Cf format (bidirectional overrides, zero width), Cs surrogates, Co private use,
#: Cn unassigned.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u00a0")


def cleaned(text: str) -> str:
    """Normal form C, white space as single blanks, no control, format or private characters."""
    kept = (
        " " if c in _SPACES else c
        for c in unicodedata.normalize("NFC", text)
        if c in _SPACES or unicodedata.category(c) not in _DROPPED
    )
    return " ".join("".join(kept).split())


def pdf_text(text: str, faces: Faces) -> str:
    """``text`` as markup of a reportlab paragraph that shows exactly ``shown(text)``."""
    parts = []
    for face, characters in groupby(shown(text, faces), key=lambda c: _face_of(c, faces)):
        run = escape("".join(characters))
        parts.append(run if face is faces.regular else f'<font name="{face.name}">{run}</font>')
    return "".join(parts)


def shown(text: str, faces: Faces) -> str:
    """The characters that appear for ``text``: cleaned, unknown ones replaced."""
    return "".join(c if faces.shows(c) else _substitute(c, faces) for c in cleaned(text))


def _substitute(character: str, faces: Faces) -> str:
    """The character's plain form when that can be shown, else the replacement character."""
    plain = unicodedata.normalize("NFKD", character)
    return plain if all(faces.shows(c) for c in plain) else _REPLACEMENT


def _face_of(character: str, faces: Faces) -> Face:
    code = ord(character)
    if code in faces.regular.covered:
        return faces.regular
    return next((f for f in faces.fallbacks if code in f.covered), faces.regular)

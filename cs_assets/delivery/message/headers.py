"""Header values that no untrusted text can break out of, and that arrive as they were written.

The standard library is not asked to encode them: some supported versions of Python write an
RFC 2047 word inside a value out as real header lines (CVE-2024-6923), join two encoded words
with a blank too few, or begin with an empty line.
"""

import re
import unicodedata
from base64 import b64encode

from cs_assets.names import shown, without_unseen

_LONGEST = 200
#: Characters of a line with its name; RFC 5322 asks for no more than 78.
_LINE = 76
_WORD = "=?utf-8?b?{}?="


def header_text(text: str) -> str:
    """``text`` as one harmless line of at most 200 characters."""
    line = without_unseen(shown(text)).strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def without_words(text: str) -> str:
    """``header_text`` for providers that build the header themselves: no RFC 2047 word in it."""
    line = header_text(text)
    while "=?" in line or "?=" in line:
        line = line.replace("=?", "= ?").replace("?=", "? =")
    return line


def encoded(name: str, text: str) -> str:
    """The lines of the header ``name`` with ``text``, joined by CRLF and without the last one.

    Plain ASCII stays as it is, folded at single blanks. Everything else, what a reader might
    take for an encoded word, and what has several blanks in a row where a line must end, is
    written as RFC 2047 words of which each ends with a character.
    """
    if text.isascii() and text.isprintable() and "=?" not in text and _may_be_folded(name, text):
        return _folded(name, text)
    lines, room = [f"{name}:"], _room(len(name) + 1)
    part = b""
    for character in text:
        letter = character.encode("utf-8", "replace")
        if part and len(part) + len(letter) > room:
            lines[-1] += " " + _WORD.format(b64encode(part).decode())
            lines.append("")
            part, room = b"", _room(0)
        part += letter
    lines[-1] += " " + _WORD.format(b64encode(part).decode())
    return "\r\n".join(lines)


def _room(used: int) -> int:
    """Bytes of text that an encoded word has room for in a line of which so much is used."""
    return (_LINE - used - len(_WORD.format("")) - 1) // 4 * 3


def _pieces(text: str) -> list[str]:
    """What may stand in a line of its own: readers may drop more than one blank at a fold."""
    return re.split(r"(?<=[^ ]) (?=[^ ])", text)


def _may_be_folded(name: str, text: str) -> bool:
    """Whether each piece that has blanks fits into the first line, and so into any."""
    room = _LINE - len(name) - 2
    return all(len(piece) <= room for piece in _pieces(text) if " " in piece)


def _folded(name: str, text: str) -> str:
    """Plain text over several lines, each a piece or more."""
    lines = [f"{name}:"]
    for word in _pieces(text):
        fits = len(lines[-1]) + 1 + len(word) <= _LINE or lines[-1] == f"{name}:"
        if fits:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)


def file_name(text: str, fallback: str = "attachment") -> str:
    """An ASCII file name of letters, digits, ``.``, ``_`` and ``-``, at most 80 long."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")
    stem, dot, ending = name.rpartition(".")
    if dot and 0 < len(ending) <= 8:
        return f"{stem[: 79 - len(ending)].rstrip('-.') or fallback}.{ending}"
    return name[:80] or fallback

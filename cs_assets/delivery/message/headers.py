"""Header values that no untrusted text can break out of.

Some supported Python versions write an RFC 2047 word inside a header value out as
real header lines (CVE-2024-6923), so such words are broken apart here and not left
to the standard library.
"""

import re
import unicodedata

_LONGEST = 200
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def header_text(text: str) -> str:
    """``text`` as one harmless line of at most 200 characters."""
    visible = "".join(
        " " if unicodedata.category(character) in _HIDDEN else character for character in text
    )
    while "=?" in visible or "?=" in visible:
        visible = visible.replace("=?", "= ?").replace("?=", "? =")
    line = " ".join(visible.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def file_name(text: str, fallback: str = "attachment") -> str:
    """An ASCII file name of letters, digits, ``.``, ``_`` and ``-``, at most 80 long."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")
    stem, dot, ending = name.rpartition(".")
    if dot and 0 < len(ending) <= 8:
        return f"{stem[: 79 - len(ending)].rstrip('-.') or fallback}.{ending}"
    return name[:80] or fallback

"""How a question's text is read: one form for all writings, words without accents."""

import re
import unicodedata

from cs_assets.names import compared

#: Letters of a question at most; what is longer is no question.
LONGEST = 500
_POSSESSIVE = re.compile(r"(?<=\w)['’`´]s\b")
_NO_WORD = re.compile(r"[^\w\ue000-\uf8ff]+")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def folded(text: str) -> str:
    """Lower case without accents, marks and characters of private use (our own marks)."""
    plain = compared(_PRIVATE.sub(" ", text))
    if not plain.isascii():
        plain = unicodedata.normalize("NFD", plain)
        plain = "".join(one for one in plain if unicodedata.category(one) != "Mn")
        plain = unicodedata.normalize("NFC", plain)
    return _POSSESSIVE.sub("", plain)


def words(text: str) -> str:
    """A folded text as words with one blank between."""
    return " ".join(_NO_WORD.sub(" ", text).split())


def place_of(phrase: str, text: str) -> int:
    """Where ``phrase`` stands in ``text`` as whole words, or -1; some scripts part none."""
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        before = text[at - 1 : at]
        after = text[end : end + 1]
        if not (_joined(before, phrase[0]) or _joined(phrase[-1], after)):
            return at
        at = text.find(phrase, at + 1)
    return -1


def _joined(one: str, other: str) -> bool:
    """Whether two neighbours are within one word of a script that parts words by blanks."""
    return bool(one and other) and all(c.isalnum() and ord(c) < 0x2E80 for c in (one, other))

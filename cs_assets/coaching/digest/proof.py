"""Proof that what readers see is facts: passages with claims, pages searched for more."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import unescape
from typing import Any

from cs_assets.facts.slots import Filled

#: A tag, or what a page has that nobody sees.
_UNSEEN = re.compile(
    r"""<!--.*?-->
    |   <(style|title|script)\b[^>]*>.*?</\1\s*>
    |   <[a-z/!][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def told(texts: Iterable[tuple[str, str]], fills: Callable[[str], Filled]) -> list[dict[str, Any]]:
    """Each passage with slots, as filled, and which part came from which fact."""
    passages = []
    for key, slotted in texts:
        filled = fills(slotted)
        claims = [
            {"fact_id": one.fact_id, "start": one.start, "end": one.end} for one in filled.claims
        ]
        passages.append({"key": key, "slotted": slotted, "filled": filled.text, "claims": claims})
    return passages


def loose_digits(visible: str, passages: Iterable[dict[str, Any]]) -> str:
    """The digits of a visible text that belong to no passage; empty when all do.

    Inside a passage every digit is a fact's (``slots``). Takes the passages out of the
    text, longest first and each as often as it is listed (the headline also stands in the
    preheader), white space apart, and returns what digits are left.
    """
    text = _squeezed(visible)
    squeezed = [(_squeezed(passage["filled"]), passage["key"]) for passage in passages]
    for filled, key in sorted(squeezed, key=lambda item: len(item[0]), reverse=True):
        if filled:
            text = text.replace(filled, "\0", -1 if key == "headline" else 1)
    if text.isascii():
        return "".join(filter(str.isdigit, text))
    return "".join(c for c in text if unicodedata.category(c) in ("Nd", "Nl", "No"))


def visible_text(html: str) -> str:
    """What a reader of the page sees. A tag that is none stays, so that its digits are seen."""
    return " ".join(unescape(_UNSEEN.sub(" ", html)).split())


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    """``text`` without white space, marks that nobody sees, and the marks of quotes."""
    text = "".join(text.split()).replace(">", "")
    return text if text.isprintable() else "".join(filter(str.isprintable, text))

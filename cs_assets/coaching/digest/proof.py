"""Proof that what readers see is facts: passages with claims, pages searched for more."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from cs_assets.facts.slots import Filled

_HIDDEN = ("style", "title", "script")


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
    """What a reader of the page sees."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    return " ".join(" ".join(reader.parts).split())


def skeleton(html: str) -> list[str]:
    """Tags with their attributes' names in order: what must not depend on data."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    return reader.tags


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.tags: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")
        self._hidden -= tag in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    """``text`` without white space, marks that nobody sees, and the marks of quotes."""
    text = "".join(text.split()).replace(">", "")
    return text if text.isprintable() else "".join(filter(str.isprintable, text))

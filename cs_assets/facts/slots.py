"""Text with slots: checked before it is believed, filled by code.

``{fact.id}`` or ``{fact.id:style}`` stands for a fact, ``{quote:id}`` for a quote.
``{{`` and ``}}`` are not used: a brace is always a slot.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import written
from cs_assets.names import shown

_SLOT = re.compile(r"\{(?P<quote>quote:)?(?P<id>[a-z][a-z0-9_.]*)(?::(?P<style>[a-z]+))?\}")
_STYLES = ("short", "signed", "abs", "words")


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a fact or quote stands in a filled text: ``text[start:end]``."""

    fact_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Filled:
    """A text for readers, and which of its parts came from which fact."""

    text: str
    claims: tuple[Claim, ...]


def problems(text: str, sheet: FactSheet) -> list[str]:
    """Why ``text`` may not be shown: empty when it may.

    A digit outside a slot, an unknown slot or style, and a brace that is no slot.
    """
    found: list[str] = []
    for slot in _SLOT.finditer(text):
        if slot["quote"]:
            if sheet.quote(slot["id"]) is None:
                found.append(f"unknown quote '{slot['id']}'")
        elif slot["id"] not in sheet:
            found.append(f"unknown fact '{slot['id']}'")
        if slot["style"] and (slot["quote"] or slot["style"] not in _STYLES):
            found.append(f"unknown style '{slot['style']}'")
    prose = _SLOT.sub(" ", text)
    if "{" in prose or "}" in prose:
        found.append("a brace that is no slot")
    numeric = {one for one in set(prose) if unicodedata.category(one) in ("Nd", "Nl", "No")}
    if numeric:
        digits = [character for character in prose if character in numeric]
        found.append(f"digit outside a slot: '{''.join(digits)[:20]}'")
    return found


def used(text: str) -> tuple[str, ...]:
    """The fact ids in the slots of ``text``, each once, in order of appearance."""
    return tuple(dict.fromkeys(s["id"] for s in _SLOT.finditer(text) if not s["quote"]))


class RejectedText(ValueError):
    """A text that broke the rules was about to be shown."""


def fill(text: str, sheet: FactSheet, write: Callable[[Fact, str], str] = written) -> Filled:
    """Put the facts into their slots; raises ``RejectedText`` when ``problems`` finds any.

    ``write``: how the reader's language writes a fact in a style.
    """
    if found := problems(text, sheet):
        raise RejectedText(f"{sheet.entity_id}: {'; '.join(found)}")
    parts: list[str] = []
    claims: list[Claim] = []
    length = position = 0
    for slot in _SLOT.finditer(text):
        parts.append(text[position : slot.start()])
        length += slot.start() - position
        value = _value(slot, sheet, write)
        claims.append(Claim((slot["quote"] or "") + slot["id"], length, length + len(value)))
        parts.append(value)
        length += len(value)
        position = slot.end()
    parts.append(text[position:])
    return Filled("".join(parts), tuple(claims))


def _value(slot: re.Match[str], sheet: FactSheet, write: Callable[[Fact, str], str]) -> str:
    if slot["quote"]:
        quote = sheet.quote(slot["id"])
        assert quote is not None
        return shown(quote.text)
    return write(sheet[slot["id"]], slot["style"] or "")

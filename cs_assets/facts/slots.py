"""Text with slots: checked before it is believed, filled by code.

``{fact.id}`` or ``{fact.id:style}`` stands for a fact, ``{quote:id}`` for a quote.
``{{`` and ``}}`` are not used: a brace is always a slot.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

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
    return _problems(_taken_apart(text), sheet)


def used(text: str) -> tuple[str, ...]:
    """The fact ids in the slots of ``text``, each once, in order of appearance."""
    return tuple(dict.fromkeys(s.id for s in _taken_apart(text).slots if not s.is_quote))


class RejectedText(ValueError):
    """A text that broke the rules was about to be shown."""


def fill(text: str, sheet: FactSheet, write: Callable[[Fact, str], str] = written) -> Filled:
    """Put the facts into their slots; raises ``RejectedText`` when ``problems`` finds any.

    ``write``: how the reader's language writes a fact in a style.
    """
    apart = _taken_apart(text)
    if found := _problems(apart, sheet):
        raise RejectedText(f"{sheet.entity_id}: {'; '.join(found)}")
    parts: list[str] = []
    claims: list[Claim] = []
    length = 0
    for slot in apart.slots:
        value = _value(slot, sheet, write)
        start = length + len(slot.before)
        length = start + len(value)
        claims.append(Claim(f"quote:{slot.id}" if slot.is_quote else slot.id, start, length))
        parts += (slot.before, value)
    return Filled("".join(parts) + apart.rest, tuple(claims))


@dataclass(frozen=True, slots=True)
class _Slot:
    """A slot, and the prose between the one before and it."""

    before: str
    id: str
    style: str
    is_quote: bool


@dataclass(frozen=True, slots=True)
class _Apart:
    """A text taken apart; ``wrong`` is what is wrong with its prose."""

    slots: tuple[_Slot, ...]
    rest: str
    wrong: tuple[str, ...]


@lru_cache(maxsize=4096)  # what rules write of one entity they write of a thousand
def _taken_apart(text: str) -> _Apart:
    slots, position = [], 0
    for found in _SLOT.finditer(text):
        before, position = text[position : found.start()], found.end()
        slots.append(_Slot(before, found["id"], found["style"] or "", bool(found["quote"])))
    rest = text[position:]
    prose = " ".join([*(slot.before for slot in slots), rest])
    wrong = ["a brace that is no slot"] if "{" in prose or "}" in prose else []
    numeric = {one for one in set(prose) if unicodedata.category(one) in ("Nd", "Nl", "No")}
    if numeric:
        digits = [character for character in prose if character in numeric]
        wrong.append(f"digit outside a slot: '{''.join(digits)[:20]}'")
    return _Apart(tuple(slots), rest, tuple(wrong))


def _problems(apart: _Apart, sheet: FactSheet) -> list[str]:
    found: list[str] = []
    for slot in apart.slots:
        if slot.is_quote:
            if sheet.quote(slot.id) is None:
                found.append(f"unknown quote '{slot.id}'")
        elif slot.id not in sheet:
            found.append(f"unknown fact '{slot.id}'")
        if slot.style and (slot.is_quote or slot.style not in _STYLES):
            found.append(f"unknown style '{slot.style}'")
    return [*found, *apart.wrong]


def _value(slot: _Slot, sheet: FactSheet, write: Callable[[Fact, str], str]) -> str:
    if slot.is_quote:
        quote = sheet.quote(slot.id)
        assert quote is not None
        return shown(quote.text)
    return write(sheet[slot.id], slot.style)

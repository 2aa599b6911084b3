"""How a fact's value is written: one rule a unit, one word for each kind of absence."""

import datetime as dt
from collections.abc import Mapping, Sequence

from cs_assets.facts.model import Fact, Status
from cs_assets.names import shown

#: Six different things that look different. (Zero is a value and is written as such.)
ABSENT: Mapping[Status, str] = {
    "no_data": "no data",
    "not_applicable": "not applicable",
    "suppressed": "suppressed",
    "withheld": "withheld",
    "failed": "could not be computed",
}

_NOT_ZERO = frozenset("123456789")
_SCALES = ((1e9, "B"), (1e6, "M"), (1e3, "K"))


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def counted(number: int, thing: str, things: str = "") -> str:
    """``1 customer``, ``2 customers``."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def in_own_currency(amount: object, currency: object) -> str:
    """``54,600 CHF``, of what no exchange rate makes comparable; empty where nothing is known."""
    if not isinstance(currency, str) or amount is None or amount != amount:
        return ""
    return f"{float(str(amount)):,.0f} {shown(currency)}"


def written(fact: Fact, style: str = "") -> str:
    """The fact as readers see it.

    ``style``: ``short`` (1.2M), ``signed`` (+3.4), ``abs`` (without sign), ``words`` (of a list:
    needs person) or empty. Raises ``ValueError`` for another style.
    """
    if style not in ("", "short", "signed", "abs", "words"):
        raise ValueError(f"'{style}' is no style: short, signed, abs or words")
    if fact.value is None:
        return ABSENT[fact.status]
    if isinstance(fact.value, str):
        plain = fact.value.replace("_", " ") if style == "words" else fact.value
        return _date(fact.value) if fact.unit == "date" else shown(plain)
    number = float(fact.value)
    sign = ""
    if number < 0:
        sign = "" if style == "abs" else "−"
    elif style == "signed" and number > 0:
        sign = "+"
    words = _with_unit(sign, abs(number), fact, style == "short")
    # What rounds to zero has no direction.
    return words if _NOT_ZERO.intersection(words) else words.removeprefix(sign)


def _with_unit(sign: str, size: float, fact: Fact, short: bool) -> str:
    match fact.unit:
        case "currency":
            return f"{sign}${_scaled(size)}" if short else f"{sign}${size:,.0f}"
        case "percent":
            return f"{sign}{size:.1f}%"
        case "points":
            return f"{sign}{size:.1f}"
        case "ratio":
            return f"{sign}{size:.2f}"
        case "days" | "hours" | "minutes":
            word = fact.unit[:-1] if round(size) == 1 else fact.unit
            return f"{sign}{size:,.0f} {word}"
        case _:
            return f"{sign}{_scaled(size)}" if short else f"{sign}{size:,.0f}"


def _scaled(size: float) -> str:
    for limit, letter in _SCALES:
        if size >= limit:
            return f"{size / limit:.1f}{letter}"
    return f"{size:,.0f}"


def _date(iso: str) -> str:
    day = dt.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"

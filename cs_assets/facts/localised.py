"""A fact's value as readers of a language see it: by its locale (CLDR, through Babel)."""

import datetime as dt
from collections.abc import Callable, Mapping

from cs_assets.facts import wording
from cs_assets.facts.model import Fact, Status

#: Writes a fact in a style of ``wording.written``.
Write = Callable[[Fact, str], str]


def written_in(locale: str, absent: Mapping[Status, str]) -> Write:
    """``wording.written`` for a locale. ``absent``: its words for what is not there.

    English is as ``wording`` has it, so that a report reads the same wherever it is made.
    """
    if locale == "en":
        return wording.written

    def write(fact: Fact, style: str) -> str:
        if fact.value is None:
            return absent.get(fact.status, wording.ABSENT[fact.status])
        if fact.unit == "date":
            from babel.dates import format_date  # heavy, and of no use to English

            return str(format_date(dt.date.fromisoformat(str(fact.value)), "long", locale))
        if isinstance(fact.value, str):
            return wording.written(fact, style)
        return _number(fact, style, locale)

    return write


def _number(fact: Fact, style: str, locale: str) -> str:
    from babel import numbers, units

    size = abs(fact.number)
    sign = {"signed": "+", "abs": ""}.get(style, "") if fact.number >= 0 or style == "abs" else "−"
    if style == "short" and fact.unit != "currency":
        shown = numbers.format_compact_decimal(size, locale=locale, fraction_digits=1)
    elif fact.unit == "currency":
        shown = numbers.format_currency(size, "USD", "¤#,##0" if style != "short" else None, locale)
    elif fact.unit == "percent":
        shown = numbers.format_percent(size / 100, "#,##0.0 %", locale)
    elif fact.unit in ("days", "hours", "minutes"):
        shown = units.format_unit(round(size), fact.unit[:-1], locale=locale)
    else:
        digits = {"points": ".0", "ratio": ".00"}.get(fact.unit, "")
        shown = numbers.format_decimal(size, f"#,##0{digits}", locale)
    return sign + shown if any(one in "123456789" for one in shown) else shown

"""Numbers, days and absence in the words of the reports."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.facts.wording import ABSENT, counted
from cs_assets.frames import number_or_none, text_or_none
from cs_assets.names import shown
from cs_assets.reviews.books.book import day_of, money

__all__ = ["NO_DATA", "counted", "date", "day_of", "long_date", "moment", "money", "number",
           "percent", "plain", "score", "short_date"]  # fmt: skip

NO_DATA = ABSENT["no_data"]


def day(value: Any) -> dt.date | None:
    """The day of a value of the warehouse; ``None`` where there is none."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def date(value: Any, missing: str = "") -> str:
    """``15 Nov 2026``: in tables."""
    found = day(value)
    return missing if found is None else f"{found.day} {found:%b %Y}"


def short_date(value: Any, missing: str = "") -> str:
    """``15 Nov``: where the year is plain."""
    found = day(value)
    return missing if found is None else f"{found.day} {found:%b}"


def long_date(value: Any, missing: str = "") -> str:
    """``15 November 2026``: in sentences."""
    found = day(value)
    return missing if found is None else day_of(found)


def moment(value: Any, missing: str = "") -> str:
    """``15 Nov 2026, 08:00 UTC``: when somebody did something."""
    if value is None or pd.isna(value):
        return missing
    at = pd.Timestamp(value)
    at = at.tz_convert("UTC") if at.tzinfo else at
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def number(value: Any, digits: int = 0, missing: str = NO_DATA) -> str:
    """``1,234``; a word where there is none, for missing is never zero."""
    found = number_or_none(value)
    return missing if found is None else _signed(f"{found:,.{digits}f}")


def _signed(told: str) -> str:
    """With the sign of print; what is rounded to nothing has none."""
    return told.replace("-", "−" if told.strip("-0.,") else "")


def percent(share: Any, digits: int = 0, missing: str = NO_DATA) -> str:
    """A share (0 to 1) as ``42%``."""
    found = number_or_none(share)
    return missing if found is None else _signed(f"{100 * found:.{digits}f}") + "%"


def score(value: Any, missing: str = "not scored") -> str:
    """Points of 100."""
    found = number_or_none(value)
    return missing if found is None else f"{found:.0f}"


def plain(value: Any, missing: str = "") -> str:
    """A word of the data as people write it: ``at_risk`` is ``at risk``."""
    found = text_or_none(value)
    return missing if found is None else shown(found).replace("_", " ")

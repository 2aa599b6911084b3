"""Which days a week's digest looks at. Nothing else belongs here."""

import datetime as dt
from dataclasses import dataclass

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """An inclusive span of days."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def week(monday: dt.date) -> Days:
    """Monday to Sunday."""
    return Days(monday, monday + 6 * DAY)


def recent(monday: dt.date, weeks: int) -> Days:
    """The ``weeks`` weeks that end with the week of ``monday``."""
    return Days(monday - (weeks - 1) * WEEK, monday + 6 * DAY)


def before(monday: dt.date, recent_weeks: int, before_weeks: int) -> Days:
    """The ``before_weeks`` weeks that end where the recent window starts."""
    start = recent(monday, recent_weeks).first
    return Days(start - before_weeks * WEEK, start - DAY)

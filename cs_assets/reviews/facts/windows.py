"""The spans of days that a review looks at and compares."""

import datetime as dt
from dataclasses import dataclass

_DAY = dt.timedelta(days=1)

#: A year is 52 whole weeks, so that the same weekdays are compared.
YEAR = dt.timedelta(weeks=52)


@dataclass(frozen=True)
class Span:
    """First to last day, both included."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Windows:
    """The reported week and the windows that end with it; all start on a Monday."""

    week_start: dt.date
    weeks: int
    trend_weeks: int

    @property
    def end(self) -> dt.date:
        """Sunday of the reported week: no later data is looked at."""
        return self.week_start + dt.timedelta(days=6)

    @property
    def cutoff(self) -> dt.datetime:
        """The last second of the reported week, UTC."""
        return dt.datetime.combine(self.end, dt.time(23, 59, 59))

    @property
    def week(self) -> Span:
        return Span(self.week_start, self.end)

    @property
    def current(self) -> Span:
        return Span(self.end + _DAY - dt.timedelta(weeks=self.weeks), self.end)

    @property
    def prior(self) -> Span:
        length = dt.timedelta(weeks=self.weeks)
        return Span(self.current.start - length, self.current.start - _DAY)

    @property
    def year_ago(self) -> Span:
        return Span(self.current.start - YEAR, self.end - YEAR)

    @property
    def known_by(self) -> dt.date:
        """Who has data from this day on has a year earlier to be compared with.

        Not from the window's very first day: nothing may have happened on it. At most a
        twentieth of the window may be missing.
        """
        return self._known_by(self.year_ago)

    @property
    def prior_known_by(self) -> dt.date:
        """The same for the window before."""
        return self._known_by(self.prior)

    def _known_by(self, span: Span) -> dt.date:
        return span.start + dt.timedelta(days=7 * self.weeks // 20)

    @property
    def trend(self) -> list[dt.date]:
        """The Mondays of the trend chart, oldest first."""
        return [self.week_start - dt.timedelta(weeks=n) for n in reversed(range(self.trend_weeks))]

    @property
    def history_start(self) -> dt.date:
        """First Monday of the weekly history: two years before the trend chart's."""
        return self.trend[0] - 2 * YEAR

    def span(self, name: str) -> Span:
        """``week``, ``current``, ``prior`` or ``year_ago``."""
        spans = {
            "week": self.week,
            "current": self.current,
            "prior": self.prior,
            "year_ago": self.year_ago,
        }
        return spans[name]

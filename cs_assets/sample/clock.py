"""The dates that the sample tenant lives in. Nothing here asks for today."""

import datetime as dt
from zoneinfo import ZoneInfo

#: Monday of the week that is reported by default, and the last day with data.
REPORTED_WEEK = dt.date(2026, 11, 9)
LAST_DAY = dt.date(2026, 11, 15)

#: Contracts, use by quarter, tickets and surveys: three years in twelve quarters of 13 weeks, so
#: that a tenant whose days are moved by whole weeks has whole quarters too.
HISTORY_WEEKS = tuple(REPORTED_WEEK - dt.timedelta(weeks=155 - i) for i in range(156))
QUARTER_WEEKS = 13

#: Conversions, touchpoints and engagement: 65 weeks, so that each week of the
#: last quarter has its counterpart a year before.
ACTIVITY_WEEKS = HISTORY_WEEKS[-65:]

#: Use of modules by week: half a year.
USAGE_WEEKS = ACTIVITY_WEEKS[-26:]

#: Calls: six weeks.
CALL_WEEKS = ACTIVITY_WEEKS[-6:]


_ZONE = ZoneInfo("America/Los_Angeles")


def local(moment: dt.datetime) -> dt.datetime:
    """A local time of the company, with the offset that Los Angeles has then."""
    naive = moment.replace(tzinfo=None)
    offset = naive.replace(tzinfo=_ZONE).utcoffset()
    return naive.replace(tzinfo=dt.timezone(offset or dt.timedelta(0)))


def weeks_later(today: dt.date) -> int:
    """Weeks to move the tenant by, so that its last day is the last Sunday before ``today``."""
    monday = today - dt.timedelta(days=today.weekday())
    return (monday - dt.timedelta(weeks=1) - REPORTED_WEEK).days // 7


def weeks_ago(week: dt.date) -> int:
    """Whole weeks between ``week`` and the reported week."""
    return (REPORTED_WEEK - week).days // 7


def place(day: dt.date) -> int:
    """Which week of the three years holds ``day``; below zero before them."""
    return (day - HISTORY_WEEKS[0]).days // 7

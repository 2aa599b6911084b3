"""The dates that the sample tenant lives in. Nothing here asks for today."""

import datetime as dt

#: Monday of the week that is reported by default, and the last day with data.
REPORTED_WEEK = dt.date(2026, 11, 9)
LAST_DAY = dt.date(2026, 11, 15)

#: Conversions, touchpoints and engagement: 65 weeks, so that each week of the
#: last quarter has its counterpart a year before.
ACTIVITY_WEEKS = tuple(REPORTED_WEEK - dt.timedelta(weeks=64 - i) for i in range(65))

#: Use of modules: half a year.
USAGE_WEEKS = ACTIVITY_WEEKS[-26:]

#: Calls: six weeks.
CALL_WEEKS = ACTIVITY_WEEKS[-6:]


def weeks_ago(week: dt.date) -> int:
    """Whole weeks between ``week`` and the reported week."""
    return (REPORTED_WEEK - week).days // 7

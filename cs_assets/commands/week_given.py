"""Days and weeks that a person gives."""

import datetime as dt

from cs_assets.errors import UsageError
from cs_assets.first_week import start_week


class UnknownWeek(UsageError):
    """A week that no partition stands for."""


def day_of(text: str, option: str) -> dt.date:
    """The day that ``option`` gives; raises ``UsageError``."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} '{text}' is no day: YYYY-MM-DD is expected") from None


def monday_of(text: str) -> dt.date:
    """The Monday that names a week; raises ``UnknownWeek``."""
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UnknownWeek(f"week '{text}' is no date; give its Monday as YYYY-MM-DD") from None
    if day.weekday() != 0:
        monday = day - dt.timedelta(days=day.weekday())
        raise UnknownWeek(f"week {text} does not start on a Monday; did you mean {monday}?")
    return day


def check_week(text: str, today: dt.date) -> str:
    """The partition key of a week given by a person; raises ``UnknownWeek``."""
    day = monday_of(text)
    first = start_week()
    if day.isoformat() < first:
        raise UnknownWeek(f"week {text} is before the first week {first} (CS_ASSETS_START_WEEK)")
    latest = today - dt.timedelta(days=today.weekday() + 7)
    if day > latest:
        raise UnknownWeek(f"week {text} is not over yet; the last that is over is {latest}")
    return day.isoformat()

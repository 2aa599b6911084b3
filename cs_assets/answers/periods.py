"""Weeks and numbers of days in a question: dates in the writings that are not ambiguous."""

import datetime as dt
import re
from collections.abc import Sequence

_MONTH_NAMES = """
january february march april may june july august september october november december
"""
_MONTHS = _MONTH_NAMES.split()
_MONTH = "|".join(f"{name}|{name[:3]}|{name[:4]}" for name in _MONTHS)
_ORDINAL = r"(?:st|nd|rd|th)?"
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_ISO_WEEK = re.compile(r"(?<![\w-])(\d{4})-?w(\d\d?)(?!\w)")
_DAY_MONTH = re.compile(rf"(?<!\w)(\d\d?){_ORDINAL} (?:of )?({_MONTH})\.?,?(?: (\d{{4}}))?(?!\w)")
_MONTH_DAY = re.compile(rf"(?<!\w)({_MONTH})\.? (\d\d?){_ORDINAL}(?:,? (\d{{4}}))?(?!\w)")
_SPOKEN = {
    "seven": 7, "ten": 10, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "forty-five": 45, "fifty": 50, "sixty": 60, "seventy-five": 75, "ninety": 90, "hundred": 100,
    "a hundred": 100, "one hundred": 100, "hundred and twenty": 120, "one hundred and twenty": 120,
}  # fmt: skip
#: Weeks looked ahead or back, but for four and thirteen: those are windows of figures.
_SPOKEN_WEEKS = {"two": 2, "three": 3, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12}
_DAYS = re.compile(
    rf"(?<![\w-])(\d{{1,4}}|{'|'.join(sorted(_SPOKEN, key=len, reverse=True))})[ -]days?(?!\w)"
)
_WINDOW = re.compile(r"(?<![\w-])(four|4|thirteen|13)[ -]?(?:weeks?|wks?)(?!\w)")
_WEEKS = re.compile(
    rf"(?<![\w-])(?:(\d{{1,2}}|{'|'.join(_SPOKEN_WEEKS)})[ -]?(?:weeks?|wks?)"
    r"|(?:a )?fortnight)(?!\w)"
)
_SPOKEN_MONTHS = {"two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12}
#: A month has no number of days; it is read as so many, and the answer says how many days it is of.
_DAYS_OF_MONTH = 30
_IN_MONTHS = re.compile(
    rf"(?<![\w-])(\d{{1,2}}|{'|'.join(_SPOKEN_MONTHS)})[ -]?(?:months?|mths?)"
    r"(?! (?:ago|back))(?!\w)"
)
_NEWEST = re.compile(r"(?<!\w)(this|last|latest|newest|current|past) week(?!\w)")
_SPOKEN_AGO = {**_SPOKEN_WEEKS, "a": 1, "one": 1, "four": 4, "thirteen": 13}
_AGO = re.compile(
    rf"(?<![\w-])(\d{{1,2}}|{'|'.join(_SPOKEN_AGO)}) (?:weeks?|wks?) (?:ago|back)(?!\w)"
)
_BEFORE = re.compile(r"(?<!\w)(?:(?:the )?(?:week before|previous week|prior week))(?!\w)")
_PATTERNS = (
    _ISO, _ISO_WEEK, _DAY_MONTH, _MONTH_DAY, _BEFORE, _NEWEST, _AGO, _DAYS, _WINDOW, _WEEKS,
    _IN_MONTHS,
)  # fmt: skip

#: A kind (week, this week, days, window) and its value; a week that no date can be made of is
#: ``None``.
Found = tuple[str, str | None]


def next_in(text: str, weeks: Sequence[dt.date]) -> tuple[int, int, Found] | None:
    """The first span of ``text`` that is a date, a week or a number of days, or ``None``.

    ``weeks``: Mondays known, newest first; a date without a year is of the one that is known.
    """
    hits = [(hit.start(), -hit.end(), p, hit) for p in _PATTERNS if (hit := p.search(text))]
    if not hits:
        return None
    _, _, pattern, hit = min(hits, key=lambda one: one[:2])
    return hit.start(), hit.end(), _meant(pattern, hit, weeks)


def _meant(pattern: re.Pattern[str], hit: re.Match[str], weeks: Sequence[dt.date]) -> Found:
    if pattern is _DAYS:
        return "days", str(_SPOKEN.get(hit[1]) or int(hit[1]))
    if pattern is _WEEKS:
        weeks_asked = _SPOKEN_WEEKS.get(hit[1]) or int(hit[1]) if hit[1] else 2
        return "days", str(7 * weeks_asked)
    if pattern is _IN_MONTHS:
        return "days", str(_DAYS_OF_MONTH * (_SPOKEN_MONTHS.get(hit[1]) or int(hit[1])))
    if pattern is _WINDOW:
        return "window", "4w" if hit[1] in ("four", "4") else "13w"
    if pattern in (_NEWEST, _BEFORE, _AGO):
        back = 1 if pattern is _BEFORE else _weeks_ago(hit)
        meant = weeks[0] - dt.timedelta(weeks=back) if weeks else None
        kind = "this week" if pattern is _NEWEST and hit[1] in ("this", "current") else "week"
        return kind, meant.isoformat() if meant is not None and meant in weeks else None
    try:
        if pattern is _ISO:
            day = dt.date(int(hit[1]), int(hit[2]), int(hit[3]))
        elif pattern is _ISO_WEEK:
            day = dt.date.fromisocalendar(int(hit[1]), int(hit[2]), 1)
        else:
            number, name = (hit[1], hit[2]) if pattern is _DAY_MONTH else (hit[2], hit[1])
            return "week", _dated(int(number), name, hit[3], weeks)
    except ValueError:
        return "week", None
    return "week", monday(day).isoformat()


def _weeks_ago(hit: re.Match[str]) -> int:
    """Weeks before the newest; 0 where the text says none."""
    return 0 if hit.re is not _AGO else _SPOKEN_AGO.get(hit[1]) or int(hit[1])


def _dated(day: int, name: str, year: str | None, weeks: Sequence[dt.date]) -> str | None:
    month = next(i for i, one in enumerate(_MONTHS, start=1) if one.startswith(name))
    years = [int(year)] if year else sorted({week.year for week in weeks})
    found = {monday(dt.date(one, month, day)) for one in years}
    known = found if year else found & set(weeks)
    return next(iter(known)).isoformat() if len(known) == 1 else None


def monday(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())

"""The day that a sentence names, resolved against the day of the call.

"Thursday", "tomorrow", "next Tuesday", "the 12th", "March 3rd", "in two weeks" and "by the end of
the month" are days; "next week", "soon" and "at some point" are none. A weekday is the next one
after the call's day, a day of the month the next of its number, a day of a year the next of its
date; "Thursday week" and "a week on Thursday" are seven days later. Where a week is named with it
("Friday of next week", "the week after next, on Monday"), it is the day of that week.
"""

import calendar
import datetime as dt
import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(calendar.month_name[n].lower() for n in range(1, 13))
_COUNTS = {
    word: n
    for n, words in enumerate(
        ("", "a an one", "two couple", "three few", "four", "five", "six", "seven", "eight", "nine",
         "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
         "eighteen", "nineteen", "twenty")
    )
    for word in words.split()
}  # fmt: skip
_ORDINALS = {
    word: n
    for n, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
         "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
         "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second",
         "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh",
         "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
        start=1,
    )
}  # fmt: skip
_MONTH = "|".join([*_MONTHS, *(m[:3] for m in _MONTHS if m != "may"), "sept"])
_NUMBER = rf"\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}"
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.? (?:the )?({_NUMBER})\b(?! ?(?:percent|%|of us|people))")
_DAY_MONTH = re.compile(rf"\b({_NUMBER})(?: of)? ({_MONTH})\b")
_NO_DAY = (
    r"(?! (?:floor|grade|quarter|time|version|edition|row|slide|page|percent|item|point|call|one))"
)
_ORDINAL_DAY = re.compile(
    r"\b(?:the|on|by|until|before|of) (\d{1,2}(?:st|nd|rd|th)|"
    rf"(?:{'|'.join(list(_ORDINALS)[3:])}))\b"
    rf"{_NO_DAY}"
)
_BARE_ORDINAL = re.compile(rf"\b(\d{{1,2}}(?:st|nd|rd|th))\b{_NO_DAY}")
_WEEKDAY = re.compile(
    rf"\b(?:(a week on|next|this|last|every|each|on|by) )?({'|'.join(_DAYS)})(s)?( week)?\b"
)
_WEEKS = {"this": 0, "the same": 0, "next": 1, "the next": 1, "the following": 1, "the coming": 1}
_WEEK = rf"((?:the )?week after next|(?:{'|'.join(_WEEKS)}) week)"
_WEEKDAY_OF_WEEK = re.compile(rf"\b({'|'.join(_DAYS)})(?: of| in|,)?(?: the)? {_WEEK}\b")
_WEEK_ON_WEEKDAY = re.compile(
    rf"\b{_WEEK},?(?: probably| maybe| say)?,?(?: on| by)? ({'|'.join(_DAYS)})\b"
)
_UNIT = r"((?:business |working )?days?|weeks?|months?|fortnights?)"
_COUNT = rf"({'|'.join(_COUNTS)}|\d{{1,3}})"
_AHEAD = re.compile(rf"\b(?:in|within) (?:about |the next )?{_COUNT}(?: of)? {_UNIT}(?:' time)?\b")
_FROM_NOW = re.compile(rf"\b{_COUNT} {_UNIT} from (?:today|now)\b")
_IN_HOURS = re.compile(r"\bwithin (?:the next )?(24|48|72) hours\b")
_NTH_WEEKDAY = re.compile(
    rf"\b(first|second|third|fourth) ({'|'.join(_DAYS)}) (?:of|in) ({_MONTH})\b"
)
_FIRST_OF_NEXT = re.compile(r"\b(?:first|1st) of next month\b")
_WEEKEND = re.compile(r"\b(?:(before|by|until)|over|at|on|during) (?:the|this) weekend\b")
_END_OF = re.compile(
    r"\b(?:(?:(?<!at the )end|end(?! of the day)|close|last day) of (?:the |this |next )?"
    r"(day|business|week|month|quarter|year)"
    r"|(?:by|before|until|at) (month|quarter|year)[- ]end"
    r"|before (?:the |this )?(day|week|month|quarter|year) (?:is|'s) (?:over|out|up|done))\b"
)
_PLAIN = (
    (re.compile(r"\bday after tomorrow\b"), 2),
    (re.compile(r"\btomorrow\b"), 1),
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening)|eod|right now"
                r"|while we speak|just now|within the hour|(?:by|before|at|after) (?:lunch|noon)"
                r"|(?:straight|right|directly|immediately) after (?:this|the|our) (?:call|meeting)"
                r"|(?:straight|right|as soon as) (?:after )?(?:when )?we hang up"
                rf"|in (?:about )?(?:half an|a few|{'|'.join(_COUNTS)}|\d+)"
                r" (?:hours?|minutes?))\b"), 0),
)  # fmt: skip


#: What any of these forms has: a quick no for most sentences.
_MAY_NAME = re.compile(
    r"\d|day|tomorrow|tonight|\bthis (?:morn|after|even)|week|month|quarter|year|fortnight|\beod\b|"
    r"right now|while we speak|just now|business|hour|minute|noon|lunch|hang up|"
    r"after (?:this|the|our)|"
    rf"\b(?:{'|'.join([*_ORDINALS, *_MONTHS])})\b|\b(?:{_MONTH})\b"
)


def due_date(text: str, called: dt.date) -> dt.date | None:
    """The last day that a lower-case sentence names as from ``called``, or ``None``.

    Several days are a plan; the last one is when it is done.
    """
    if not _MAY_NAME.search(text):
        return None
    found = [day for day in _named(text, called) if day is not None and day >= called]
    return max(found, default=None)


def _named(text: str, called: dt.date) -> list[dt.date | None]:
    found: list[dt.date | None] = []
    for year, month, day in _ISO.findall(text):
        found.append(_date(int(year), int(month), int(day)))
    found += [_nth_weekday(groups, called) for groups in _NTH_WEEKDAY.findall(text)]
    found += [_ahead(_count(count), unit, called) for count, unit in _FROM_NOW.findall(text)]
    found += [called + dt.timedelta(int(hours) // 24) for hours in _IN_HOURS.findall(text)]
    found += [_end_of("week", called) + dt.timedelta(not by) for by in _WEEKEND.findall(text)]
    if _FIRST_OF_NEXT.search(text):
        found.append(_ahead(1, "month", called.replace(day=1)))
    if re.search(r"\bwithin (?:the|a) week\b", text):
        found.append(called + dt.timedelta(7))
    taken = _NTH_WEEKDAY.sub(" ", _FROM_NOW.sub(" ", text))
    for pattern, order in ((_MONTH_DAY, (0, 1)), (_DAY_MONTH, (1, 0))):
        found += [
            _in_year(_month(groups[order[0]]), _number(groups[order[1]]), called)
            for groups in pattern.findall(taken)
        ]
        taken = pattern.sub(" ", taken)
    for pattern, names_day_first in ((_WEEKDAY_OF_WEEK, True), (_WEEK_ON_WEEKDAY, False)):
        for first, second in pattern.findall(taken):
            name, week = (first, second) if names_day_first else (second, first)
            found.append(_of_week(name, week, called))
        taken = pattern.sub(" ", taken)
    ordinals = _ORDINAL_DAY.findall(taken) or _BARE_ORDINAL.findall(taken)
    on_number = [_of_month(_number(number), called) for number in ordinals]
    found += on_number
    if not on_number:
        found += [_weekday(groups, called) for groups in _WEEKDAY.findall(taken)]
    for count, unit in _AHEAD.findall(taken):
        found.append(_ahead(_count(count), unit, called))
    for unit in (next(filter(None, units)) for units in _END_OF.findall(taken)):
        found.append(_end_of(unit, called, is_next=f"of next {unit}" in taken))
    plain = [called + dt.timedelta(days) for pattern, days in _PLAIN if pattern.search(taken)][:1]
    names_another = bool(found) and _NOON.search(taken) is not None
    return found if names_another else [*found, *plain]


#: An hour of the day that is named: 'before Friday lunch' is no day of its own.
_NOON = re.compile(r"\b(?:lunch|noon)\b")


def _count(text: str) -> int:
    return _COUNTS.get(text, 0) or int(text)


def _nth_weekday(groups: tuple[str, str, str], called: dt.date) -> dt.date | None:
    """The second Tuesday of October, of this year or the next."""
    nth, name, month = groups
    for year in (called.year, called.year + 1):
        first = dt.date(year, _month(month), 1)
        ahead = (_DAYS.index(name) - first.weekday()) % 7 + 7 * (_ORDINALS[nth] - 1)
        if first + dt.timedelta(ahead) >= called:
            return first + dt.timedelta(ahead)
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))


def _number(text: str) -> int:
    return _ORDINALS.get(text) or int(re.sub(r"\D", "", text))


def _in_year(month: int, day: int, called: dt.date) -> dt.date | None:
    this = _date(called.year, month, day)
    return this if this is None or this >= called else _date(called.year + 1, month, day)


def _of_month(day: int, called: dt.date) -> dt.date | None:
    if not 1 <= day <= 31:
        return None
    year, month = called.year, called.month
    for _ in range(3):  # of three months in a row one at least has the day
        found = _date(year, month, day)
        if found is not None and found >= called:
            return found
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return None


def _weekday(groups: tuple[str, str, str, str], called: dt.date) -> dt.date | None:
    before, name, plural, after = groups
    if plural or before in ("last", "every", "each"):
        return None
    ahead = (_DAYS.index(name) - called.weekday() - 1) % 7 + 1
    later = before == "a week on" or after.strip() == "week"
    in_this_week = before == "next" and called.weekday() + ahead <= 6 and ahead <= 4
    return called + dt.timedelta(ahead + (7 if later or in_this_week else 0))


def _of_week(name: str, week: str, called: dt.date) -> dt.date:
    """Friday of next week: weeks begin on Monday."""
    ahead = 2 if week.endswith("after next") else _WEEKS[week.removesuffix(" week")]
    return called + dt.timedelta(7 * ahead + _DAYS.index(name) - called.weekday())


def _ahead(count: int, unit: str, called: dt.date) -> dt.date:
    if "month" in unit:
        months = called.month - 1 + count
        year, month = called.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(called.day, calendar.monthrange(year, month)[1]))
    if "business" in unit or "working" in unit:
        day = called
        while count:
            day += dt.timedelta(1)
            count -= day.weekday() < 5
        return day
    days = 14 if "fortnight" in unit else 7 if "week" in unit else 1
    return called + dt.timedelta(count * days)


def _end_of(unit: str, called: dt.date, *, is_next: bool = False) -> dt.date:
    if unit in ("day", "business"):
        return called
    if unit == "week":
        friday = 4 - called.weekday()  # over already at a weekend
        return called + dt.timedelta(friday + 7 if is_next or friday < 0 else friday)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = (called.month - 1) // months * months + (months if is_next else 0)
    year, last = called.year + (first + months - 1) // 12, (first + months - 1) % 12 + 1
    return dt.date(year, last, calendar.monthrange(year, last)[1])

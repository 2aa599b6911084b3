"""How the text of a CSV cell becomes a value of a declared SQL type.

Each reader takes the text (never empty, ends stripped) and returns the value or
raises ``ValueError``; ``expected`` says in words what would have been right.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_WHOLE = re.compile(r"[+-]?\d{1,18}(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL_TYPE = re.compile(r"DECIMAL\((\d+),(\d+)\)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.]\d{1,9})?)? ?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_YEARS = range(1900, 2200)
#: Counts and measures far beyond any that is meant, so that sums of them stay exact and finite.
LARGEST_COUNT = 10**12
LARGEST_MEASURE = 1e15
_BOOLEANS = {"true": True, "t": True, "yes": True, "1": True}
_BOOLEANS |= {"false": False, "f": False, "no": False, "0": False}


@dataclass(frozen=True)
class Kind:
    """A type as the loader reads it: the words for a person, the reader, the pandas type."""

    expected: str
    read: Callable[[str], Any]
    pandas: str


def kind_of(sql_type: str) -> Kind:
    """The kind for a type declared under ``sql/tables``; raises ``KeyError`` for an unknown one."""
    decimal = _DECIMAL_TYPE.fullmatch(sql_type)
    if decimal:
        return _decimal_kind(int(decimal[1]), int(decimal[2]))
    return _KINDS[sql_type]


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError
    value = int(text.partition(".")[0])
    if abs(value) > LARGEST_COUNT:
        raise ValueError
    return value


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    value = float(text)
    if abs(value) > LARGEST_MEASURE:
        raise ValueError
    return value


def _decimal_kind(digits: int, places: int) -> Kind:
    limit = Decimal(10) ** (digits - places)
    step = Decimal(1).scaleb(-places)

    def read(text: str) -> Decimal:
        if not _NUMBER.fullmatch(text) or len(text) > 60:
            raise ValueError
        value = Decimal(text)
        if abs(value) >= limit or value != value.quantize(step):
            raise ValueError
        return value.quantize(step)

    return Kind(f"a number with at most {places} decimals, such as 1234.5", read, "object")


def _date(text: str) -> dt.date:
    # Exports of timestamp columns write a day as its midnight.
    if not _DATE.match(text) or not (len(text) == 10 or _MIDNIGHT.fullmatch(text[10:])):
        raise ValueError
    day = dt.date.fromisoformat(text[:10])
    if day.year not in _YEARS:
        raise ValueError
    return day


def _moment(text: str) -> dt.datetime:
    if len(text) == 10:
        return dt.datetime.combine(_date(text), dt.time())
    if not _MOMENT.fullmatch(text):
        raise ValueError
    # Snowflake writes nine digits of a second, Python knows six.
    short = re.sub(r"(\.\d{6})\d+", r"\1", text).replace(" +", "+").replace(" -", "-")
    moment = dt.datetime.fromisoformat(short.replace(" Z", "Z"))
    if moment.year not in _YEARS:
        raise ValueError
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.timezone.utc).replace(tzinfo=None)  # noqa: UP017
    return moment


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError from None


_KINDS = {
    "STRING": Kind("text without NUL characters", _text, "object"),
    "BIGINT": Kind("a whole number of at most 12 digits, such as 42", _whole, "Int64"),
    "DOUBLE": Kind("a number below 1e15, such as 3.5", _number, "float64"),
    "DATE": Kind("a day as YYYY-MM-DD", _date, "datetime64[s]"),
    "TIMESTAMP_NTZ": Kind(
        "a time as YYYY-MM-DD HH:MM:SS (UTC, or with offset)", _moment, "datetime64[us]"
    ),
    "BOOLEAN": Kind("true or false", _boolean, "boolean"),
}

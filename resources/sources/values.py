"""How the text of a cell becomes a value of a declared SQL type, as expressions of DuckDB.

An expression takes the text (ends stripped, never empty) and gives the value, or NULL where it is
none; ``expected`` says in words what would have been right, ``mend`` how to get there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from resources.sources.forms import Writing, as_strptime

_DECIMAL_TYPE = re.compile(r"DECIMAL\((\d+),(\d+)\)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2199
#: Counts and measures far beyond any that is meant, so that sums of them stay exact and finite.
LARGEST_COUNT = 10**12
LARGEST_MEASURE = 1e15
#: What other programs write where they have nothing, or could not compute it.
NOTHING = (
    "\\N", "NULL", "null", "Null", "None", "none", "NONE", "NaN", "nan", "<NA>", "#N/A", "N/A",
    "n/a", "#NV", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!",
)  # fmt: skip
_TRUE = ("true", "t", "yes", "1")
_FALSE = ("false", "f", "no", "0")
#: As Python's ``str.strip``.
_BLANKS = "".join(
    map(chr, (32, *range(9, 14), *range(28, 32), 133, 160, 5760, *range(8192, 8203),
              8232, 8233, 8239, 8287, 12288))
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A type as files hold it: the words for a person, the expression, DuckDB's type."""

    expected: str
    expression: str
    engine_type: str
    mend: str
    beyond: str | None = None
    """Condition that a value is one, but out of bounds; ``beyond_expected`` says of which."""
    beyond_expected: str = ""


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def cell(column: str, writing: Writing) -> str:
    """The text of a cell, or NULL where it is empty or holds a mark for nothing."""
    # To look for all blanks takes three times as long as all else; few cells have any.
    plain = f"ascii({column}) BETWEEN 33 AND 126 AND ascii(right({column}, 1)) BETWEEN 33 AND 126"
    stripped = (
        f"NULLIF(CASE WHEN {plain} THEN {column} ELSE trim({column}, {quoted(_BLANKS)}) END, '')"
    )
    for mark in writing.nulls or []:
        stripped = f"NULLIF({stripped}, {quoted(mark.strip())})"
    return stripped


def kind_of(sql_type: str, text: str, writing: Writing) -> Kind:
    """How ``text``, an expression, becomes the declared type; ``KeyError`` for an unknown one."""
    decimal = _DECIMAL_TYPE.fullmatch(sql_type)
    if decimal:
        return _decimal(int(decimal[1]), int(decimal[2]), text, writing)
    return _KINDS[sql_type](text, writing)


def _text(text: str, writing: Writing) -> Kind:
    return Kind(
        "text without NUL characters",
        f"CASE WHEN NOT contains({text}, chr(0)) THEN {text} END",
        "VARCHAR",
        "take the character out",
    )


def _plain(text: str, writing: Writing) -> str:
    """A number as SQL writes it; NULL where it is not written as the form says."""
    point, group = writing.decimal, writing.thousands
    if group:
        grouped = rf"[+-]?\d{{1,3}}({re.escape(group)}\d{{3}})+({re.escape(point)}\d*)?"
        text = (
            f"(CASE WHEN regexp_full_match({text}, {quoted(grouped)}) "
            f"THEN replace({text}, {quoted(group)}, '') ELSE {text} END)"
        )
    if point != ".":
        text = (
            f"(CASE WHEN NOT contains({text}, '.') THEN replace({text}, {quoted(point)}, '.') END)"
        )
    return text


def _example(number: str, writing: Writing) -> str:
    return number.replace(".", writing.decimal)


_HOW_NUMBERS = (
    "write plain digits, or say in sources.yaml how numbers are written (decimal, thousands)"
)


def _whole(text: str, writing: Writing) -> Kind:
    plain = _plain(text, writing)
    value = f"TRY_CAST(split_part({plain}, '.', 1) AS BIGINT)"
    return Kind(
        "a whole number of at most 12 digits, such as 42",
        rf"CASE WHEN regexp_full_match({plain}, '[+-]?\d{{1,18}}(\.0*)?') "
        f"AND abs({value}) <= {LARGEST_COUNT} THEN {value} END",
        "BIGINT",
        _HOW_NUMBERS,
    )


_NUMBER = r"'[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?'"


def _number(text: str, writing: Writing) -> Kind:
    plain = _plain(text, writing)
    value = f"TRY_CAST({plain} AS DOUBLE)"
    return Kind(
        f"a number below 1e15, such as {_example('3.5', writing)}",
        f"CASE WHEN regexp_full_match({plain}, {_NUMBER}) "
        f"AND abs({value}) <= {LARGEST_MEASURE!r} THEN {value} END",
        "DOUBLE",
        _HOW_NUMBERS,
    )


def _decimal(digits: int, places: int, text: str, writing: Writing) -> Kind:
    plain = _plain(text, writing)
    exact = rf"'[+-]?(\d+(\.\d{{0,{places}}}0*)?|\.\d{{1,{places}}}0*)'"
    fine = f"TRY_CAST({plain} AS DECIMAL(38,18))"
    value = f"TRY_CAST({plain} AS DECIMAL({digits},{places}))"
    return Kind(
        f"a number with at most {places} decimals, such as {_example('1234.5', writing)}",
        f"CASE WHEN length({plain}) <= 60 AND (regexp_full_match({plain}, {exact}) OR ("
        f"regexp_full_match({plain}, {_NUMBER}) AND contains(lower({plain}), 'e') "
        f"AND {fine} = round({fine}, {places}))) THEN {value} END",
        f"DECIMAL({digits},{places})",
        _HOW_NUMBERS,
    )


_HOW_DAYS = (
    "write it so, or say in sources.yaml how days are written (dates: DD/MM/YYYY); "
    "an open end is an empty cell"
)


def _strptime(text: str, patterns: list[str]) -> str:
    formats = ", ".join(quoted(as_strptime(pattern)) for pattern in patterns)
    return f"try_strptime({text}, [{formats}])"


def _bounded(value: str, expected: str, engine_type: str, mend: str) -> Kind:
    year = f"year({value})"
    return Kind(
        expected,
        f"CASE WHEN {year} BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN {value} END",
        engine_type,
        mend,
        f"{value} IS NOT NULL",
        f"a day from {FIRST_YEAR} to {LAST_YEAR}",
    )


def _date(text: str, writing: Writing) -> Kind:
    if writing.dates:
        value = f"CAST({_strptime(text, writing.dates)} AS DATE)"
        said = " or ".join(writing.dates)
    else:
        # Exports of timestamp columns write a day as its midnight.
        form = r"'\d{4}-\d\d-\d\d([T ]00:00(:00(\.0+)?)?Z?)?'"
        value = (
            f"(CASE WHEN regexp_full_match({text}, {form}) "
            f"THEN TRY_CAST(left({text}, 10) AS DATE) END)"
        )
        said = "YYYY-MM-DD"
    return _bounded(value, f"a day as {said}", "DATE", _HOW_DAYS)


def _moment(text: str, writing: Writing) -> Kind:
    zone = quoted(writing.time_zone)
    patterns = [*writing.times, *writing.dates]
    if writing.times:
        local, said = _strptime(text, patterns), " or ".join(writing.times)
        value = f"(({local}) AT TIME ZONE {zone} AT TIME ZONE 'UTC')"
    else:
        day = r"\d{4}-\d\d-\d\d"
        clock = r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
        offset = r" ?(Z|[+-]\d\d:?\d\d)"
        # Snowflake writes nine digits of a second and an offset without colon.
        short = rf"regexp_replace({text}, '(\.\d{{6}})\d+', '\1')"
        local = f"TRY_CAST({short} AS TIMESTAMP) AT TIME ZONE {zone}"
        full = (
            rf"TRY_CAST(regexp_replace(regexp_replace(regexp_replace({short}, "
            rf"'^(.{{10}}[T ]\d\d:\d\d)( ?[Z+-])', '\1:00\2'), ' ?Z$', '+00:00'), "
            rf"' ?([+-]\d\d):?(\d\d)$', '\1:\2') AS TIMESTAMPTZ)"
        )
        value = (
            f"((CASE WHEN regexp_full_match({text}, '{day}({clock})?') THEN {local} "
            f"WHEN regexp_full_match({text}, '{day}{clock}{offset}') THEN {full} END) "
            "AT TIME ZONE 'UTC')"
        )
        said = "YYYY-MM-DD HH:MM:SS (UTC, or with offset)"
    mend = "write it so, or say in sources.yaml how times are written (times: DD/MM/YYYY HH:mm)"
    return _bounded(value, f"a time as {said}", "TIMESTAMP", mend)


def _boolean(text: str, writing: Writing) -> Kind:
    words = {
        "TRUE": [word.lower() for word in (*_TRUE, *writing.true_words)],
        "FALSE": [word.lower() for word in (*_FALSE, *writing.false_words)],
    }
    cases = " ".join(
        f"WHEN lower({text}) IN ({', '.join(map(quoted, ours))}) THEN {value}"
        for value, ours in words.items()
    )
    mend = "write true or false, or say in sources.yaml which words mean them (true_words: ja)"
    return Kind("true or false", f"CASE {cases} END", "BOOLEAN", mend)


_KINDS: dict[str, Callable[[str, Writing], Kind]] = {
    "STRING": _text,
    "BIGINT": _whole,
    "DOUBLE": _number,
    "DATE": _date,
    "TIMESTAMP_NTZ": _moment,
    "BOOLEAN": _boolean,
}

"""A few rows as values bound to the statement that writes them: no file, no temporary table."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from resources.snowflake.rows import staged_type, typed
from sql import catalog

#: What one statement binds at most; more goes as a file (PUT and COPY), which is then cheaper.
MOST_VALUES = 4_000
MOST_CHARACTERS = 400_000
#: Values of a list that are bound each; more of them go as one value, a list in JSON.
_LISTED = 100
#: By the kind of its values, a datetime before the date that it is as well.
_KINDS = ((dt.datetime, "TIMESTAMP_NTZ"), (dt.date, "DATE"), (str, "STRING"), (int, "BIGINT"))


@dataclass(frozen=True)
class BoundRows:
    """Rows as a table expression with one ``?`` a value, and the values in its order."""

    text: str
    values: tuple[str | None, ...]


def bound(rows: pd.DataFrame, columns: list[catalog.Column]) -> BoundRows | None:
    """The columns of ``rows`` in the staged types; None for what is too much.

    Every value is bound as text and cast: values of a column in a VALUES list must be of one
    type. Raises ``ValueError`` for one that its column cannot hold, as a file would.
    """
    if len(rows) * len(columns) > MOST_VALUES:
        return None
    texts = _texts(rows, columns)
    if sum(len(text) for column in texts for text in column if text is not None) > MOST_CHARACTERS:
        return None
    return _expression(texts, columns)


def portions(rows: pd.DataFrame, columns: list[catalog.Column]) -> Iterator[BoundRows]:
    """All of ``rows``, as many at once as may be; one alone however long it is."""
    if (few := bound(rows, columns)) is not None:
        yield few
    elif len(rows) == 1:
        yield _expression(_texts(rows, columns), columns)
    else:
        half = len(rows) // 2
        yield from portions(rows.iloc[:half], columns)
        yield from portions(rows.iloc[half:], columns)


def any_of(column: str, wanted: Sequence[Any]) -> tuple[str, list[Any]]:
    """That a column is one of some values, and what is bound: however many, no long statement."""
    kind = next((name for kind, name in _KINDS if all(isinstance(one, kind) for one in wanted)), "")
    if len(wanted) <= _LISTED or not kind:
        return f"{column} IN ({', '.join('?' * len(wanted))})", list(wanted)
    texts = [one.isoformat() if isinstance(one, dt.date) else str(one) for one in wanted]
    listed = "TABLE(FLATTEN(input => PARSE_JSON(?))) one"
    return (
        f"{column} IN (SELECT CAST(one.value::STRING AS {kind}) FROM {listed})",  # noqa: S608
        [json.dumps(texts, ensure_ascii=False)],
    )


def _texts(rows: pd.DataFrame, columns: list[catalog.Column]) -> list[list[str | None]]:
    """The values as text, a list for each column."""
    return [typed(rows[column.name], column).cast(pa.string()).to_pylist() for column in columns]


def _expression(texts: list[list[str | None]], columns: list[catalog.Column]) -> BoundRows:
    casts = ", ".join(
        f"CAST(given_{n} AS {staged_type(column)}) AS {column.name}"
        for n, column in enumerate(columns)
    )
    names = ", ".join(f"given_{n}" for n in range(len(columns)))
    one = f"({', '.join('?' * len(columns))})"
    every = ", ".join([one] * len(texts[0]))
    return BoundRows(
        f"(SELECT {casts} FROM (VALUES {every}) AS given({names}))",  # noqa: S608 - the catalog's
        tuple(text for row in zip(*texts, strict=True) for text in row),
    )

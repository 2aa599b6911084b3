"""The warehouse port: what may be asked of the warehouse, whichever it is; without Dagster.

A statement is the name of a file under ``sql/`` (``"coaching/rep_week_scores"``)
with ``?`` for each bound parameter. Tables are named ``schema.name`` and must be
declared under ``sql/tables``: no identifier ever comes from data.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

Scalar = str | int | float | bool | dt.date | dt.datetime | None
Parameters = Sequence[Scalar]


@dataclass(frozen=True)
class Between:
    """An inclusive range of a column, for a scope of several days or weeks."""

    first: dt.date | str
    last: dt.date | str


#: The rows that a write replaces: each column equals a value, lies in a list of
#: values or in a range; all conditions together. An empty mapping means all rows.
Scope = Mapping[str, Scalar | Sequence[Scalar] | Between]


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows."""

    inserted: int
    updated: int

    @property
    def changed(self) -> int:
        return self.inserted + self.updated


class Session(Protocol):
    """One open connection. Writes are atomic each; ``transaction`` joins several."""

    def query(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        """Rows of a SELECT, columns in lower case; timestamps naive in UTC."""
        ...

    def look(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        """As ``query``, for what schedules and sensors ask again and again.

        Where the warehouse costs while it answers, and tells for nothing that no table has changed
        which the statement reads, the rows of last time are given.
        """
        ...

    def execute(self, statement: str, parameters: Parameters = ()) -> None:
        """Run a statement that returns nothing of interest."""
        ...

    def make_view(self, statement: str, **names: str) -> None:
        """Make the view that ``statement`` tells of, where its maker is the project.

        ``names`` fill its holes (``sql.filled``).

        On Snowflake the administrator made it once, for grants on a view go when it is made anew.
        """
        ...

    def transaction(self, *tables: str, bulk: bool = True) -> AbstractContextManager[None]:
        """All writes inside, to the tables named, happen together or not at all.

        The names are needed beforehand: on Snowflake what a write of many rows prepares
        would otherwise commit the transaction half way. ``bulk=False``: each write inside is of
        a few rows (``snowflake.bound_rows``) or of a SELECT of other tables; nothing is prepared.
        """
        ...

    def append(self, table: str, rows: pd.DataFrame) -> int:
        """Add rows; columns of the table that ``rows`` lacks stay NULL."""
        ...

    def replace(self, table: str, rows: pd.DataFrame, scope: Scope) -> int:
        """Put ``rows`` in place of the table's rows in ``scope``, atomically."""
        ...

    def replace_from(self, table: str, statement: str, parameters: Parameters, scope: Scope) -> int:
        """As ``replace``, with the rows that a SELECT under ``sql/`` gives: every column of the
        table, in whatever order."""
        ...

    def merge(self, table: str, rows: pd.DataFrame) -> Merged:
        """Insert or update by the table's key; rows that are the same count as neither."""
        ...

    def update(self, table: str, rows: pd.DataFrame) -> int:
        """As ``merge``, but a row that is not there is left out: it needs no right to insert.

        How many rows became others.
        """
        ...

    def columns(self, table: str) -> list[str]:
        """The columns that the table has in the warehouse now."""
        ...


class Opens(Protocol):
    """Opens sessions: to write, and to read only. Short ones: read, close, compute, write."""

    def session(self, label: str = ...) -> AbstractContextManager[Session]: ...

    def reading(self, label: str = ...) -> AbstractContextManager[Session]: ...


def check_rows(table_columns: Sequence[str], rows: pd.DataFrame, table: str) -> list[str]:
    """The columns to write, in the table's order; raises ``ValueError`` for unknown ones."""
    unknown = [str(name) for name in rows.columns if name not in table_columns]
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(unknown)}")
    return [name for name in table_columns if name in rows.columns]


def unnamed_write(tables: Collection[str]) -> ValueError:
    """The error of a write inside a transaction that does not name its table."""
    return ValueError(
        f"{', '.join(sorted(tables))}: written in a transaction that does not name it"
    )


def _listed(column: str, wanted: Sequence[Any]) -> tuple[str, list[Any]]:
    """Any of some values, each a parameter of its own."""
    return f"{column} IN ({', '.join('?' * len(wanted))})", list(wanted)


def scope_condition(
    scope: Scope, any_of: Callable[[str, Sequence[Any]], tuple[str, list[Any]]] = _listed
) -> tuple[str, list[Any]]:
    """A WHERE condition and its parameters; column names were checked by the caller.

    ``any_of`` says that a column is one of some values, as the engine does it best.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for column, wanted in scope.items():
        if isinstance(wanted, Between):
            parts.append(f"{column} BETWEEN ? AND ?")
            parameters += [wanted.first, wanted.last]
        elif isinstance(wanted, Sequence) and not isinstance(wanted, str):
            part, values = any_of(column, wanted) if wanted else ("FALSE", [])
            parts.append(part)
            parameters += values
        else:
            parts.append(f"{column} = ?")
            parameters.append(wanted)
    return (" AND ".join(parts) or "TRUE"), parameters

"""What a weekly cycle leaves behind, and whether it is as after cycles that nobody stopped."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home

_ENDED = ("SUCCESS", "FAILURE", "CANCELED")
#: How often a delivery was tried is true and other after an accident; that it went out once is
#: told by its state and by the mails.
_OF_THE_WAY = frozenset({"attempts"})


@dataclass(frozen=True)
class Table:
    """The rows of a table, in no order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def only(self, columns: Sequence[str], without: frozenset[str]) -> list[tuple[str, ...]]:
        """These columns of the rows that name none of ``without``, in one order."""
        places = [self.columns.index(name) for name in columns]
        kept = [row for row in self.rows if without.isdisjoint(row)]
        return sorted(tuple(row[place] for place in places) for row in kept)


@dataclass(frozen=True)
class State:
    """Tables of the warehouse, deliveries in doubt, and what Dagster still has open."""

    tables: dict[str, Table]
    in_doubt: frozenset[str]
    """Keys of deliveries that were going out when their process died."""
    unfinished_runs: list[str]
    held_slots: list[str]

    def unlike(self, usual: Sequence["State"]) -> list[str]:
        """Tables whose rows differ, in what does not differ among usual states either.

        Moments and ids of runs are new in every cycle; logs grow with each; what was refused for
        the moment was tried once more.
        """
        if set(self.tables) != set(usual[0].tables):
            return sorted(set(self.tables) ^ set(usual[0].tables))
        steady = steady_columns(usual)
        return [
            name
            for name, columns in steady.items()
            if self.tables[name].only(columns, self.in_doubt)
            != usual[0].tables[name].only(columns, self.in_doubt)
        ]


def steady_columns(usual: Sequence[State]) -> dict[str, list[str]]:
    """The columns of each table whose values are the same after all these cycles."""
    first, *others = usual
    steady: dict[str, list[str]] = {}
    for name, table in first.tables.items():
        same = [
            column
            for column in table.columns
            if column not in _OF_THE_WAY
            and all(
                column in other.tables[name].columns
                and other.tables[name].only([column], frozenset())
                == table.only([column], frozenset())
                for other in others
            )
        ]
        if same:
            steady[name] = same
    return steady


def read_state(home: Home, *, tables: bool = True) -> State:
    """The state of a home in which nothing of ours runs any more."""
    index = home.dagster / "history" / "runs" / "index.db"
    unfinished = "SELECT run_id FROM runs WHERE status NOT IN (?, ?, ?)"
    held = (
        "SELECT run_id FROM concurrency_slots WHERE run_id IS NOT NULL "
        "UNION SELECT run_id FROM pending_steps"
    )
    doubtful = "SELECT delivery_key FROM delivery WHERE state IN ('sending', 'unknown')"
    return State(
        _tables(home) if tables else {},
        frozenset(_first(home.ledger, doubtful)),
        _first(home.dagster / "history" / "runs.db", unfinished, _ENDED),
        _first(index, held),
    )


def _first(path: Path, query: str, parameters: Sequence[str] = ()) -> list[str]:
    if not path.exists():
        return []
    with sqlite3.connect(path, timeout=30) as connection:
        found = [str(row[0]) for row in connection.execute(query, parameters)]
    connection.close()
    return sorted(found)


def _tables(home: Home) -> dict[str, Table]:
    with DuckDBWarehouse(path=str(home.warehouse), wait_seconds=60).session("state") as db:
        connection: Any = db._connection
        names = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_catalog = current_database()"
        ).fetchall()
        return {name: _table(connection, name) for (name,) in names}


def _table(connection: Any, name: str) -> Table:
    answer = connection.execute(f"SELECT * FROM {name}")
    columns = tuple(str(column[0]) for column in answer.description)
    rows = (tuple(map(_text, row)) for row in answer.fetchall())
    return Table(columns, tuple(rows))


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)

"""Homes of every released version are brought up to date with their rows; tables only ever grow."""

import datetime as dt
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cs_assets.ai.configuration import load
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import SqliteStore
from resources.duckdb import prelude
from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog
from tests.versions import keep

RELEASED = sorted(keep.FOLDER.glob("*.json"))
versions = pytest.mark.parametrize("kept", RELEASED, ids=lambda path: path.stem)
_DAY = dt.date(2026, 1, 5)


def _value(kind: str, number: int) -> Any:
    """A value of a column's type, another for each row."""
    if kind.startswith("VECTOR"):
        return [float(number)] * int(re.findall(r"\d+", kind)[0])
    values = {
        "STRING": f"text {number}",
        "VARIANT": json.dumps({"row": number, "of": ["a", None]}),
        "BOOLEAN": number % 2 == 0,
        "DATE": _DAY + dt.timedelta(days=number),
        "TIMESTAMP": dt.datetime(2026, 1, 5, 12, 30, number, 250_000),
        "DOUBLE": number + 0.125,
    }
    return values.get(re.split(r"[_(]", kind)[0], number)


def _old_warehouse(path: Path, tables: dict[str, list[list[Any]]]) -> None:
    """A file as the version made it, with two rows in each table; what may be empty is, once."""
    with duckdb.connect(str(path)) as connection:
        prelude.make_schemas(connection)
        for name, columns in tables.items():
            made = ", ".join(
                f"{column} {prelude.engine_type(kind)}{' NOT NULL' * required}"
                for column, kind, required in columns
            )
            connection.execute(f"CREATE TABLE {name} ({made})")
            for number in (1, 2):
                row = [_value(kind, number) if required or number == 1 else None
                       for _, kind, required in columns]  # fmt: skip
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)


def _rows(connection: Any, name: str, columns: list[list[Any]]) -> list[tuple[Any, ...]]:
    named = ", ".join(column for column, *_ in columns)
    return sorted(connection.execute(f"SELECT {named} FROM {name}").fetchall(), key=repr)


def _form(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT table_schema || '.' || table_name, column_name, data_type, is_nullable "
            "FROM information_schema.columns WHERE table_catalog = current_database()"
        ).fetchall()
    return {(table, column): (kind, empty) for table, column, kind, empty in rows}


@versions
def test_the_warehouse_of_a_version_keeps_every_row(kept, tmp_path):
    tables = json.loads(kept.read_text())["tables"]
    old, new = tmp_path / "old.duckdb", tmp_path / "new.duckdb"
    _old_warehouse(old, tables)
    with duckdb.connect(str(old)) as connection:
        before = {name: _rows(connection, name, columns) for name, columns in tables.items()}
    for path in (old, new):
        with DuckDBWarehouse(path=str(path)).session("upgrade"):
            pass
    with duckdb.connect(str(old), read_only=True) as connection:
        after = {name: _rows(connection, name, columns) for name, columns in tables.items()}
    assert after == before
    upgraded, fresh = _form(old), _form(new)
    assert set(upgraded) == set(fresh)
    other = {
        key: (kind, fresh[key]) for key, kind in upgraded.items()
        # A column that is required now was added to rows that lack it.
        if kind[0] != fresh[key][0] or (kind[1] == "NO" and fresh[key][1] == "YES")
    }  # fmt: skip
    assert not other


@versions
def test_ledgers_of_a_version_keep_every_row(kept, tmp_path):
    ledgers = json.loads(kept.read_text())["ledgers"]
    fresh = keep.form()["ledgers"]
    for name, statements in ledgers.items():
        path = tmp_path / name
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
            before = _filled(connection)
        if name == "delivery.sqlite":
            Ledger(SqliteStore(path)).close()
        else:
            AiLedger(path, load().ceilings)
        with closing(sqlite3.connect(path)) as connection:
            for table, (columns, rows) in before.items():
                named = ", ".join(columns)
                assert connection.execute(f"SELECT {named} FROM {table}").fetchall() == rows
            found = {table: set(_columns(connection, table)) for table in _tables(connection)}
        with closing(sqlite3.connect(":memory:")) as connection:
            for statement in fresh[name]:
                connection.execute(statement)
            wanted = {table: set(_columns(connection, table)) for table in _tables(connection)}
        assert found == wanted
        assert any(rows for _, rows in before.values())


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _filled(connection: sqlite3.Connection) -> dict[str, tuple[list[str], list[Any]]]:
    """A row in each table, of the values that its own rules allow; and what is in it then."""
    for table in _tables(connection):
        rules = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", [table]
        ).fetchone()[0]
        row = []
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})"):
            one_of = re.search(rf"{column}\s+\w+[^,]*?IN \('([^']+)'", rules)
            whole = kind.upper() in ("INTEGER", "INT", "BIGINT")
            row.append(one_of[1] if one_of else 1 if whole else "2026-01-05T00:00:00")
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    return {
        table: (
            _columns(connection, table),
            connection.execute(f"SELECT * FROM {table}").fetchall(),
        )
        for table in _tables(connection)
    }


@versions
def test_tables_only_grow(kept):
    """No table and no column goes or changes its type, and none that may be empty is required."""
    now = {
        table.full_name: {c.name: (c.type, c.required) for c in table.columns}
        for table in catalog.tables().values()
    }
    for name, columns in json.loads(kept.read_text())["tables"].items():
        assert name in now, f"{name} is gone"
        for column, kind, required in columns:
            assert column in now[name], f"{name}.{column} is gone"
            kind_now, required_now = now[name][column]
            assert kind_now == kind, f"{name}.{column} was {kind}"
            assert required or not required_now, f"{name}.{column} is required now"


def test_every_released_version_is_kept():
    log = (keep.FOLDER.parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (\d\S*)", log) == [path.stem for path in reversed(RELEASED)]

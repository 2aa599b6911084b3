"""Erases from SQLite files: ledgers and the Dagster instance; no free page keeps what was there."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from cs_assets.erasure.hashes import hashed_address
from cs_assets.erasure.needles import Needles
from cs_assets.erasure.spoken import Spoken
from cs_assets.erasure.subject import Subject
from cs_assets.sqlite_files import open_to_read, transaction

_BUSY_SECONDS = 30.0
#: What is done before mentions are replaced, by table: statements that run where it is there.
#: What nobody has yet is not sent; an address that wants nothing stays known, as a hash; answers
#: of models go whole, as do those that were made from a call that goes.
_FIRST = {
    "draft": (
        "DELETE FROM draft WHERE tells(about) OR tells(draft) OR quotes(about) OR repeats(draft)",
    ),
    "delivery": (
        "UPDATE delivery SET state = 'cancelled', last_error_text = 'erased on request' "
        "WHERE state IN ('pending', 'unknown') AND (tells(recipient) OR tells(artefact_id) "
        "OR tells(subject) OR tells(audience))",
    ),
    "delivery_suppression": (
        "UPDATE delivery_suppression SET address = hashed(address) WHERE tells(address)",
    ),
    "kept_answer": (
        "DELETE FROM kept_answer WHERE tells(id) OR tells(content) "
        "OR quotes(id) OR quotes(content)",
    ),
    "answer_source": (
        "DELETE FROM answer WHERE tells(text) OR tells(evidence) OR call_key IN "
        "(SELECT call_key FROM answer_source WHERE tells(source) OR quotes(source))",
        "DELETE FROM answer_source WHERE tells(source) OR quotes(source)",
    ),
}


def scrub(path: Path, subject: Subject, calls: Spoken, *, carry_out: bool) -> int:
    """Replace mentions in every column of text, as the file stays usable; how many values.

    Rows stay: that something ran, was sent or was spent is no news of who is erased.
    """
    needles = subject.needles
    with closing(_opened(path, carry_out)) as db:
        db.create_function("tells", 1, lambda value: _tells(needles, value), deterministic=True)
        db.create_function("quotes", 1, _of_text(calls.names_one), deterministic=True)
        db.create_function("repeats", 1, _of_text(calls.repeated_in), deterministic=True)
        db.create_function("without", 1, lambda value: _without(needles, value), deterministic=True)
        db.create_function("hashed", 1, hashed_address, deterministic=True)
        columns = _columns(db)
        if not carry_out:
            return sum(
                _count(db, table, column) for table, names in columns.items() for column in names
            )
        with transaction(db):
            count = sum(
                db.execute(statement).rowcount
                for table in columns
                for statement in _FIRST.get(table, ())
            )
            for table, names in columns.items():
                for column in names:
                    count += db.execute(
                        f'UPDATE OR REPLACE "{table}" SET "{column}" = without("{column}") '  # noqa: S608
                        f'WHERE tells("{column}")'
                    ).rowcount
        if count:  # what was deleted would stay readable in free pages and in the log
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count


def _count(db: sqlite3.Connection, table: str, column: str) -> int:
    statement = f'SELECT COUNT(*) FROM "{table}" WHERE tells("{column}")'  # noqa: S608
    return int(db.execute(statement).fetchone()[0])


def _opened(path: Path, carry_out: bool) -> sqlite3.Connection:
    if carry_out:
        return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    return open_to_read(path)


def _columns(db: sqlite3.Connection) -> dict[str, list[str]]:
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        table: [row[1] for row in db.execute(f'PRAGMA table_info("{table}")').fetchall()]
        for (table,) in tables
    }


def _of_text(is_found: Callable[[str], bool]) -> Callable[[object], bool]:
    def told(value: object) -> bool:
        text = _text(value)
        return text is not None and is_found(text)

    return told


def _tells(needles: Needles, value: object) -> bool:
    text = _text(value)
    return text is not None and needles.found_in(text)


def _without(needles: Needles, value: Any) -> Any:
    text = _text(value)
    if text is None:
        return value
    replaced = needles.replaced(text)
    return replaced.encode() if isinstance(value, bytes) else replaced


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    return value if isinstance(value, str) else None

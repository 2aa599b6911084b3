"""What people opened at the desk: page, person and hour, in a file of the home.

A page draws itself anew with each touch, so an hour of it is one row. Rows go after 400 days.
"""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_assets.sqlite_files import damage_told, open_to_read, transaction

_TABLE = (
    "CREATE TABLE IF NOT EXISTS opened (person TEXT, page TEXT, about TEXT, hour TEXT,"
    " opened_at TEXT, PRIMARY KEY (person, page, about, hour))"
)
_KEPT = dt.timedelta(days=400)
#: A page does not wait longer for its turn to write.
_WAIT_SECONDS = 2.0


@dataclass(frozen=True)
class Opened:
    """One page on one day. Times are UTC, without zone."""

    person: str
    """Mail address, or the user of the machine where nobody signs in."""
    page: str
    about: str
    """Whose it was: customer, rep, call or account; empty for a page of many."""
    first_at: dt.datetime
    hours: int
    """Hours of the day in which it was open."""


def note(path: Path, person: str, page: str, about: str, at: dt.datetime) -> None:
    """Keep that the page was open in this hour; the first time of an hour stays."""
    hour = at.strftime("%Y-%m-%dT%H")
    with damage_told(path), _opened(path) as file, transaction(file):
        file.execute(_TABLE)
        row = (person, page, about, hour, at.isoformat())
        file.execute("INSERT OR IGNORE INTO opened VALUES (?, ?, ?, ?, ?)", row)
        file.execute("DELETE FROM opened WHERE hour < ?", ((at - _KEPT).strftime("%Y-%m-%dT%H"),))


def opened_between(path: Path, first: dt.date, last: dt.date) -> list[Opened]:
    """What was opened on these days, a row a day, person and page; none without the file."""
    if not path.is_file():
        return []
    with damage_told(path), contextlib.closing(open_to_read(path)) as file:
        known = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'opened'").fetchone()
        if known is None:
            return []
        rows = file.execute(
            "SELECT person, page, about, MIN(opened_at), COUNT(*) FROM opened"
            " WHERE SUBSTR(hour, 1, 10) BETWEEN ? AND ?"
            " GROUP BY person, page, about, SUBSTR(hour, 1, 10) ORDER BY 4, 1, 2, 3",
            (first.isoformat(), last.isoformat()),
        ).fetchall()
    return [
        Opened(person, page, about, dt.datetime.fromisoformat(first_at), hours)
        for person, page, about, first_at, hours in rows
    ]


def opened_rows(found: list[Opened]) -> list[dict[str, Any]]:
    """As the rows of ``audit_rows``, so that one table tells both."""
    return [
        {
            "period_start": one.first_at.date(), "report_kind": "desk",
            "artefact_id": f"{one.page} {one.about}".strip(), "recipient": one.person,
            "state": "opened", "sent_at": None, "delivered_at": None, "opened_at": one.first_at,
            "opens": one.hours, "delivery_key": None,
        }
        for one in found
    ]  # fmt: skip


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    file = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        file.execute("PRAGMA journal_mode = WAL")
        yield file
    finally:
        file.close()

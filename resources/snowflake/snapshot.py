"""The local snapshot: what commands that read answer from while Snowflake is away.

An embedded warehouse in the home with the tables that hold no words, and the few that are of use
without (``sql.snapshot``): words, addresses and workers' files withheld. It is replaced as a whole,
so that what was deleted is gone with it.
"""

import datetime as dt
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pandas as pd

import sql
from cs_assets.errors import NotCopied, Unavailable
from resources.duckdb import sessions
from resources.duckdb.sessions import lock_of
from resources.snowflake.schemas import USUAL
from resources.warehouse_port import Parameters, Session
from sql import snapshot

_log = logging.getLogger("cs_assets.home")
_WAIT_SECONDS = 10.0


def take(db: Session, path: Path) -> tuple[int, list[str]]:
    """Copy the tables of ``db`` to ``path``; the rows copied, and the tables that are too large."""
    fresh = path.with_name(f"new_{path.name}")
    for old in (fresh, lock_of(fresh)):
        old.unlink(missing_ok=True)
    rows, left_out = 0, []
    try:
        with sessions.writing(str(fresh), "snapshot", _WAIT_SECONDS) as copy:
            for table in snapshot.copied():
                found = db.query(snapshot.name_of(table))
                if len(found) > snapshot.MOST_ROWS:
                    left_out.append(table.full_name)
                    continue
                rows += copy.append(table.full_name, found)
        os.replace(fresh, path)
    finally:
        for rest in (fresh, lock_of(fresh)):
            rest.unlink(missing_ok=True)
    return rows, left_out


class SnapshotSession:
    """A session on the snapshot: it answers what it can answer wholly, and refuses the rest."""

    withholds_addresses = True

    def __init__(self, copy: Session, away: Unavailable, reader: str) -> None:
        self._copy = copy
        self._away = away
        self._reader = reader

    def query(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        """Rows of a SELECT; ``NotCopied`` where it reads what is not in the snapshot."""
        text = sql.text(statement, "snowflake").lower()
        kept = snapshot.answered_from(statement, self._reader)
        lacking = [one for one in USUAL.relations_in(text) if one not in kept]
        is_of_account = not USUAL.relations_in(text)  # who asks, what there is: nothing of rows
        if lacking or is_of_account:
            what = f" ({snapshot.lack(lacking[0])} in no local copy)" if lacking else ""
            raise NotCopied(f"{self._away}{what}")
        return self._copy.query(statement, parameters)

    def __getattr__(self, name: str) -> object:
        raise self._away  # nothing is written, and nothing shown of the account


@contextmanager
def reading(path: Path, label: str, away: Unavailable) -> Iterator[Session]:
    """A session on the snapshot at ``path``, its age told; raises ``away`` where there is none."""
    if not path.exists():
        raise away
    made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    hours = (dt.datetime.now(dt.UTC) - made).total_seconds() / 3600
    _log.warning(
        "Snowflake is away: what is shown is the local copy of %s UTC, %.1f hours old, without "
        "words, addresses and workers' files", made.strftime("%Y-%m-%d %H:%M"), hours,
    )  # fmt: skip
    with sessions.reading(str(path), label, _WAIT_SECONDS) as copy:
        yield cast(Session, SnapshotSession(copy, away, label))  # refuses what it does not have

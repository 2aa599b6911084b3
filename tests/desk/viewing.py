"""Pages looked at by somebody, as the front would have it: with its signed header."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cs_assets.answers.scope import asker
from cs_assets.desk import session
from cs_assets.desk.viewer import Viewer, signed

SECRET = bytes(range(32))


def viewer(who: str, address: str = "", minutes: float = 60) -> Viewer:
    """``who`` as the command line writes it: ``operations``, ``csm:CSM1``, ..."""
    until = session.now() + dt.timedelta(minutes=minutes)
    return Viewer(asker(who), address or f"{who.replace(':', '.')}@x.example", until)


def look_as(
    patch: pytest.MonkeyPatch, home: Path, who: str, minutes: float = 60, address: str = ""
) -> Viewer:
    """From here on pages that run in this process are looked at by ``who``, over ``home``."""
    somebody = viewer(who, address, minutes)
    patch.setenv("CS_ASSETS_HOME", str(home))
    patch.setenv(session.KEY, SECRET.hex())
    patch.setattr(session, "_token", lambda: signed(somebody, SECRET))
    return somebody


def unclear(home: Path, count: int = 3) -> list[str]:
    """Makes the first sent deliveries of a home as if their answers had been lost; their keys."""
    with closing(sqlite3.connect(home / "delivery.sqlite")) as file, file:
        rows = file.execute(
            "SELECT delivery_key FROM delivery WHERE state = 'sent' ORDER BY delivery_key LIMIT ?",
            [count],
        ).fetchall()
        file.executemany(
            "UPDATE delivery SET state = 'unknown', last_error_text = 'the answer was lost'"
            " WHERE delivery_key = ?",
            rows,
        )
    return [str(row[0]) for row in rows]

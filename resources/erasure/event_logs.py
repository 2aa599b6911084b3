"""Previews in Dagster's own event log (SQLite): they show words of calls, and nothing ends them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cs_assets.erasure.spoken import WITHDRAWN, Spoken
from cs_assets.sqlite_files import transaction

#: How an event names the text of a preview.
_PREVIEW = "md_str"
_BUSY_SECONDS = 30.0


def withdraw(folder: Path, spoken: Spoken, since: datetime) -> int:
    """Replace each preview that names such a call or has its words, in files that were written
    ``since`` (UTC); how many events lost one."""
    oldest = since.replace(tzinfo=UTC).timestamp()
    return sum(_of_file(path, spoken) for path in _files(folder) if _written(path) >= oldest)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.db")) if path.is_file())


def _written(path: Path) -> float:
    """When the file or its log was written last."""
    log = path.with_name(f"{path.name}-wal")
    return max(one.stat().st_mtime for one in (path, log) if one.exists())


def _of_file(path: Path, spoken: Spoken) -> int:
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = ON")  # no free page keeps what was there
        db.create_function("holds", 1, lambda text: without(text, spoken) != text)
        db.create_function("without", 1, lambda text: without(text, spoken))
        count = 0
        for table, column in _columns(db):
            held = f"""WHERE instr("{column}", '{_PREVIEW}') AND holds("{column}")"""
            found = f'SELECT 1 FROM "{table}" {held} LIMIT 1'  # noqa: S608
            if db.execute(found).fetchone():  # others write to these files: most need no lock
                emptied = f'UPDATE "{table}" SET "{column}" = without("{column}") {held}'  # noqa: S608
                with transaction(db):
                    count += db.execute(emptied).rowcount
        if count:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count


def _columns(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Table and column of every text."""
    return db.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
        "AND (upper(c.type) LIKE '%TEXT%' OR upper(c.type) LIKE '%CHAR%')"
    ).fetchall()


def without(text: str, spoken: Spoken) -> str:
    """An event (JSON) without such previews; the same text where it has none."""
    try:
        event = json.loads(text)
    except (TypeError, ValueError):
        return text
    return json.dumps(event) if _emptied(event, spoken) else text


def _emptied(value: Any, spoken: Spoken) -> bool:
    """Whether a preview was emptied in ``value``."""
    if isinstance(value, list):
        return sum(_emptied(one, spoken) for one in value) > 0  # in all of them
    if not isinstance(value, dict):
        return False
    shown = value.get(_PREVIEW)
    if isinstance(shown, str) and spoken.repeated_in(shown):
        value[_PREVIEW] = WITHDRAWN
        return True
    return sum(_emptied(one, spoken) for one in value.values()) > 0

"""Files of a home that quote calls which go, or name them: what people read, drafts of forms."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cs_assets.erasure.spoken import Spoken
from cs_assets.sqlite_files import damage_told, transaction
from resources.erasure.files import belonging, files_of, readable
from resources.home import Home

#: What people read. Batches and looks hold ids, no words, and end by themselves.
_FOLDERS = ("artifacts", "outbox")
#: Forms of a document that are slow to read, and have no word that its other forms have not.
_PRINTED = (".pdf", ".pptx")
_READ = (".html", ".txt", ".md", ".json")
_BUSY_SECONDS = 30.0


def documents(home: Home, spoken: Spoken, since: datetime) -> list[str]:
    """Documents written ``since`` (UTC) that quote such a call, in all their forms; paths below
    the home folder. What a killed process left of one is taken for one."""
    found: set[Path] = set()
    oldest = since.replace(tzinfo=UTC).timestamp()
    for folder in _FOLDERS:
        for path in _of_folder(home.root / folder, oldest):
            if path not in found and (
                path.name.startswith(".") or spoken.quoted_in(readable(path))
            ):
                found.update([path] if folder == "outbox" else belonging(path))
    return sorted(str(path.relative_to(home.root)) for path in found)


def _of_folder(folder: Path, oldest: float) -> Iterator[Path]:
    for path in files_of(folder):
        stem = path.name.partition(".")[0]
        is_printed = path.suffix in _PRINTED and any(
            path.with_name(f"{stem}{ending}").exists() for ending in _READ
        )
        if not is_printed and path.stat().st_mtime >= oldest:
            yield path


def drop_drafts(path: Path, spoken: Spoken) -> int:
    """Remove from the desk's file the drafts about such a call, or with its words; how many."""
    if not path.exists():
        return 0
    with (
        damage_told(path),
        closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as db,
    ):
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'draft'").fetchone():
            return 0
        gone = [
            (row,)
            for row, about, draft in db.execute("SELECT rowid, about, draft FROM draft").fetchall()
            if spoken.names_one(about) or spoken.repeated_in(draft or "")
        ]
        if gone:
            with transaction(db):
                db.executemany("DELETE FROM draft WHERE rowid = ?", gone)
            db.execute("VACUUM")  # what was deleted would stay readable in free pages
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(gone)

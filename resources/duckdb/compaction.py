"""Writes the warehouse file anew, so that nothing of what was deleted stays in it."""

import os
from pathlib import Path

from resources.duckdb.fair_lock import fair_lock
from resources.duckdb.warehouse import lock_of, settings_of_file


def compact(path: Path, wait_seconds: float) -> None:
    """Copy what the file holds into a new one and put that in its place; the old one is gone.

    A stop leaves the old file or the new one. Raises ``Unavailable`` while others have it.
    """
    import duckdb

    fresh = path.with_name(f"{path.name}.anew")
    with fair_lock(lock_of(path), label="erase", timeout=wait_seconds):
        fresh.unlink(missing_ok=True)
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(f"ATTACH '{_quoted(path)}' AS old")
            connection.execute(f"ATTACH '{_quoted(fresh)}' AS anew ({settings_of_file()})")
            connection.execute("COPY FROM DATABASE old TO anew")
            connection.execute("CHECKPOINT anew")
            connection.execute("DETACH anew")
        os.replace(fresh, path)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

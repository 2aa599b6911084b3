"""SQLite files: a transaction that ends whatever happens, and reading where nothing can be written.

A file in WAL mode is read through a second file that SQLite makes beside it. In a folder
that cannot be written, or on a full disk, that fails although the data could be read.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cs_assets.errors import CsAssetsError


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A writing transaction: all of it on the disk, or nothing, and none left open.

    IMMEDIATE: the write lock is taken, and waited for, at the start; a read transaction that
    turns into a writing one could fail at once instead.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has ended it itself when the disk is full
            connection.execute("ROLLBACK")
        raise


class DamagedFile(CsAssetsError):
    """A file of the home that its engine cannot read."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(
            f"{path} is damaged ({why}): put a copy of it back, or move it away to begin with an "
            "empty one"
        )


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """What SQLite says of a file that is none of its own becomes ``DamagedFile``."""
    if path.is_dir():
        raise DamagedFile(path, "it is a folder")
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # busy, full, closed: not the file's fault
            raise
        raise DamagedFile(path, error) from error


def open_to_read(path: Path, wait_seconds: float = 30.0) -> sqlite3.Connection:
    """A connection that cannot change the file; raises ``sqlite3.Error`` or ``OSError``.

    ``DamagedFile`` for one that is no database.
    """
    with damage_told(path):
        return _to_read(path, wait_seconds)


def _to_read(path: Path, wait_seconds: float) -> sqlite3.Connection:
    try:
        connection = _opened(path, "mode=rw", wait_seconds)
    except sqlite3.OperationalError:
        if _log_of(path).exists():  # rows that are only in the log count too
            connection = copied(path)
        else:
            connection = _opened(path, "immutable=1", wait_seconds)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _opened(path: Path, how: str, wait_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=wait_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def copied(path: Path) -> sqlite3.Connection:
    """A copy in memory of the file as it is now; what is written there is gone with it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if _log_of(path).exists():
            shutil.copyfile(_log_of(path), _log_of(copy))
        on_disk = sqlite3.connect(copy)
        try:
            memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            on_disk.backup(memory)
        finally:
            on_disk.close()
    return memory


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")

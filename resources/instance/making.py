"""The files of a new Dagster instance appear whole or not at all.

Dagster makes a file's tables one after the other. Where the process dies or the disk is full in
between, the file is there and lacks tables, and nothing ever adds them: every later command fails.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import (
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)

#: What these three storages make, below the instance's folder.
_FOLDERS = ("history", "schedules")


def make_whole(base_dir: str) -> None:
    """Make what is missing of the instance at ``base_dir`` beside it, then put it in place."""
    base = Path(base_dir)
    if all(map(_has_files, (base / name for name in _FOLDERS))):
        return
    with tempfile.TemporaryDirectory(dir=base, prefix=".new-") as folder:
        SqliteRunStorage.from_local(_runs_directory(folder)).dispose()
        SqliteEventLogStorage(_event_logs_directory(folder)).dispose()
        SqliteScheduleStorage.from_local(_schedule_directory(folder)).dispose()
        for name in _FOLDERS:
            with _unless_there():
                os.rename(Path(folder) / name, base / name)


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


@contextlib.contextmanager
def _unless_there() -> Iterator[None]:
    """Another process may have made it meanwhile; its files are as good."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise

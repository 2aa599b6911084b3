"""Files that appear whole or not at all."""

import ctypes
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> str:
    """Write ``content`` to ``path`` through a fsynced temporary file; returns its sha256.

    A reader sees the old file or the new one, never a part; mode 0600.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return hashlib.sha256(content).hexdigest()


@contextmanager
def appearing_together(folder: Path) -> Iterator[Path]:
    """A folder aside whose files are moved into ``folder`` when the block ends well.

    As ``write_atomically`` for each of them, but the disk is waited for once and not once a file.
    Nothing of a block that fails is seen.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as made:
        aside = Path(made)
        yield aside
        files = sorted(aside.iterdir())
        _wait_for_disk(aside, files)
        for one in files:
            os.replace(one, folder / one.name)
        _fsync(folder)


def write_aside(path: Path, content: bytes) -> None:
    """Write a file of ``appearing_together``; mode 0600."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _wait_for_disk(folder: Path, files: list[Path]) -> None:
    """Return when all of these files of ``folder`` are on disk."""
    if not files:
        return
    if sys.platform != "linux":
        for one in files:
            _fsync(one)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
    finally:
        os.close(handle)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

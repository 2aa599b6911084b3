"""The receipt journal: one fsynced JSON line for each answer of a provider.

It is written before the ledger's row is changed, so that an answer survives the
process even when the ledger does not learn of it. Lines are only ever added; a
line torn by a crash is closed by the next writer and skipped by readers.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from cs_assets.delivery import crash_points
from cs_assets.delivery.model import Answer, Outcome, Receipt


class Journal:
    """The file at ``path``; several processes may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, receipt: Receipt) -> None:
        """Add a receipt; returns when it is on the disk. Raises ``OSError``."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            line = _line(receipt)
            if _ends_torn(handle):
                line = b"\n" + line
            half = len(line) // 2
            _write_all(handle, line[:half])
            crash_points.reached("within_journal_line")
            _write_all(handle, line[half:])
            crash_points.reached("before_journal_fsync")
            os.fsync(handle)
            if os.fstat(handle).st_size == len(line):  # a new file: its name must last too
                _fsync_folder(self.path.parent)
        finally:
            os.close(handle)

    def receipts(self) -> Iterator[Receipt]:
        """All whole receipts, oldest first."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line in text.split(b"\n"):
            receipt = _parsed(line)
            if receipt is not None:
                yield receipt


def _line(receipt: Receipt) -> bytes:
    document = asdict(receipt)
    document["received_at"] = receipt.received_at.isoformat()
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> Receipt | None:
    try:
        document = json.loads(line)
        answer = document.pop("answer")
        answer["outcome"] = Outcome(answer["outcome"])
        document["received_at"] = dt.datetime.fromisoformat(document["received_at"])
        return Receipt(answer=Answer(**answer), **document)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _ends_torn(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]

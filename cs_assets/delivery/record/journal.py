"""The receipt journal: one fsynced JSON line for each answer of a provider.

It is written before the ledger's row is changed, so that an answer survives the
process even when the ledger does not learn of it. There is one file a month, named
by the month in which the answer came, so that no file has to be moved while another
process writes to it. A line torn by a crash is closed by the next writer and skipped by
readers. A file ends with empty lines: room that was set aside before anything is sent, so
that what was answered can be written down on a disk that has become full meanwhile.
"""

import contextlib
import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from cs_assets.delivery import crash_points
from cs_assets.delivery.model import Answer, Outcome, Receipt
from cs_assets.locked_files import lock

#: Bytes that are set aside at once, and those that must be left; a receipt has some hundred.
_ROOM = 65_536
_LEAST_ROOM = 16_384
#: How long another process may have a file; it writes a line.
_WAIT_SECONDS = 60.0


class Journal:
    """Files beside ``path``, ``receipts-2026-11.jsonl``; several processes may write to them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def file_of(self, day: dt.date) -> Path:
        """The file that receipts of that day's month are in."""
        return self._path.with_name(f"{self._path.stem}-{_month(day)}{self._path.suffix}")

    def make_room(self, day: dt.date) -> None:
        """Set room aside for the receipts of that day; raises ``OSError`` when there is none."""
        with _locked(self.file_of(day)) as handle:
            size = os.fstat(handle).st_size
            if size - _end_of_receipts(handle) < _LEAST_ROOM:
                _write_all(handle, b"\n" * _ROOM, size)
                os.fsync(handle)

    def append(self, receipt: Receipt) -> None:
        """Add a receipt; returns when it is on the disk. Raises ``OSError``."""
        with _locked(self.file_of(receipt.received_at)) as handle:
            line, end = _line(receipt), _end_of_receipts(handle)
            if end and os.pread(handle, 1, end - 1) != b"\n":
                line = b"\n" + line
            half = len(line) // 2
            _write_all(handle, line[:half], end)
            crash_points.reached("within_journal_line")
            _write_all(handle, line[half:], end + half)
            crash_points.reached("before_journal_fsync")
            os.fsync(handle)

    def receipts(self, since: dt.date = dt.date.min) -> Iterator[Receipt]:
        """All whole receipts that came on ``since`` or later, oldest first (and some older)."""
        for month, path in self._files():
            if month < _month(since):
                continue
            with contextlib.suppress(FileNotFoundError):  # dropped by another process meanwhile
                for line in path.read_bytes().rstrip(b"\n").split(b"\n"):
                    receipt = _parsed(line)
                    if receipt is not None:
                        yield receipt

    def drop(self, before: dt.date) -> None:
        """Remove files of which every receipt came in a month before that of ``before``."""
        for month, path in self._files():
            if month < _month(before):
                path.unlink(missing_ok=True)

    def _files(self) -> list[tuple[str, Path]]:
        """Months and their files, oldest first."""
        name = re.compile(
            rf"{re.escape(self._path.stem)}-(\d{{4}}-\d\d){re.escape(self._path.suffix)}"
        )
        near = self._path.parent.glob(f"{self._path.stem}-*")
        return sorted((found[1], path) for path in near if (found := name.fullmatch(path.name)))


def _month(day: dt.date) -> str:
    return day.isoformat()[:7]


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


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, made if need be with a name that lasts, for this process alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        lock(handle, path, _WAIT_SECONDS)
        if not os.fstat(handle).st_size:
            _fsync_folder(path.parent)
        yield handle
    finally:
        os.close(handle)


def _end_of_receipts(handle: int) -> int:
    """Where the next line begins: behind what is written and, if it is there, its line end."""
    size = at = os.fstat(handle).st_size
    while at:
        before = max(0, at - _ROOM)
        written = os.pread(handle, at - before, before).rstrip(b"\n")
        if written:
            return min(size, before + len(written) + 1)
        at = before
    return 0


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes, at: int) -> None:
    while data:
        written = os.pwrite(handle, data, at)
        data, at = data[written:], at + written

"""Reads a folder of answers of the Gong API, kept as files.

``calls-extensive*.json``, ``transcripts*.json`` and ``users*.json``, each also
with ``.gz``: one answer a file, or a list of answers. One bad record is set aside
as one of the API is; a file has a largest size, also once it is unpacked.
"""

import datetime as dt
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cs_assets.errors import UsageError
from resources.gong.answers import Answer, NoAnswer, read_answers
from resources.gong.pages import Page, Window, identifier, of_calls, only

_ANSWER = re.compile(r"\.json(?:\.gz)?$", re.IGNORECASE)
#: Begin of the file name, and the key of the items in an answer.
CALLS = ("calls-extensive", "calls")
TRANSCRIPTS = ("transcripts", "callTranscripts")
USERS = ("users", "users")


#: Bytes of a file, unpacked; it is held in memory.
LARGEST_FILE = 256 * 2**20
_CHUNK = 2**20
#: Calls that start elsewhere in time than this are no calls; they are set aside, not passed over.
_CENTURY = Window(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC))


class ExportReader:
    """Reads ``folder``; raises ``UsageError`` for a missing folder or a file that is no answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def calls(self, window: Window) -> Iterator[Page]:
        return self._pages(CALLS, lambda call: _may_start_in(window, call))

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        wanted = set(call_ids)
        return self._pages(CALLS, lambda call: identifier(call, "metaData", "id") in wanted)

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        return self._pages(TRANSCRIPTS, of_calls(call_ids))

    def close(self) -> None:
        """Nothing is held open between reads."""

    def users(self) -> Iterator[Page]:
        return self._pages(USERS, lambda user: True)

    def check(self) -> None:
        """Raise unless the folder is there and holds calls."""
        if not self._folder.is_dir():
            raise UsageError(
                f"the folder of Gong answers {self._folder} does not exist; "
                "name one with --gong or GONG_EXPORT_DIR, or set GONG_ACCESS_KEY"
            )
        if not files_of(self._folder, CALLS):
            raise UsageError(
                f"{self._folder} holds no calls-extensive*.json or calls-extensive*.json.gz"
            )

    def _pages(self, kind: tuple[str, str], wanted: Callable[[Any], bool]) -> Iterator[Page]:
        self.check()
        _, items = kind
        for path in files_of(self._folder, kind):
            written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).replace(tzinfo=None)
            for number, answer in enumerate(_answers(path, items)):
                origin = f"{path.name}#{number}"
                page = Page(
                    answer.records, origin, written, answer.request_id, broken=answer.broken
                )
                yield only(page, wanted)


def files_of(folder: Path, kind: tuple[str, str]) -> list[Path]:
    """The files of ``folder`` with answers of this kind, in the order they are read."""
    prefix, _ = kind
    return sorted([*folder.glob(f"{prefix}*.json"), *folder.glob(f"{prefix}*.json.gz")])


def unread(folder: Path) -> list[Path]:
    """Files of ``folder`` that look like answers and are not read, by their names."""
    read = tuple(prefix for prefix, _ in (CALLS, TRANSCRIPTS, USERS))
    found = [path for path in folder.iterdir() if _ANSWER.search(path.name)]
    kept = (".json", ".json.gz")
    return sorted(p for p in found if not (p.name.startswith(read) and p.name.endswith(kept)))


def _answers(path: Path, items: str) -> Iterator[Answer]:
    """The answers in a file; raises ``UsageError`` naming file and fault."""
    try:
        yield from read_answers(_content(path), items)
    except NoAnswer as error:
        raise UsageError(f"{path}: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error


def _content(path: Path) -> bytearray:
    """The bytes of a file, unpacked; no more of them than ``LARGEST_FILE``."""
    if not path.is_file():  # a pipe would be waited for
        raise UsageError(f"{path}: is no file")
    content = bytearray()
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            content += chunk
            if len(content) > LARGEST_FILE:
                unpacked = " once it is unpacked" if path.suffix == ".gz" else ""
                raise UsageError(
                    f"{path}: holds more than {LARGEST_FILE >> 20} MiB{unpacked}; "
                    "split it into several files of its kind"
                )
    return content


def _may_start_in(window: Window, call: Any) -> bool:
    """Whether the call starts in the window, or cannot be told to start elsewhere."""
    meta = call.get("metaData") if isinstance(call, dict) else None
    if not isinstance(meta, dict):
        return True
    said = meta.get("started")
    said = meta.get("scheduled") if said is None else said
    try:
        start = dt.datetime.fromisoformat(said) if isinstance(said, str) else None
        start = start.astimezone(dt.UTC) if start is not None and start.tzinfo else None
    except (ValueError, OverflowError):
        return True
    return start is None or not _CENTURY.holds(start) or window.holds(start)

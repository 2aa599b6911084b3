"""Reads a folder of answers of the Gong API, kept as files.

``calls-extensive*.json``, ``transcripts*.json`` and ``users*.json``, each also
with ``.gz``: one answer a file, or a list of answers.
"""

import datetime as dt
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from cs_assets.errors import UsageError
from resources.gong.pages import Page, Window, only

_ANSWER = re.compile(r"\.json(?:\.gz)?$", re.IGNORECASE)
#: Begin of the file name, and the key of the items in an answer.
CALLS = ("calls-extensive", "calls")
TRANSCRIPTS = ("transcripts", "callTranscripts")
USERS = ("users", "users")


class ExportReader:
    """Reads ``folder``; raises ``UsageError`` for a missing folder or a file that is no answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def calls(self, window: Window) -> Iterator[Page]:
        return self._pages(CALLS, lambda call: _may_start_in(window, call))

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        wanted = set(call_ids)
        return self._pages(CALLS, lambda call: _identifier(call, "metaData", "id") in wanted)

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        wanted = set(call_ids)

        def is_wanted(transcript: Any) -> bool:
            call_id = _identifier(transcript, "callId")
            return call_id is None or call_id in wanted

        return self._pages(TRANSCRIPTS, is_wanted)

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
                yield only(
                    Page(answer[items], origin, written, _text_or_none(answer.get("requestId"))),
                    wanted,
                )


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


def _answers(path: Path, items: str) -> list[dict[str, Any]]:
    """The answers in a file; raises ``UsageError`` naming file and fault."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        document = orjson.loads(content)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(
            f"{path}: line {error.lineno}, column {error.colno}: not JSON ({error.msg})"
        ) from error
    answers = document if isinstance(document, list) else [document]
    for number, answer in enumerate(answers):
        if not isinstance(answer, dict) or not isinstance(answer.get(items), list):
            raise UsageError(
                f"{path}: answer {number}: expected an object with a list '{items}', "
                "as the Gong API answers"
            )
    return answers


def _may_start_in(window: Window, call: Any) -> bool:
    """Whether the call starts in the window, or cannot be told to start elsewhere."""
    for name in ("started", "scheduled"):
        text = _identifier(call, "metaData", name)
        if text is None:
            continue
        try:
            start = dt.datetime.fromisoformat(text)
        except ValueError:
            return True
        return start.tzinfo is None or window.holds(start)
    return True


def _identifier(record: Any, *path: str) -> str | None:
    """The text or number at ``path`` as text, if it is there."""
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    if isinstance(record, str):
        return record
    return str(record) if isinstance(record, int) and not isinstance(record, bool) else None


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None

"""What a disk refused, in one line: it is full, may not be written, or is held by another process.

The same refusal comes as an ``OSError``, from SQLite, from DuckDB, and from Dagster as the text
of a failed step, each in words of its own; people are told it in one way.
"""

import os
import re
from collections.abc import Iterator

_FULL = re.compile(
    r"No space left on device|database or disk is full|Disk quota exceeded|File too large"
)
_CLOSED = re.compile(r"Read-only file system|readonly database|in read-only mode")
#: SQLite says these of a file that it cannot make or extend, and not why.
_UNCLEAR = re.compile(r"unable to open database file|disk I/O error")
_HELD = re.compile(r"database (?:table )?is locked")
_DENIED = re.compile(r"Permission denied|Operation not permitted")
#: The file that a message names: ``'…'`` as Python writes it, ``"…"`` as DuckDB does.
_NAMED = re.compile(r"""['"](/[^'"]+)['"]""")


def refusal(error: BaseException) -> str | None:
    """The line for an error, or for what caused it; None when it was no refusal of a disk."""
    for one in _with_causes(error):
        is_of_files = isinstance(one, OSError) or type(one).__module__ in ("_duckdb", "duckdb")
        if line := refusal_in(str(one), denied_too=is_of_files):
            return line
    return None


def refusal_in(text: str, *, denied_too: bool = False) -> str | None:
    """The line for a message; ``denied_too``: a denied permission is one of a file here."""
    named = _NAMED.search(text)
    where = named[1] if named else os.environ.get("CS_ASSETS_HOME", "the home folder")
    may_be_written = os.access(where, os.W_OK) or not os.path.exists(where)
    if _FULL.search(text) or (_UNCLEAR.search(text) and may_be_written):
        return f"disk full: {where}; free space and run the same command again"
    if _HELD.search(text):
        return (
            f"a file of {where} is held by another process, which may be stopped (database is "
            "locked): let it go on or end it, then run the same command again"
        )
    closed = _CLOSED.search(text) or (_DENIED.search(text) if denied_too else None)
    if closed or _UNCLEAR.search(text):
        why = closed[0] if closed else "Permission denied"
        return (
            f"{where} cannot be written ({why}): make it writable, or name another "
            "folder with --home or CS_ASSETS_HOME"
        )
    return None


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(20):  # causes may form a ring
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__

"""What of the records just read is new to the raw tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class CallChanges:
    """Rows to merge into ``gong_calls_raw``, and what they are."""

    rows: pd.DataFrame
    new: int
    changed: int
    unchanged: int
    moved: list[str]  # calls that now start on another day
    now_private: list[str]


def call_changes(read: pd.DataFrame, known: pd.DataFrame) -> CallChanges:
    """Compare calls read with ``known`` (call_id, call_date, content_hash, is_private, is_deleted).

    A row counts as changed when its content differs, it starts on another day, or
    it had been taken for deleted.
    """
    if read.empty:
        return CallChanges(read, 0, 0, 0, [], [])
    before = {
        row.call_id: (row.call_date, row.content_hash, bool(row.is_private), bool(row.is_deleted))
        for row in known.itertuples(index=False)
    }
    kept: list[bool] = []
    new = changed = 0
    moved: list[str] = []
    now_private: list[str] = []
    for row in read.itertuples(index=False):
        old = before.get(str(row.call_id))
        if old is None:
            new += 1
            kept.append(True)
            continue
        day, content_hash, was_private, was_deleted = old
        differs = day != row.call_date or content_hash != row.content_hash or was_deleted
        changed += differs
        kept.append(bool(differs))
        if day != row.call_date:
            moved.append(str(row.call_id))
        if row.is_private and not was_private:
            now_private.append(str(row.call_id))
    return CallChanges(read[kept], new, changed, len(read) - new - changed, moved, now_private)


def transcript_changes(read: pd.DataFrame, known: Mapping[str, str | None]) -> pd.DataFrame:
    """The transcripts whose content differs from ``known`` hashes by call."""
    if read.empty:
        return read
    return read[
        [known.get(str(i)) != h for i, h in zip(read.call_id, read.content_hash, strict=True)]
    ]

"""What of the calls just read is new to the raw table."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class KnownCall(NamedTuple):
    """A call as it is stored."""

    call_date: dt.date
    started: dt.datetime
    content_hash: str
    is_private: bool
    is_deleted: bool
    fetched_at: dt.datetime | None = None
    """When what is stored came from Gong."""


@dataclass
class CallChanges:
    """Rows to store, and the calls among them that ask for more than storing."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    """Calls that now start on another day."""
    now_private: list[str] = field(default_factory=list)


def call_changes(read: Iterable[Mapping[str, Any]], known: Mapping[str, KnownCall]) -> CallChanges:
    """Compare calls read with what is ``known``.

    A call has changed when its content differs, it starts on another day, or it had
    been taken for vanished.
    """
    changes = CallChanges()
    for row in read:
        call_id, old = row["call_id"], known.get(row["call_id"])
        if old is None:
            changes.new.append(call_id)
            changes.rows.append(dict(row))
            continue
        moved = old.call_date != row["call_date"]
        if not moved and old.content_hash == row["content_hash"] and not old.is_deleted:
            continue
        changes.changed.append(call_id)
        changes.rows.append(dict(row))
        if moved:
            changes.moved.append(call_id)
        if row["is_private"] and not old.is_private:
            changes.now_private.append(call_id)
    return changes

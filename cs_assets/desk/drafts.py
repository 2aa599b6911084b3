"""Forms that somebody has begun to fill in: a connection that breaks loses nothing.

In a file of the home, beside the warehouse and not in it: a draft must not wait for its turn. Where
the desk runs inside Snowflake there is no home, and drafts are rows of ``ops.desk_drafts``.
"""

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import pandas as pd

from cs_assets.errors import UsageError
from cs_assets.sqlite_files import damage_told, transaction

Kind = Literal[
    "action", "routing", "dispute", "dispute_decision", "label", "delivery", "resend", "review"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

_LONGEST = 20_000
_WAIT_SECONDS = 10.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS draft (owner TEXT, kind TEXT, about TEXT, draft TEXT,"
    " kept_at TEXT, PRIMARY KEY (owner, kind, about))"
)


@dataclass(frozen=True)
class Form:
    """A form as somebody has it before them.

    ``form_id`` makes sending it twice the same as once. ``seen_at``: when what it is about was
    looked at, UTC; what others decide later is told when it is sent.
    """

    form_id: str
    seen_at: dt.datetime
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def new(cls, seen_at: dt.datetime) -> "Form":
        return cls(uuid.uuid4().hex, seen_at)

    def part(self, about: str) -> "Form":
        """The form of one thing of several that are decided together; the same for the same.

        What is written is kept with the whole.
        """
        told = hashlib.sha256(f"{self.form_id} {about}".encode()).hexdigest()
        return Form(told[:32], self.seen_at)

    def as_json(self) -> str:
        """For a draft; raises ``UsageError`` for one that is too long to be kept."""
        text = json.dumps(
            {
                "form_id": self.form_id,
                "seen_at": self.seen_at.isoformat(),
                "fields": dict(self.fields),
            },
            default=str,
        )
        if len(text) > _LONGEST:
            raise UsageError(f"the form has {len(text)} letters, {_LONGEST} are the most")
        return text

    @classmethod
    def of(cls, text: str) -> "Form":
        said = json.loads(text)
        return cls(said["form_id"], dt.datetime.fromisoformat(said["seen_at"]), said["fields"])


class Drafts(Protocol):
    """Where drafts are kept: one for each person, kind and thing."""

    def keep(self, owner: str, kind: Kind, about: str, form: Form, at: dt.datetime) -> None: ...

    def find(self, owner: str, kind: Kind, about: str) -> Form | None: ...

    def drop(self, owner: str, kind: Kind, about: str, at: dt.datetime) -> None: ...


class FileDrafts:
    """In a SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, owner: str, kind: Kind, about: str, form: Form, at: dt.datetime) -> None:
        row = (owner, kind, about, form.as_json(), at.isoformat())
        with self._opened() as file, transaction(file):
            file.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)", row)

    def find(self, owner: str, kind: Kind, about: str) -> Form | None:
        with self._opened() as file:
            row = file.execute(
                "SELECT draft FROM draft WHERE owner = ? AND kind = ? AND about = ?",
                (owner, kind, about),
            ).fetchone()
        return Form.of(row[0]) if row else None

    def drop(self, owner: str, kind: Kind, about: str, at: dt.datetime) -> None:
        with self._opened() as file, transaction(file):
            file.execute(
                "DELETE FROM draft WHERE owner = ? AND kind = ? AND about = ?",
                (owner, kind, about),
            )

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with damage_told(self._path):
            file = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)
            try:
                file.execute("PRAGMA journal_mode = WAL")
                file.execute(_TABLE)
                yield file
            finally:
                file.close()


class TableDrafts:
    """In ``ops.desk_drafts``; ``opened`` opens a session that may write."""

    _NAME = "ops.desk_drafts"

    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def keep(self, owner: str, kind: Kind, about: str, form: Form, at: dt.datetime) -> None:
        self._put(owner, kind, about, form.as_json(), at)

    def find(self, owner: str, kind: Kind, about: str) -> Form | None:
        with self._opened() as db:
            rows = db.query("desk/draft_of", [owner, kind, about])
        return None if rows.empty else Form.of(rows["draft"].iloc[0])

    def drop(self, owner: str, kind: Kind, about: str, at: dt.datetime) -> None:
        self._put(owner, kind, about, None, at)

    def _put(self, owner: str, kind: Kind, about: str, draft: str | None, at: dt.datetime) -> None:
        row = {"owner": owner, "kind": kind, "about": about, "draft": draft, "kept_at": at}
        with self._opened() as db:
            db.merge(self._NAME, pd.DataFrame([row]))

"""Answers of Gong that wait in the home while the warehouse is away: read, not yet stored.

What is kept is what would have been stored: rows as they were read, of a private call no more than
that it was there. Of each call, transcript and user the newest is kept, so that an hour of reads
of the same days takes the room of one. What was stored is deleted, and overwritten in the file.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from cs_assets.disk import refusal
from cs_assets.errors import CsAssetsError
from cs_assets.gong.dead_letters import names
from cs_assets.gong.parse_pages import DeadLetter, Intake
from cs_assets.gong.parse_records import says_private
from cs_assets.sqlite_files import damage_told, transaction

#: Bytes of the file: months of an ordinary company, and no more of a disk than a large file.
MOST_BYTES = 512 * 2**20
#: What is older is forgotten: the nightly read asks Gong for five weeks again.
_KEPT_FOR = dt.timedelta(days=14)
_AT_ONCE = 500
_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept_answer (
    kind TEXT NOT NULL, id TEXT NOT NULL, day TEXT, fetched_at TEXT NOT NULL,
    call_hash TEXT, first_at TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (kind, id)
)
"""
#: The newest counts; of what is the same since, when it was first met stays.
_KEEP = """
INSERT INTO kept_answer (kind, id, day, fetched_at, call_hash, first_at, content)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET
    day = excluded.day, fetched_at = excluded.fetched_at, call_hash = excluded.call_hash,
    content = excluded.content
WHERE excluded.fetched_at >= kept_answer.fetched_at
"""
_DATES = ("call_date",)
_MOMENTS = ("started", "fetched_at", "seen_at")


class Key(NamedTuple):
    """One kept answer: what was kept later under the same kind and id is another."""

    kind: str
    id: str
    fetched_at: str


class KeptTranscript(NamedTuple):
    """A transcript and the call that it was asked for, as that was then; no row: there was none."""

    key: Key
    call_hash: str
    row: dict[str, Any] | None
    first_at: dt.datetime


class KeptAnswers:
    """The file at ``path``, made when there is something to keep; safe for processes."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes

    def keep_calls(self, intake: Intake) -> None:
        """Calls and letters; the words of a call that is private by now go."""
        with self._writing() as db:
            for row in intake.unique("call_id"):
                self._put(db, "call", row["call_id"], row, day=row["call_date"])
            hidden = {row["call_id"] for row in intake.rows if row["is_private"]}
            hidden |= {one.call_id for one in intake.dead if one.call_id and says_private(one.raw)}
            self._forget_words(db, hidden)
            self._put_letters(db, intake)

    def keep_transcripts(self, intake: Intake, asked: Mapping[str, tuple[dt.date, str]]) -> None:
        """Transcripts of the calls ``asked`` for (day and content hash by id), and letters."""
        with self._writing() as db:
            for row in intake.unique("call_id"):
                if row["call_id"] in asked:
                    day, call_hash = asked[row["call_id"]]
                    self._put(db, "transcript", row["call_id"], row, day=day, call_hash=call_hash)
                    db.execute(
                        "DELETE FROM kept_answer WHERE kind = 'no transcript' AND id = ?",
                        [row["call_id"]],
                    )
            self._put_letters(db, intake)

    def keep_missing(
        self, asked: Mapping[str, tuple[dt.date, str]], missing: Iterable[str], now: dt.datetime
    ) -> None:
        """That there was no transcript yet of these calls."""
        with self._writing() as db:
            for call_id in missing:
                day, call_hash = asked[call_id]
                row = {"call_id": call_id, "fetched_at": now}
                self._put(db, "no transcript", call_id, row, day=day, call_hash=call_hash)

    def keep_users(self, intake: Intake) -> None:
        """All users, in place of those kept before: Gong gives them as a whole."""
        with self._writing() as db:
            db.execute("DELETE FROM kept_answer WHERE kind = 'user'")
            for row in intake.unique("user_id"):
                self._put(db, "user", row["user_id"], row)
            self._put_letters(db, intake)

    def calls(self, first: dt.date, last: dt.date) -> Iterator[tuple[Intake, list[Key]]]:
        """Calls of these days, some at a time in their order, and every letter with the first."""
        where = "kind = 'call' AND day BETWEEN ? AND ? ORDER BY day, id"
        rows = self._read(where, [first.isoformat(), last.isoformat()])
        letters = self._read("kind = 'letter' ORDER BY id", [])
        for start in range(0, max(len(rows), 1), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            dead = [] if start else letters
            if part or dead:
                yield (
                    Intake(
                        [_read_row(row["content"]) for row in part],
                        [DeadLetter(**_read_row(row["content"])) for row in dead],
                    ),
                    [_key(row) for row in (*part, *dead)],
                )

    def transcripts(self, first: dt.date, last: dt.date) -> list[KeptTranscript]:
        """What was answered for the transcripts of calls of these days."""
        where = "kind IN ('transcript', 'no transcript') AND day BETWEEN ? AND ? ORDER BY id"
        return [
            KeptTranscript(
                _key(row),
                row["call_hash"],
                _read_row(row["content"]) if row["kind"] == "transcript" else None,
                dt.datetime.fromisoformat(row["first_at"]),
            )
            for row in self._read(where, [first.isoformat(), last.isoformat()])
        ]

    def users(self) -> tuple[Intake, list[Key]]:
        """The users that were kept."""
        rows = self._read("kind = 'user' ORDER BY id", [])
        return Intake([_read_row(row["content"]) for row in rows]), [_key(row) for row in rows]

    def transcribed(self) -> dict[str, str]:
        """By call whose transcript is kept: the content hash that the call had then."""
        return {row["id"]: row["call_hash"] for row in self._read("kind = 'transcript'", [])}

    def counts(self) -> dict[str, int]:
        """How many wait, by kind."""
        found: dict[str, int] = {}
        for row in self._read("TRUE", [], "kind, COUNT(*) AS n", " GROUP BY kind ORDER BY kind"):
            found[row["kind"]] = row["n"]
        return found

    def oldest(self) -> dt.datetime | None:
        """When the first of what waits was read, UTC."""
        row = next(iter(self._read("TRUE", [], "MIN(first_at) AS oldest")), None)
        return dt.datetime.fromisoformat(row["oldest"]) if row and row["oldest"] else None

    def forget(self, keys: Sequence[Key]) -> None:
        """Delete what was stored; what was kept meanwhile under the same id stays."""
        if not keys:
            return
        with self._writing(checked=False) as db:
            db.executemany(
                "DELETE FROM kept_answer WHERE kind = ? AND id = ? AND fetched_at = ?", keys
            )

    @staticmethod
    def _forget_words(db: sqlite3.Connection, call_ids: set[str]) -> None:
        """Delete transcripts of these calls, and letters that are of one or name one."""
        if not call_ids:
            return
        db.executemany(
            "DELETE FROM kept_answer WHERE kind IN ('transcript', 'no transcript') AND id = ?",
            [(call_id,) for call_id in call_ids],
        )
        letters = db.execute("SELECT id, content FROM kept_answer WHERE kind = 'letter'")
        named = [
            (row["id"],)
            for row in letters.fetchall()
            if any(names(row["content"], call_id) for call_id in call_ids)
        ]
        db.executemany("DELETE FROM kept_answer WHERE kind = 'letter' AND id = ?", named)

    def _put_letters(self, db: sqlite3.Connection, intake: Intake) -> None:
        for letter in intake.dead:
            row = asdict(letter) | {"fetched_at": letter.seen_at}
            self._put(db, "letter", letter.dead_letter_id, row, without=("fetched_at",))

    @staticmethod
    def _put(
        db: sqlite3.Connection, kind: str, identity: str, row: Mapping[str, Any], *,
        day: dt.date | None = None, call_hash: str | None = None, without: Sequence[str] = (),
    ) -> None:  # fmt: skip
        at = row["fetched_at"].isoformat()
        content = {name: value for name, value in row.items() if name not in without}
        text = json.dumps(content, default=_as_text, ensure_ascii=False)
        on = day.isoformat() if day else None
        db.execute(_KEEP, [kind, identity, on, at, call_hash, at, text])

    def _read(
        self, where: str, parameters: Sequence[Any], what: str = "*", then: str = ""
    ) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        with damage_told(self._path), closing(self._opened()) as db:
            statement = f"SELECT {what} FROM kept_answer WHERE {where}{then}"  # noqa: S608 - ours
            return db.execute(statement, parameters).fetchall()

    @contextmanager
    def _writing(self, *, checked: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; what is too old goes first."""
        try:
            with damage_told(self._path), closing(self._opened()) as db, transaction(db):
                oldest = (dt.datetime.now(dt.UTC).replace(tzinfo=None) - _KEPT_FOR).isoformat()
                db.execute("DELETE FROM kept_answer WHERE fetched_at < ?", [oldest])
                yield db
                if checked and (size := _bytes(db)) > self._most_bytes:
                    raise CsAssetsError(
                        f"{self._path} would hold {size >> 20} MiB of answers of Gong, more than "
                        f"{self._most_bytes >> 20}: these are not kept; they are read again when "
                        "Snowflake answers"
                    )
        except sqlite3.Error as error:
            raise CsAssetsError(
                refusal(error) or f"{self._path} cannot be written ({error})"
            ) from error

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA auto_vacuum = FULL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what was stored does not stay in free pages
        db.execute(_SCHEMA)
        return db


def _as_text(moment: dt.date) -> str:
    return moment.isoformat()


def _key(row: sqlite3.Row) -> Key:
    return Key(row["kind"], row["id"], row["fetched_at"])


def _bytes(db: sqlite3.Connection) -> int:
    """Of what is in the file, free pages apart."""
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _read_row(content: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(content)
    for name in _DATES:
        if row.get(name):
            row[name] = dt.date.fromisoformat(row[name])
    for name in _MOMENTS:
        if row.get(name):
            row[name] = dt.datetime.fromisoformat(row[name])
    return row

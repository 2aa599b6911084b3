"""Brings transcripts in: of calls that have none yet, or that changed since they were asked.

A transcript comes when Gong has made it, sooner or later than its call. What is not
there yet is written down as pending and asked for at the next run; nothing waits.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from cs_assets.gong.dead_letters import bury, resolve
from cs_assets.gong.parse_pages import Intake
from cs_assets.gong.tables import Tables, rows_of

#: Calls asked for before what is missing of them is written down; 100 of them go in a request.
_ASKED_AT_ONCE = 20_000

#: Rows up to which a transaction is not prepared for many.
_FEW = 40
_WORD_TABLES = ("gong.gong_call_transcripts_raw", "gong.gong_pending_transcripts")


class Wanted(NamedTuple):
    """A call whose transcript is asked for, and what is known of it."""

    call_id: str
    call_date: dt.date
    call_hash: str
    transcript_hash: str | None
    attempts: int
    first_seen_at: dt.datetime | None
    asked_at: dt.datetime | None = None
    """When it was last written down that there is none."""


@dataclass
class TranscriptsRead:
    """What one read of a stretch of days came to."""

    wanted: dict[str, Wanted]
    with_letters: set[str] = field(default_factory=set)
    """Calls of whose transcripts a letter waits."""
    made_of: dict[str, tuple[dt.date, str]] = field(default_factory=dict)
    """By call: its day, and what its sentences are made of now."""
    words_from: dict[dt.date, str | None] = field(default_factory=dict)
    """By day: a hash of what its sentences were staged from."""
    transcribed_before: int = 0
    received: int = 0
    changed: int = 0
    pending: int = 0
    dead: int = 0
    requests: int = 0


def begin(db: Tables, first: dt.date, last: dt.date, *, reread: bool) -> TranscriptsRead:
    """What to ask for; with ``reread`` all of it again. Purges what may not be kept."""
    rows = rows_of(db.look("gong/known_transcripts", [first, last]))
    kept = [row for row in rows if row["transcript_hash"] is not None]
    if any(row["is_misplaced"] or not row["may_have_words"] for row in kept):
        with db.transaction("gong.gong_call_transcripts_raw", bulk=False):
            db.execute("gong/align_transcript_days", [first, last])
            db.execute("gong/drop_private_transcripts", [first, last])
    readable = [row for row in rows if row["may_have_words"]]
    wanted = {
        row["call_id"]: Wanted(
            row["call_id"],
            row["call_date"].date(),
            row["call_hash"],
            row["transcript_hash"],
            int(row["attempts"] or 0),
            row["first_seen_at"],
            row["asked_at"],
        )
        for row in readable
        if reread or row["transcript_hash"] is None or row["asked_with"] != row["call_hash"]
    }
    return TranscriptsRead(
        wanted,
        with_letters={row["call_id"] for row in rows if row["has_letter"]},
        made_of={row["call_id"]: _made_of(row) for row in rows},
        words_from={row["call_date"].date(): row["words_from"] for row in rows},
        transcribed_before=len(readable) - len(wanted),
    )


def _same_day(moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is not None and moment.date() == now.date()


def _made_of(row: Mapping[str, Any]) -> tuple[dt.date, str]:
    words = row["transcript_hash"] if row["may_have_words"] else None
    return row["call_date"].date(), f"{row['call_hash']} {words}"


def portions(read: TranscriptsRead) -> Iterator[list[str]]:
    """The ids to ask for, a portion at a time."""
    ids = list(read.wanted)
    for first in range(0, len(ids), _ASKED_AT_ONCE):
        yield ids[first : first + _ASKED_AT_ONCE]


def store(db: Tables, read: TranscriptsRead, intake: Intake, now: dt.datetime) -> set[str]:
    """Store a bundle of pages; the calls that were answered, readable or not."""
    rows = [row for row in intake.unique("call_id") if row["call_id"] in read.wanted]
    changed: list[dict[str, Any]] = []
    same: list[dict[str, Any]] = []
    for row in rows:
        wanted = read.wanted[row["call_id"]]
        if row["content_hash"] == wanted.transcript_hash:
            same.append({"call_id": wanted.call_id, "call_hash": wanted.call_hash})
        else:
            known = {"call_date": wanted.call_date, "call_hash": wanted.call_hash}
            changed.append({**row, **known})
    ids = [row["call_id"] for row in rows]
    few = len(rows) + len(intake.dead) <= _FEW
    with db.transaction(*_WORD_TABLES, "gong.gong_dead_letters", bulk=not few):
        if changed:
            _put(db, read, pd.DataFrame(changed))
        if same:
            db.merge("gong.gong_call_transcripts_raw", pd.DataFrame(same))
        if any(read.wanted[call_id].attempts for call_id in ids):
            db.replace("gong.gong_pending_transcripts", pd.DataFrame(), {"call_id": ids})
        read.dead += bury(db, intake)
        if intake.dead or read.with_letters.intersection(ids):
            resolve(db, "transcript", ids, now)
    for row in changed:
        made_of = f"{row['call_hash']} {row['content_hash']}"
        read.made_of[row["call_id"]] = (row["call_date"], made_of)
    read.received += len(rows)
    read.changed += len(changed)
    read.requests += intake.pages
    return set(ids) | {letter.call_id for letter in intake.dead if letter.call_id is not None}


def _put(db: Tables, read: TranscriptsRead, frame: pd.DataFrame) -> None:
    """First transcripts are merged, for hardly ever is one there; later ones are replaced."""
    is_first = frame["call_id"].map(lambda one: read.wanted[one].transcript_hash is None)
    db.merge("gong.gong_call_transcripts_raw", frame[is_first])
    if len(later := frame[~is_first]):
        scope = {"call_id": list(later.call_id)}
        db.replace("gong.gong_call_transcripts_raw", later, scope)


def note_missing(
    db: Tables, read: TranscriptsRead, call_ids: Sequence[str], now: dt.datetime
) -> None:
    """Write down the calls that were asked for and not answered, each once a day: that tells those
    that wait for long, and a run with nothing new writes nothing."""
    rows = []
    kept = []
    waiting = 0
    for call_id in call_ids:
        wanted = read.wanted[call_id]
        if wanted.transcript_hash is not None:  # there is one; the changed call brought no other
            kept.append({"call_id": call_id, "call_hash": wanted.call_hash})
            continue
        waiting += 1
        if _same_day(wanted.asked_at, now):
            continue
        rows.append(
            {
                "call_id": call_id,
                "call_date": wanted.call_date,
                "attempts": wanted.attempts + 1,
                "first_seen_at": wanted.first_seen_at or now,
                "asked_at": now,
            }
        )
    if rows or kept:
        with db.transaction(*_WORD_TABLES, bulk=len(rows) + len(kept) > _FEW):
            if rows:
                db.merge("gong.gong_pending_transcripts", pd.DataFrame(rows))
            if kept:
                db.merge("gong.gong_call_transcripts_raw", pd.DataFrame(kept))
    read.pending += waiting

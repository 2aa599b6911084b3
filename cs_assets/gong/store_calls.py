"""Brings calls into the raw table, page by page, so that a stop anywhere loses nothing.

Each bundle of pages is stored in one transaction with the mark from which reading
goes on. A day counts as read only when all its pages are stored.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cs_assets.erasure.kept_out import Barred
from cs_assets.gong.changes import CallChanges, KnownCall, call_changes
from cs_assets.gong.dead_letters import bury, resolve
from cs_assets.gong.parse_pages import Intake
from cs_assets.gong.parse_records import says_private, sha256
from cs_assets.gong.purging import bury_vanished, is_believable, purge, purged_tables
from cs_assets.gong.tables import Tables, rows_of

#: A call may have moved by this much since it was stored and still be found by its old day.
_MOVES_AT_MOST = dt.timedelta(days=31)


@dataclass
class CallsRead:
    """One read of a stretch of days: what was known before, and what came."""

    first: dt.date
    last: dt.date
    run_id: str
    began: dt.datetime
    known: dict[str, KnownCall]
    resume_from: dt.datetime | None
    read_before: dict[dt.date, dt.datetime]
    seen: set[str] = field(default_factory=set)
    new: int = 0
    changed: int = 0
    dead: int = 0
    unnamed_dead: int = 0
    requests: int = 0
    purged: int = 0
    vanished: int = 0
    not_believed: int = 0
    dead_ids: set[str] = field(default_factory=set)
    """Calls that Gong has, in a form that cannot be read: what is stored of them stays."""
    dead_days: dict[str, tuple[str | None, dt.date]] = field(default_factory=dict)
    """By letter of a call: the call, if legible, and its day."""
    barred: Barred = field(default_factory=lambda: Barred((), frozenset()))
    """What was erased on request and stays out."""
    in_order: bool = True
    latest: dt.datetime | None = None


def begin(db: Tables, first: dt.date, last: dt.date, run_id: str, now: dt.datetime) -> CallsRead:
    """Load what is known of the stretch."""
    known = {
        row["call_id"]: KnownCall(
            row["call_date"].date(),
            row["started"],
            row["content_hash"],
            bool(row["is_private"]),
            bool(row["is_deleted"]),
        )
        for row in rows_of(
            db.query("gong/known_calls", [first - _MOVES_AT_MOST, last + _MOVES_AT_MOST])
        )
    }
    marks = rows_of(db.query("gong/progress", [first, last]))
    day_before = first - dt.timedelta(days=1)
    read_before = {
        row["call_date"].date(): row["read_at"]
        for row in rows_of(db.query("gong/read_days", [day_before, last]))
    }
    mark = marks[0]["resume_from"] if marks else None
    resume_from = mark if _is_credible(mark, first, last, known) else None
    read = CallsRead(first, last, run_id, now, known, resume_from, read_before)
    read.barred = Barred.read(db)
    if resume_from is not None:  # what the run that was cut short could not read is known too
        for row in rows_of(db.query("gong/open_letters_of_days", [first, last])):
            _note_dead(read, row["dead_letter_id"], row["call_id"], row["call_date"].date())
    return read


def _is_credible(
    mark: dt.datetime | None, first: dt.date, last: dt.date, known: Mapping[str, KnownCall]
) -> bool:
    """A mark is the start of a call of the stretch that is stored; any other would leave a gap."""
    return mark is not None and any(
        call.started == mark and first <= call.call_date <= last for call in known.values()
    )


def store(db: Tables, read: CallsRead, intake: Intake, *, keep_progress: bool = True) -> None:
    """Store a bundle of pages and how far reading has come, in one transaction."""
    rows = [row for row in intake.unique("call_id") if not read.barred.bars(row)]
    changes = call_changes(rows, read.known)
    hidden = _hidden(read, intake)
    changes.now_private += [row["call_id"] for row in hidden]
    with db.transaction(*_written(changes)):
        if hidden:
            db.merge("gong.gong_calls_raw", pd.DataFrame(hidden))
        if changes.rows:
            frame = pd.DataFrame(changes.rows).assign(is_deleted=False)
            db.replace("gong.gong_calls_raw", frame, {"call_id": list(frame.call_id)})
        unstage(db, changes.moved)
        read.purged += purge(db, changes.now_private, "private", read.began, read.run_id)
        day_of = {row["call_id"]: row["call_date"] for row in changes.rows}
        _note_first_seen(db, read, day_of, changes.new)
        read.dead += bury(db, intake)
        resolve(db, "call", [row["call_id"] for row in rows], read.began)
        if keep_progress:
            _note_progress(db, read, rows)
    read.new += len(changes.new)
    read.changed += len(changes.changed)
    read.requests += intake.pages
    for row in rows:
        read.seen.add(row["call_id"])
        read.known[row["call_id"]] = KnownCall(
            row["call_date"], row["started"], row["content_hash"], row["is_private"], False
        )
    for letter in intake.dead:
        read.unnamed_dead += letter.call_id is None
        _note_dead(read, letter.dead_letter_id, letter.call_id, letter.call_date)
    for row in hidden:
        read.known[row["call_id"]] = read.known[row["call_id"]]._replace(is_private=True)


def _note_dead(
    read: CallsRead, letter_id: str, call_id: str | None, call_date: dt.date | None
) -> None:
    if call_id is not None:
        read.dead_ids.add(call_id)
    if call_date is not None:
        read.dead_days[letter_id] = (call_id, call_date)


def _hidden(read: CallsRead, intake: Intake) -> list[dict[str, Any]]:
    """Stored calls that are private now, by a record that cannot be read otherwise."""
    found: dict[str, dict[str, Any]] = {}
    for letter in intake.dead:
        old = read.known.get(letter.call_id or "")
        if old is not None and not (old.is_private or old.is_deleted) and says_private(letter.raw):
            found[str(letter.call_id)] = {
                "call_id": letter.call_id,
                "payload": letter.raw,
                "content_hash": sha256(letter.raw),
                "is_private": True,
            }
    return list(found.values())


def missed(read: CallsRead) -> list[str]:
    """Stored calls of the stretch that this read did not meet: they may have vanished."""
    return sorted(
        call_id
        for call_id, call in read.known.items()
        if read.first <= call.call_date <= read.last
        and not call.is_deleted
        and call_id not in read.seen
        and call_id not in read.dead_ids
        and not _read_earlier(read, call)
    )


def finish(db: Tables, read: CallsRead, gone: Iterable[str]) -> None:
    """The stretch is read as a whole: bury what is ``gone``, and say so of every day."""
    ids = list(gone)
    stored = sum(
        read.first <= call.call_date <= read.last and not call.is_deleted
        for call in read.known.values()
    )
    scope = {"first_day": read.first, "last_day": read.last}
    written = ["gong.gong_calls_raw", "gong.gong_day_reads", "gong.gong_progress"]
    with db.transaction(*written, *(purged_tables() if ids else [])):
        if is_believable(len(ids), stored):
            read.vanished = bury_vanished(db, ids, read.began, read.run_id)
            read.purged += read.vanished
        else:
            read.not_believed = len(ids)
        db.merge("gong.gong_day_reads", _days_read(read))
        db.replace("gong.gong_progress", pd.DataFrame(), scope)


#: The tables that staging fills from the raw ones.
STAGED = (
    "gong.gong_call_parties",
    "gong.gong_call_crm_objects",
    "gong.gong_call_headers",
    "gong.gong_call_links",
    "gong.stg_gong_calls",
    "gong.stg_gong_call_participants",
    "gong.stg_gong_call_topics",
    "gong.stg_gong_call_transcripts",
)


def _written(changes: CallChanges) -> list[str]:
    """The tables that storing these changes writes to."""
    tables = ["gong.gong_calls_raw", "gong.gong_call_freshness", "gong.gong_dead_letters"]
    if changes.moved:
        tables += STAGED
    if changes.now_private:
        tables += purged_tables()
    return [*tables, "gong.gong_progress"]


def unstage(db: Tables, call_ids: list[str]) -> None:
    """Remove calls from the staged tables, where they lie under a day no longer theirs."""
    if not call_ids:
        return
    for table in STAGED:
        db.replace(table, pd.DataFrame(), {"call_id": call_ids})


def _note_first_seen(
    db: Tables, read: CallsRead, day_of: Mapping[str, dt.date], new: list[str]
) -> None:
    """Remember when a call was first met, and when its day was read before without it."""
    if not new:
        return
    days = [day_of[call_id] for call_id in new]
    one = dt.timedelta(days=1)
    before = {day: read.read_before.get(day) or read.read_before.get(day - one) for day in days}
    frame = pd.DataFrame(
        {
            "call_id": new,
            "call_date": days,
            "previous_read_at": pd.to_datetime(pd.Series([before[day] for day in days])),
            "first_seen_at": read.began,
        }
    )
    db.replace("gong.gong_call_freshness", frame, {"call_id": new})


def _note_progress(db: Tables, read: CallsRead, rows: list[dict[str, object]]) -> None:
    """Reading may go on from the last call stored, as long as calls come oldest first."""
    for row in rows:
        started = row["started"]
        assert isinstance(started, dt.datetime)
        if read.latest is not None and started < read.latest:
            read.in_order = False
        read.latest = max(started, read.latest or started)
    if read.latest is None or not read.in_order:
        return
    mark = {
        "first_day": read.first,
        "last_day": read.last,
        "resume_from": read.latest,
        "saved_at": read.began,
    }
    scope = {"first_day": read.first, "last_day": read.last}
    db.replace("gong.gong_progress", pd.DataFrame([mark]), scope)


def _days_read(read: CallsRead) -> pd.DataFrame:
    """A row for every day of the stretch: how many calls Gong has for it, readable or not."""
    stored = {call_id: call for call_id, call in read.known.items() if not call.is_deleted}
    met = Counter(
        call.call_date
        for call_id, call in stored.items()
        if call_id in read.seen or call_id in read.dead_ids or _read_earlier(read, call)
    )
    unread = {(call_id or letter, day) for letter, (call_id, day) in read.dead_days.items()
              if call_id not in stored}  # fmt: skip
    dead = Counter(day for _, day in unread)
    days = [read.first + dt.timedelta(days=n) for n in range((read.last - read.first).days + 1)]
    return pd.DataFrame(
        {
            "call_date": days,
            "known": [met[day] + dead[day] for day in days],
            "read_at": read.began,
            "run_id": read.run_id,
        }
    )


def _read_earlier(read: CallsRead, call: KnownCall) -> bool:
    """Whether the run that was cut short had read past this call."""
    return read.resume_from is not None and call.started < read.resume_from

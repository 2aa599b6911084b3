"""Brings calls into the raw table, page by page, so that a stop anywhere loses nothing.

Each bundle of pages is stored in one transaction with the mark from which reading
goes on. A day counts as read only when all its pages are stored.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cs_assets.erasure.kept_out import Barred
from cs_assets.gong.changes import CallChanges, KnownCall, call_changes
from cs_assets.gong.dead_letters import KEPT_FOR, bury, drop, drop_of, resolve
from cs_assets.gong.parse_pages import Intake
from cs_assets.gong.parse_records import says_private, sha256
from cs_assets.gong.purging import bury_vanished, is_believable, purge, purged_tables
from cs_assets.gong.tables import Tables, rows_of

_A_DAY = dt.timedelta(days=1)
#: Rows up to which a transaction is not prepared for many.
_FEW = 40
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
    counted: dict[dt.date, int] = field(default_factory=dict)
    """Calls that were known of a day when it was read before."""
    letters: dict[str, str | None] = field(default_factory=dict)
    """Letters that wait, of whatever day, with the call if legible."""
    never_stored: set[str] = field(default_factory=set)
    """Calls of letters of the stretch, or of no legible day, that are not stored."""
    old_letters: list[str] = field(default_factory=list)
    """Letters that have waited too long to be kept."""
    other_letters: int = 0
    """Letters of transcripts that wait."""
    staged: set[str] = field(default_factory=set)
    """Calls that are in the staged table, as it was when the read began."""
    staged_from: dict[dt.date, str | None] = field(default_factory=dict)
    """By day of the stretch: a hash of what its calls were staged from."""
    crm: str = ""
    """A hash of all in the CRM that calls are linked by."""
    is_marked: bool = False
    has_written: bool = False
    in_order: bool = True
    latest: dt.datetime | None = None


def begin(db: Tables, first: dt.date, last: dt.date, run_id: str, now: dt.datetime) -> CallsRead:
    """Load what is known of the stretch, by one statement that changes nothing."""
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    around = [first - _MOVES_AT_MOST, last + _MOVES_AT_MOST]
    spans = [*around, first - _A_DAY, last, first, last, first, last]
    for row in rows_of(db.look("gong/known_of_days", spans)):
        by_kind[row["kind"]].append(row)
    known = {
        row["id"]: KnownCall(
            row["day"].date(),
            row["moment"],
            row["content_hash"],
            bool(row["is_private"]),
            bool(row["is_deleted"]),
            row["fetched_at"],
        )
        for row in by_kind["call"]
    }
    marks = by_kind["mark"]
    mark = marks[0]["moment"] if marks else None
    resume_from = mark if _is_credible(mark, first, last, known) else None
    read = CallsRead(
        first,
        last,
        run_id,
        now,
        known,
        resume_from,
        {row["day"].date(): row["moment"] for row in by_kind["read"]},
        counted={row["day"].date(): int(row["known"]) for row in by_kind["read"]},
        letters={row["id"]: row["content_hash"] for row in by_kind["letter of call"]},
        staged={row["id"] for row in by_kind["call"] if row["is_staged"]},
        staged_from={row["day"].date(): row["content_hash"] for row in by_kind["staged"]},
        crm=by_kind["crm"][0]["content_hash"],
        other_letters=len(by_kind["letter of transcript"]),
        never_stored={
            row["content_hash"]
            for row in by_kind["letter of call"]
            if row["content_hash"] is not None and row["content_hash"] not in known
            and (row["day"] is None or first <= row["day"].date() <= last)
        },
        old_letters=[
            row["id"]
            for kind in ("call", "transcript", "user")
            for row in by_kind[f"letter of {kind}"]
            if row["moment"] < now - KEPT_FOR
        ],
        is_marked=bool(marks),
        barred=Barred.read(db),
    )  # fmt: skip
    if resume_from is not None:  # what the run that was cut short could not read is known too
        for row in by_kind["letter of call"]:
            if row["day"] is not None and first <= row["day"].date() <= last:
                _note_dead(read, row["id"], row["content_hash"], row["day"].date())
    return read


def _is_credible(
    mark: dt.datetime | None, first: dt.date, last: dt.date, known: Mapping[str, KnownCall]
) -> bool:
    """A mark is the start of a call of the stretch that is stored; any other would leave a gap."""
    return mark is not None and any(
        call.started == mark and first <= call.call_date <= last for call in known.values()
    )


def store(db: Tables, read: CallsRead, intake: Intake, *, keep_progress: bool = True) -> None:
    """Store a bundle of pages and how far reading has come, in one transaction; none when
    nothing is new."""
    intake = replace(intake, dead=read.barred.others(intake.dead))
    rows = _taken_in(read, intake)
    changes = call_changes(rows, read.known)
    hidden = _hidden(read, intake)
    veiled = _veiled(read, intake, changes)
    changes.now_private += [row["call_id"] for row in hidden]
    met = {row["call_id"] for row in rows}
    settled = [letter for letter, call_id in read.letters.items() if call_id in met]
    marks = _marked(read, rows) and keep_progress
    if changes.rows or hidden or settled or intake.dead or marks:
        read.has_written = True
        few = len(changes.rows) + len(hidden) + len(intake.dead) <= _FEW
        with db.transaction(*_written(changes), bulk=not few):
            if hidden:
                db.merge("gong.gong_calls_raw", pd.DataFrame(hidden))
            if changes.rows:
                _put(db, changes)
            unstage(db, changes.moved)
            read.purged += purge(db, changes.now_private, "private", read.began, read.run_id)
            if veiled:
                drop_of(db, veiled)
            day_of = {row["call_id"]: row["call_date"] for row in changes.rows}
            _note_first_seen(db, read, day_of, changes.new)
            read.dead += bury(db, intake)
            if settled or intake.dead:
                resolve(db, "call", list(met), read.began)
            if marks:
                note_progress(db, read)
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
        read.letters[letter.dead_letter_id] = letter.call_id
        _note_dead(read, letter.dead_letter_id, letter.call_id, letter.call_date)
    for row in hidden:
        read.known[row["call_id"]] = read.known[row["call_id"]]._replace(is_private=True)


def _veiled(read: CallsRead, intake: Intake, changes: CallChanges) -> list[str]:
    """Calls that are private now and were not stored, where a letter may hold their words."""
    fresh = [letter for letter in intake.dead if letter.dead_letter_id not in read.letters]
    private = {str(one.call_id) for one in fresh if one.call_id and says_private(one.raw)}
    private |= {row["call_id"] for row in changes.rows if row["is_private"]}
    private -= set(changes.now_private)
    waits = any(call_id is None or call_id in private for call_id in read.letters.values())
    return sorted(private) if waits else []


def _taken_in(read: CallsRead, intake: Intake) -> list[dict[str, Any]]:
    """The calls that came, without those that were erased on request."""
    return [row for row in intake.unique("call_id") if not read.barred.bars(row)]


def _put(db: Tables, changes: CallChanges) -> None:
    """Rows of new calls are merged, for hardly ever is one there; changed ones are replaced."""
    frame = pd.DataFrame(changes.rows).assign(is_deleted=False)
    is_new = frame["call_id"].isin(changes.new)
    db.merge("gong.gong_calls_raw", frame[is_new])
    if len(changed := frame[~is_new]):
        db.replace("gong.gong_calls_raw", changed, {"call_id": list(changed.call_id)})


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


def missed(read: CallsRead, last: Intake | None = None) -> list[str]:
    """Calls of the stretch that this read did not meet, stored or known by a letter alone: they
    may have vanished.

    ``last``: what was read and is not stored yet.
    """
    came = {row["call_id"] for row in _taken_in(read, last)} if last else set()
    came |= {letter.call_id for letter in last.dead} if last else set()
    stored = {
        call_id
        for call_id, call in read.known.items()
        if read.first <= call.call_date <= read.last
        and not call.is_deleted
        and not _read_earlier(read, call)
    }
    return sorted((stored | read.never_stored) - read.seen - read.dead_ids - came)


def store_and_finish(db: Tables, read: CallsRead, last: Intake) -> None:
    """Store the last bundle and say that the stretch is read, in one transaction where both
    write; nothing of the stretch is gone."""
    changes = call_changes(_taken_in(read, last), read.known)
    if not changes.rows or last.dead or len(changes.rows) > _FEW:
        store(db, read, last, keep_progress=False)
        finish(db, read, [])
        return
    written = {*_written(changes), "gong.gong_day_reads"}
    with db.transaction(*sorted(written), bulk=False):
        store(db, read, last, keep_progress=False)
        finish(db, read, [])


def finish(db: Tables, read: CallsRead, gone: Iterable[str]) -> None:
    """The stretch is read as a whole: bury what is ``gone``, and say so of every day.

    Nothing is written where nothing is gone and it was said of each day before.
    """
    ids = [call_id for call_id in gone if call_id in read.known]
    unread = sorted(set(gone) - set(ids))
    stored = sum(
        read.first <= call.call_date <= read.last and not call.is_deleted
        for call in read.known.values()
    )
    believable = is_believable(len(ids), stored)
    read.not_believed = 0 if believable else len(ids)
    buried = ids if believable else []
    forgotten = bool((unread and believable) or read.old_letters)
    days = _days_read(read)
    if not (buried or forgotten or read.is_marked or _worth_noting(read, days)):
        return
    read.has_written = True
    written = ["gong.gong_calls_raw", "gong.gong_day_reads", "gong.gong_progress"]
    written += ["gong.gong_dead_letters"] if forgotten else []
    few = len(buried) + len(days) <= _FEW
    with db.transaction(*written, *(purged_tables() if buried else []), bulk=not few):
        if buried:
            read.vanished = bury_vanished(db, buried, read.began, read.run_id)
            read.purged += read.vanished
            for call_id in buried:
                read.known[call_id] = read.known[call_id]._replace(is_deleted=True)
        if forgotten:
            _forget_letters(db, read, unread if believable else [])
        db.merge("gong.gong_day_reads", days)
        if read.is_marked:
            scope = {"first_day": read.first, "last_day": read.last}
            db.replace("gong.gong_progress", pd.DataFrame(), scope)


def _forget_letters(db: Tables, read: CallsRead, unread: list[str]) -> None:
    """Letters of calls that are gone and were never stored, and those that are too old."""
    if unread:
        drop_of(db, unread)
    drop(db, read.old_letters)
    gone = {*read.old_letters, *(key for key, call in read.letters.items() if call in unread)}
    read.letters = {key: call for key, call in read.letters.items() if key not in gone}


def _worth_noting(read: CallsRead, days: pd.DataFrame) -> bool:
    """Whether what is stored of the reads is wrong: of another count, of a day that was not over
    then, or more than a day old."""
    for day, known in zip(days["call_date"], days["known"], strict=True):
        before = read.read_before.get(day)
        if before is None or read.counted.get(day) != known:
            return True
        over = dt.datetime.combine(day + _A_DAY, dt.time.min)
        if before < over <= read.began or read.began - before >= _A_DAY:
            return True
    return False


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
            "staged_at": pd.NaT,
        }
    )
    db.merge("gong.gong_call_freshness", frame)


def _marked(read: CallsRead, rows: list[dict[str, Any]]) -> bool:
    """Whether reading may go on from the last of ``rows``, as long as calls come oldest first."""
    for row in rows:
        started = row["started"]
        if read.latest is not None and started < read.latest:
            read.in_order = False
        read.latest = max(started, read.latest or started)
    return read.latest is not None and read.in_order


def note_progress(db: Tables, read: CallsRead) -> None:
    """Reading may go on from the last call stored, should it be cut short here."""
    if read.latest is None or not read.in_order:
        return
    mark = {
        "first_day": read.first,
        "last_day": read.last,
        "resume_from": read.latest,
        "saved_at": read.began,
    }
    scope = {"first_day": read.first, "last_day": read.last}
    with db.transaction("gong.gong_progress", bulk=False):
        db.replace("gong.gong_progress", pd.DataFrame([mark]), scope)
    read.is_marked = True


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

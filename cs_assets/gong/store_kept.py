"""Stores what was read of Gong while the warehouse was away, before Gong is read again.

What the warehouse has by a later read stays. What is kept is deleted once its rows are committed; a
process that ends between the two stores the same again, which changes nothing.
"""

import datetime as dt
from dataclasses import replace

import pandas as pd

from cs_assets.erasure.kept_out import Barred, forget_again
from cs_assets.gong import store_calls, store_transcripts
from cs_assets.gong.dead_letters import bury
from cs_assets.gong.kept_answers import KeptAnswers
from cs_assets.gong.parse_pages import DeadLetter, Intake
from cs_assets.gong.parse_records import says_private
from cs_assets.gong.store_calls import CallsRead
from cs_assets.gong.store_transcripts import TranscriptsRead
from cs_assets.gong.tables import Tables

#: The tables that users come into.
USER_TABLES = ("gong.gong_users", "gong.gong_dead_letters")


def store_kept_calls(db: Tables, read: CallsRead, kept: KeptAnswers) -> int:
    """Store kept calls of the days of ``read``, kept letters and users; the number of calls."""
    count = 0
    for intake, keys in kept.calls(read.first, read.last):
        letters = read.barred.others(
            letter for letter in intake.dead if not _is_withdrawn(read, letter)
        )
        of_calls = [letter for letter in letters if letter.kind == "call"]
        others = [letter for letter in letters if letter.kind != "call"]
        rows = [row for row in intake.rows if not _is_stored_later(read, row)]
        _store_calls(db, read, Intake(rows, of_calls))
        if others:
            with db.transaction("gong.gong_dead_letters"):
                bury(db, Intake(dead=others))
        kept.forget(keys)
        count += len(rows)
    _store_kept_users(db, kept)
    return count


def _is_stored_later(read: CallsRead, row: dict[str, object]) -> bool:
    known = read.known.get(str(row["call_id"]))
    at = row["fetched_at"]
    assert isinstance(at, dt.datetime)
    return known is not None and known.fetched_at is not None and known.fetched_at > at


def _is_withdrawn(read: CallsRead, letter: DeadLetter) -> bool:
    """Whether a letter may hold words of a call that the warehouse knows as private or gone."""
    known = read.known.get(letter.call_id or "")
    is_withdrawn = known is not None and (known.is_private or known.is_deleted)
    return is_withdrawn and not says_private(letter.raw)


def _store_calls(db: Tables, read: CallsRead, intake: Intake) -> None:
    """As ``store_calls.store``, but these calls were not met by ``read`` itself: Gong may have
    lost one of them since."""
    aside = replace(
        read,
        seen=set(),
        dead_ids=set(),
        dead_days={},
        letters=dict(read.letters),
        requests=0,
        unnamed_dead=0,
    )
    store_calls.store(db, aside, intake, keep_progress=False)
    read.letters.update(aside.letters)
    read.new, read.changed, read.dead = aside.new, aside.changed, aside.dead
    read.purged, read.has_written = aside.purged, aside.has_written


def _store_kept_users(db: Tables, kept: KeptAnswers) -> None:
    intake, keys = kept.users()
    if keys:
        store_users(db, intake)
        kept.forget(keys)


def store_users(db: Tables, intake: Intake) -> tuple[int, int]:
    """Put these users in place of those stored; how many are there then, and how many letters."""
    rows = pd.DataFrame(intake.unique("user_id"))
    with db.transaction(*USER_TABLES):
        count = db.replace("gong.gong_users", rows, {}) if len(rows) else 0
        count -= forget_again(db, ["gong.gong_users"]).get("gong.gong_users", 0)
        dead = Barred.read(db).others(intake.dead) if intake.dead else []
        return count, bury(db, Intake(dead=dead))


def store_kept_transcripts(
    db: Tables, read: TranscriptsRead, kept: KeptAnswers, days: tuple[dt.date, dt.date],
    now: dt.datetime,
) -> set[str]:  # fmt: skip
    """Store kept transcripts of these days; the calls whose transcript need not be asked for.

    A transcript counts only for the call as it was when it was asked for: of one that changed
    since, Gong may have another.
    """
    found = kept.transcripts(*days)
    fitting = [
        one
        for one in found
        if one.key.id in read.wanted and read.wanted[one.key.id].call_hash == one.call_hash
    ]
    rows = [one.row for one in fitting if one.row is not None]
    answered = store_transcripts.store(db, read, Intake(rows), now) if rows else set()
    for one in fitting:
        if one.row is None:
            wanted = read.wanted[one.key.id]
            first = wanted.first_seen_at or one.first_at
            read.wanted[one.key.id] = wanted._replace(first_seen_at=first)
    kept.forget([one.key for one in found])
    return answered

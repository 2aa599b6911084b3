"""Takes up dead letters again: from Gong where the call is known, else from the raw copy."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cs_assets.gong import store_calls, store_transcripts
from cs_assets.gong.dead_letters import OpenLetter, open_letters, settle
from cs_assets.gong.parse_pages import Intake, Page, take_calls, take_transcripts, take_users
from cs_assets.gong.tables import Tables

AskByIds = Callable[[Sequence[str]], Iterable[Page]]


@dataclass
class Replay:
    """What a replay came to: letters by outcome, and the days that must be staged again."""

    waiting: int = 0
    settled: int = 0
    days: set[dt.date] = field(default_factory=set)

    @property
    def left(self) -> int:
        return self.waiting - self.settled


def replay(
    db: Tables,
    ask_calls: AskByIds,
    ask_transcripts: AskByIds,
    now: dt.datetime,
    run_id: str,
) -> Replay:
    """Read every open letter again and store what has become readable."""
    letters = open_letters(db)
    outcome = Replay(waiting=len(letters))
    _replay_calls(db, _of("call", letters), ask_calls, now, run_id, outcome)
    _replay_transcripts(db, _of("transcript", letters), ask_transcripts, now, outcome)
    _replay_users(db, _of("user", letters), now, outcome)
    return outcome


def _replay_calls(
    db: Tables,
    letters: list[OpenLetter],
    ask: AskByIds,
    now: dt.datetime,
    run_id: str,
    outcome: Replay,
) -> None:
    intake = _again(letters, ask, take_calls)
    rows = intake.unique("call_id")
    if not rows:
        return
    days = sorted({row["call_date"] for row in rows})
    read = store_calls.begin(db, days[0], days[-1], run_id, now)
    store_calls.store(db, read, intake, keep_progress=False)
    outcome.days |= set(days)
    _settle(db, letters, {row["call_id"] for row in rows}, take_calls, now, outcome)


def _replay_transcripts(
    db: Tables,
    letters: list[OpenLetter],
    ask: AskByIds,
    now: dt.datetime,
    outcome: Replay,
) -> None:
    intake = _again(letters, ask, take_transcripts)
    ids = {row["call_id"] for row in intake.rows}
    if not ids:
        return
    everything = (dt.date(2000, 1, 1), dt.date(2100, 1, 1))
    read = store_transcripts.begin(db, *everything, reread=True)
    stored = store_transcripts.store(db, read, intake, now) & ids
    outcome.days |= {read.wanted[i].call_date for i in stored if i in read.wanted}
    _settle(db, letters, stored, take_transcripts, now, outcome)


def _replay_users(db: Tables, letters: list[OpenLetter], now: dt.datetime, outcome: Replay) -> None:
    intake = take_users(letter.page for letter in letters if letter.page is not None)
    if intake.rows:
        db.merge("gong.gong_users", pd.DataFrame(intake.unique("user_id")))
    _settle(db, letters, set(), take_users, now, outcome)


def _again(
    letters: list[OpenLetter], ask: AskByIds, take: Callable[[Iterable[Page]], Intake]
) -> Intake:
    """What can be read now: Gong's answer of today counts over an old raw copy."""
    ids = sorted({letter.call_id for letter in letters if letter.call_id is not None})
    intake = take(letter.page for letter in letters if letter.page is not None)
    if ids:
        answered = take(ask(ids))
        intake.rows += answered.rows
    intake.dead = []  # they are letters already
    return intake


def _settle(
    db: Tables,
    letters: list[OpenLetter],
    stored: set[str],
    take: Callable[[Iterable[Page]], Intake],
    now: dt.datetime,
    outcome: Replay,
) -> None:
    """Settle letters whose call is stored, and those whose raw copy is readable now."""
    done = [
        letter.dead_letter_id
        for letter in letters
        if (letter.call_id is not None and letter.call_id in stored)
        or (letter.page is not None and bool(take([letter.page]).rows))
    ]
    outcome.settled += settle(db, done, now)


def _of(kind: str, letters: list[OpenLetter]) -> list[OpenLetter]:
    return [letter for letter in letters if letter.kind == kind]

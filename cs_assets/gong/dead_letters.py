"""Records that could not be read: kept with reason and raw copy, and taken up again.

A letter is settled when the record it stands for has come in readable, by itself at
a later read or by a replay. It goes with its call, and after ``KEPT_FOR`` in any case.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import pandas as pd

from cs_assets.gong.parse_pages import CUT, Intake
from cs_assets.gong.tables import Tables, rows_of

TABLE = "gong.gong_dead_letters"
#: What could not be read by then is deleted; Gong has it still.
KEPT_FOR = dt.timedelta(days=90)


def bury(db: Tables, intake: Intake) -> int:
    """Keep the records that could not be read; one read again is the same letter."""
    letters = {letter.dead_letter_id: letter for letter in intake.dead}
    if not letters:
        return 0
    still_open = set(db.query("gong/open_letter_ids").dead_letter_id)
    fresh = [asdict(letter) for key, letter in letters.items() if key not in still_open]
    if fresh:
        frame = pd.DataFrame(fresh)
        frame["resolved_at"] = pd.NaT
        db.merge(TABLE, frame)
    return len(letters)


def drop_of(db: Tables, call_ids: Iterable[str]) -> None:
    """Delete every letter of these calls, also those that nobody could tell the call of."""
    ids = sorted(set(call_ids))
    db.replace(TABLE, pd.DataFrame(), {"call_id": ids})
    drop(db, [
        row["dead_letter_id"]
        for row in rows_of(db.query("gong/letters_of_no_call"))
        if any(names(row["raw"], call_id) for call_id in ids)
    ])  # fmt: skip


def drop(db: Tables, dead_letter_ids: Sequence[str]) -> None:
    """Delete these letters."""
    if dead_letter_ids:
        db.replace(TABLE, pd.DataFrame(), {"dead_letter_id": list(dead_letter_ids)})


def names(text: str, call_id: str) -> bool:
    """Whether ``text`` holds the id of a call as a word of its own."""
    return call_id in text and re.search(rf"(?<!\w){re.escape(call_id)}(?!\w)", text) is not None


def resolve(db: Tables, kind: str, call_ids: Iterable[str], now: dt.datetime) -> int:
    """Settle the letters of calls (or transcripts) that have come in readable."""
    letters = db.query("gong/open_letters_of_calls")
    settled = letters[(letters.kind == kind) & letters.call_id.isin(list(call_ids))]
    return settle(db, list(settled.dead_letter_id), now)


def settle(db: Tables, dead_letter_ids: Sequence[str], now: dt.datetime) -> int:
    """Mark letters as taken up, without their raw copies; the number of them.

    One that a purge has removed meanwhile, or that is settled already, is left as it is.
    """
    if not dead_letter_ids:
        return 0
    still_open = set(db.query("gong/open_letter_ids").dead_letter_id)
    if due := [letter for letter in dead_letter_ids if letter in still_open]:
        frame = pd.DataFrame({"dead_letter_id": due, "raw": "", "resolved_at": now})
        db.merge(TABLE, frame)
    return len(dead_letter_ids)


@dataclass(frozen=True)
class ReplayPage:
    """A raw copy, presented like a page of Gong with one record."""

    records: Sequence[Any]
    origin: str
    fetched_at: dt.datetime
    request_id: str | None = None
    broken: Sequence[Any] = ()


@dataclass(frozen=True)
class OpenLetter:
    """A letter that waits: its id, what it should have been, and its call if legible."""

    dead_letter_id: str
    kind: str
    call_id: str | None
    page: ReplayPage | None
    """The raw copy to read again; none when it was cut or is not JSON."""


def open_letters(db: Tables) -> list[OpenLetter]:
    """Every letter that waits, oldest first."""
    return [
        OpenLetter(row["dead_letter_id"], row["kind"], row["call_id"], _page(row))
        for row in rows_of(db.query("gong/open_letters"))
    ]


def _page(row: dict[str, Any]) -> ReplayPage | None:
    raw = row["raw"]
    if raw.endswith(CUT):
        return None
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return ReplayPage([record], f"dead letter {row['dead_letter_id'][:12]}", row["seen_at"])

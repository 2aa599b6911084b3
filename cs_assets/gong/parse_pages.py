"""Sorts the records of pages into rows and dead letters. Nothing stops at a bad record."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import orjson

from cs_assets.gong.instants import instant
from cs_assets.gong.parse_records import (
    CallRecord,
    Malformed,
    TranscriptRecord,
    UserRecord,
    read_call,
    read_transcript,
    read_user,
    sha256,
    what_may_be_kept,
)

#: Raw copies of dead letters are cut at this length, and say so.
LONGEST_RAW = 100_000
CUT = " …[cut]"


class Broken(Protocol):
    """A piece of an answer that is not JSON."""

    @property
    def raw(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Page(Protocol):
    """One answer of Gong; see ``resources.gong.pages.Page``."""

    @property
    def records(self) -> Sequence[Any]: ...
    @property
    def broken(self) -> Sequence[Broken]: ...
    @property
    def origin(self) -> str: ...
    @property
    def fetched_at(self) -> dt.datetime: ...
    @property
    def request_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row of ``gong_dead_letters``."""

    dead_letter_id: str
    kind: str
    origin: str
    reason: str
    raw: str
    call_id: str | None
    call_date: dt.date | None
    seen_at: dt.datetime


@dataclass
class Intake:
    """What was read from pages: rows, and the records that could not be."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    pages: int = 0

    def unique(self, key: str) -> list[dict[str, Any]]:
        """The rows, one for each ``key``: pages may repeat a record, the last one counts."""
        return list({row[key]: row for row in self.rows}.values())


Record = TypeVar("Record", CallRecord, TranscriptRecord, UserRecord)


def take_calls(pages: Iterable[Page]) -> Intake:
    """Rows of ``gong_calls_raw``, not yet marked as deleted or not."""
    return _take("call", pages, read_call)


def take_transcripts(pages: Iterable[Page]) -> Intake:
    """Rows of ``gong_call_transcripts_raw``, without the day of the call."""
    return _take("transcript", pages, read_transcript)


def take_users(pages: Iterable[Page]) -> Intake:
    """Rows of ``gong_users``."""
    return _take("user", pages, read_user)


def _take(kind: str, pages: Iterable[Page], read: Callable[[Any], Record]) -> Intake:
    intake = Intake()
    for page in pages:
        intake.pages += 1
        stamp = {"fetched_at": page.fetched_at}
        if kind != "user":
            stamp["request_id"] = page.request_id  # type: ignore[assignment]
        for record in page.records:
            try:
                intake.rows.append(read(record)._asdict() | stamp)
            except Malformed as problem:
                raw = _raw(what_may_be_kept(record))
                day = _legible_day(record)
                intake.dead.append(_letter(kind, page, str(problem), raw, problem.call_id, day))
        for piece in page.broken:
            intake.dead.append(_letter(kind, page, piece.reason, piece.raw, None, None))
    return intake


def _raw(record: Any) -> str:
    """The record as JSON, also where it is nested deeper than the fast writer goes."""
    try:
        return orjson.dumps(record).decode()
    except TypeError:
        pass
    try:
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "…nested too deep to be shown"


def _legible_day(record: Any) -> dt.date | None:
    """The day of a call that cannot be read as a whole, if its start can."""
    meta = record.get("metaData") if isinstance(record, dict) else None
    for name in ("started", "scheduled"):
        text = meta.get(name) if isinstance(meta, dict) else None
        try:
            return instant(text).date() if isinstance(text, str) else None
        except ValueError:
            continue
    return None


def _letter(
    kind: str,
    page: Page,
    reason: str,
    raw: str,
    call_id: str | None,
    call_date: dt.date | None,
) -> DeadLetter:
    kept = raw if len(raw) <= LONGEST_RAW else raw[: LONGEST_RAW - len(CUT)] + CUT
    # The same bad record read again is the same letter, wherever it was on the page.
    return DeadLetter(
        dead_letter_id=sha256(f"{kind}\n{raw}"),
        kind=kind,
        origin=page.origin,
        reason=reason,
        raw=kept,
        call_id=call_id,
        call_date=call_date,
        seen_at=page.fetched_at,
    )

"""Takes back what was written from calls that are gone or private: digests, reviews, answers.

Rows of a call are removed with it (``purging``). A digest is about many calls: as a whole it is
withdrawn, held by the gate with the reason, and made again by its own asset without the call. A
review or insight of a past week stays without the words (``erasure.quoting``), its files go. A
delivery that nobody has yet stays pending until its files are made again, and takes those.

Steps may be repeated: files first, then rows, then the note that it was done.
"""

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.erasure import quoting
from cs_assets.erasure.spoken import Spoken
from cs_assets.gong.dead_letters import names
from cs_assets.gong.tables import Tables, rows_of

#: A purge stays due for so long: a model's batch that was under way may take a day.
STILL_DUE = dt.timedelta(days=2)

#: A run that had read a call before it went may write this much later, and rows of weeks so late.
_UNDER_WAY = dt.timedelta(hours=1)
_LATE_ROWS = dt.timedelta(weeks=2)

#: Tables of the documents that quote calls, and the column that says whose they are.
DOCUMENTS = {
    "rep_digest": ("analytics.rep_digests", "rep_user_id"),
    "team_summary": ("analytics.team_summary", "audience_id"),
}
#: Rows of documents, which go where a file goes that they name.
_OF_FILES = ("analytics.weekly_report_pdfs", "analytics.book_mails")
#: Tables with words of people that hold those of no call, or that go otherwise; and why.
NO_CALL = {
    "analytics.customer_texts": "tickets and survey answers",
    "analytics.rep_week_objections": "a quote goes with its call (purging.QUOTES); else kinds",
    "analytics.rep_week_focus": "a quote goes with its call (purging.QUOTES); else advice of rules",
    "gong.gong_text_types": "titles, forgotten by every purge",
    "gong.gong_purges": "hashes of sentences, until what quotes them was found",
    "ops.answers_given": "ids of questions and cells, no words",
    "ops.artefacts": "subject lines, which are made of figures and names",
    "ops.deliveries": "likewise, and why one failed",
}
_WRITTEN = (
    *(table for table, _ in DOCUMENTS.values()),
    "ops.artefacts",
    "ops.send_gate",
    "gong.gong_purges",
)
_REASON = "it quoted a call that is gone from Gong or private now; make it again"


@dataclass(frozen=True)
class Document:
    """A digest or summary that quotes or lists a withdrawn call; paths below the home folder."""

    kind: str
    artefact_id: str
    week_start: dt.date
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Purge:
    """A purge that is due: of a call of a day, with what its sentences are known by."""

    call_id: str
    purged_at: dt.datetime
    day: dt.date
    is_new: bool
    """Whether it was never carried out; one that was is looked after for a while."""
    prints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withdrawals:
    """What is due: purges, and the documents to be taken back."""

    purges: tuple[Purge, ...]
    documents: tuple[Document, ...]

    @property
    def spoken(self) -> Spoken:
        """The calls and their words."""
        told = (one for purge in self.purges for one in purge.prints)
        return Spoken(
            frozenset(purge.call_id for purge in self.purges),
            frozenset(told),
            frozenset(purge.day for purge in self.purges),
        )

    @property
    def is_new(self) -> bool:
        """Whether one was never carried out."""
        return any(purge.is_new for purge in self.purges)

    @property
    def files_since(self) -> dt.datetime:
        """What was written before can hold nothing of the calls that is not taken back yet."""
        begun = (
            dt.datetime.combine(purge.day, dt.time.min) if purge.is_new else purge.purged_at
            for purge in self.purges
        )
        return min(begun) - _UNDER_WAY

    def span(self, now: dt.datetime) -> tuple[dt.date, dt.date]:
        """The days of rows that may quote the calls: of late ones, where all were carried out."""
        first, last = quoting.span_of([purge.day for purge in self.purges])
        return (first if self.is_new else max(first, (now - _LATE_ROWS).date())), last


def due(db: Tables, now: dt.datetime) -> Withdrawals:
    """The withdrawals that are due at ``now``."""
    # From a midnight on, so that the same question is asked all day (and answered from a cache).
    since = dt.datetime.combine((now - STILL_DUE).date(), dt.time.min)
    if db.look("gong/purges_since", [since]).empty:  # as mostly: calls need not be looked at
        return Withdrawals((), ())
    purges = tuple(map(_purge, rows_of(db.query("gong/withdrawals_due", [since]))))
    if not purges:
        return Withdrawals((), ())
    found = {
        _document(row)
        for row in rows_of(db.query("gong/documents_naming_calls", [since]))
        if names(row["sheet"], row["call_id"])
    }
    documents = sorted(found, key=lambda one: (one.kind, one.artefact_id, one.week_start))
    return Withdrawals(purges, tuple(documents))


def withdraw(
    db: Tables, withdrawals: Withdrawals, now: dt.datetime, files: Collection[str] = ()
) -> int:
    """Remove the documents' rows and those of ``files`` that went, take words out of rows that
    stay, hold what lost its files at the gate, and note the purges as carried out.

    How many rows lost words.
    """
    if not withdrawals.purges:
        return 0
    span = withdrawals.span(now)
    quotes = quoting.changes(db, withdrawals.spoken, span, named_only=not withdrawals.is_new)
    filed = _filed(db, span, frozenset(files))
    if not (withdrawals.is_new or withdrawals.documents or quotes or filed):
        return 0  # carried out, and nothing came in since
    with db.transaction(*_WRITTEN, *_OF_FILES, *sorted(quoting.tables_of(quotes))):
        for document in withdrawals.documents:
            _remove(db, document)
        for table, scope in filed:
            db.replace(table, pd.DataFrame(), scope)
            if table == "ops.artefacts":
                _hold(db, scope)
        quoting.apply(db, quotes)
        notes = [(one.call_id, one.purged_at) for one in withdrawals.purges]
        told = pd.DataFrame(notes, columns=["call_id", "purged_at"])
        db.merge("gong.gong_purges", told.assign(carried_out_at=now, prints=None))
    return sum(len(change.rows) for change in quotes)


def _filed(
    db: Tables, span: tuple[dt.date, dt.date], files: frozenset[str]
) -> list[tuple[str, dict[str, object]]]:
    """Rows of documents of these days that name one of ``files``: table and key."""
    if not files:
        return []
    found = []
    for row in rows_of(db.query("gong/rows_with_files", [*span, *span, *span])):
        if files.isdisjoint(re.split(r"[|\n]", str(row["paths"]))):
            continue
        day = row["day"].date()
        if row["relation"] == "ops.artefacts":
            key = {"kind": row["kind"], "artefact_id": row["id"], "period_start": day}
        elif row["relation"] == "analytics.book_mails":
            key = {"book_id": row["id"], "week_start": day}
        else:
            key = {"customer_id": row["id"], "week_start": day, "edition": row["kind"]}
        if (row["relation"], key) not in found:
            found.append((row["relation"], key))
    return found


def _remove(db: Tables, document: Document) -> None:
    table, who = DOCUMENTS[document.kind]
    db.replace(
        table, pd.DataFrame(), {who: document.artefact_id, "week_start": document.week_start}
    )
    artefact = {
        "kind": document.kind,
        "artefact_id": document.artefact_id,
        "period_start": document.week_start,
    }
    db.replace("ops.artefacts", pd.DataFrame(), artefact)
    _hold(db, artefact)


def _hold(db: Tables, artefact: Mapping[str, object]) -> None:
    reasons = json.dumps([{"rule": "call_withdrawn", "detail": _REASON}])
    held = pd.DataFrame([{**artefact, "verdict": "hold", "reasons": reasons}])
    db.replace("ops.send_gate", held, artefact)


def _purge(row: Mapping[str, Any]) -> Purge:
    return Purge(
        str(row["call_id"]), row["purged_at"], row["call_date"].date(),
        row["carried_out_at"] is None, tuple(json.loads(row["prints"] or "[]")),
    )  # fmt: skip


def _document(row: dict[str, object]) -> Document:
    week_start = row["week_start"]
    assert isinstance(week_start, dt.datetime)
    paths = [row["html_path"], row["text_path"], row["other_path"]]
    paths += str(row["attachment_path"] or "").splitlines()
    return Document(
        kind=str(row["kind"]),
        artefact_id=str(row["artefact_id"]),
        week_start=week_start.date(),
        paths=tuple(str(path) for path in paths if path),
    )


def paths_of(documents: Iterable[Document]) -> list[str]:
    """The files of all documents, each once."""
    return sorted({path for document in documents for path in document.paths})

"""Takes back what was written from calls that are gone or private: digests, summaries, answers.

Rows of a call are removed with it (``purging``). A digest is about many calls: as a whole it is
withdrawn, held by the gate with the reason, and made again by its own asset without the call. A
delivery of it that nobody has yet stays pending until then, and takes the new content.

Steps may be repeated: files first, then rows, then the note that it was done.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cs_assets.gong.dead_letters import names
from cs_assets.gong.tables import Tables, rows_of

#: A purge stays due for so long: a model's batch that was under way may take a day.
STILL_DUE = dt.timedelta(days=2)

#: Tables of the documents that quote calls, and the column that says whose they are.
DOCUMENTS = {
    "rep_digest": ("analytics.rep_digests", "rep_user_id"),
    "team_summary": ("analytics.team_summary", "audience_id"),
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
class Withdrawals:
    """What is due: purges by call and time, and the documents to be taken back."""

    purges: tuple[tuple[str, dt.datetime], ...]
    documents: tuple[Document, ...]

    @property
    def call_ids(self) -> frozenset[str]:
        return frozenset(call_id for call_id, _ in self.purges)

    def name_one(self, text: str) -> bool:
        """Whether ``text`` holds the id of a withdrawn call as a word of its own."""
        return any(names(text, call_id) for call_id in self.call_ids)


def due(db: Tables, now: dt.datetime) -> Withdrawals:
    """The withdrawals that are due at ``now``."""
    # From a midnight on, so that the same question is asked all day (and answered from a cache).
    since = dt.datetime.combine((now - STILL_DUE).date(), dt.time.min)
    if db.look("gong/purges_since", [since]).empty:  # as mostly: calls need not be looked at
        return Withdrawals((), ())
    purges = [
        (row["call_id"], row["purged_at"])
        for row in rows_of(db.query("gong/withdrawals_due", [since]))
    ]
    if not purges:
        return Withdrawals((), ())
    found = {
        _document(row)
        for row in rows_of(db.query("gong/documents_naming_calls", [since]))
        if names(row["sheet"], row["call_id"])
    }
    documents = sorted(found, key=lambda one: (one.kind, one.artefact_id, one.week_start))
    return Withdrawals(tuple(purges), tuple(documents))


def withdraw(db: Tables, withdrawals: Withdrawals, now: dt.datetime) -> None:
    """Remove the documents' rows, hold them at the gate, and note the purges as carried out."""
    if not withdrawals.purges:
        return
    with db.transaction(*_WRITTEN):
        for document in withdrawals.documents:
            _remove(db, document)
        notes = pd.DataFrame(withdrawals.purges, columns=["call_id", "purged_at"])
        db.merge("gong.gong_purges", notes.assign(carried_out_at=now))


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
    reasons = json.dumps([{"rule": "call_withdrawn", "detail": _REASON}])
    held = pd.DataFrame([{**artefact, "verdict": "hold", "reasons": reasons}])
    db.replace("ops.send_gate", held, artefact)


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

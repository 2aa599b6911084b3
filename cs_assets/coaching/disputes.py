"""Disputes about a score: what the scorer said, what the rep says, what a person decided.

Rows are only ever added, and both values stay visible. A score is not changed by it; a behaviour
that a person found in the call counts as done from then on, and the decision is a label that
scorers are measured against.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from cs_assets.coaching.planning.standings import Chance
from cs_assets.errors import UsageError
from cs_assets.frames import records, text_or_none

Decision = Literal["upheld", "overturned"]

#: A reason shorter than this tells nobody anything.
_LEAST_REASON, _MOST_REASON = 10, 500


@dataclass(frozen=True)
class Dispute:
    """One dispute as it stands; ``decision`` is ``None`` while it is open.

    ``was_missing``: what the scorer said of the behaviour. The score's ``share`` stays as it was.
    """

    dispute_id: str
    call_id: str
    call_date: dt.date
    rep_user_id: str
    focus_id: str
    share: float
    was_missing: bool
    reason: str
    raised_by: str
    raised_at: dt.datetime
    rubric_version: str
    model: str
    title: str | None = None
    decision: Decision | None = None
    decided_by: str | None = None
    decision_reason: str | None = None

    @property
    def is_missing(self) -> bool:
        """What holds now: the scorer's value unless a person overturned it."""
        return self.was_missing != (self.decision == "overturned")


def identity(call_id: str, focus_id: str) -> str:
    """The id of the dispute about a criterion of a call: there is one."""
    return hashlib.sha256(f"{call_id}\0{focus_id}".encode()).hexdigest()[:10]


def disputes_of(rows: pd.DataFrame) -> dict[str, Dispute]:
    """The rows of ``sql/coaching/disputes`` by dispute."""
    found: dict[str, Dispute] = {}
    for row in sorted(records(rows), key=lambda row: row["step"] != "raised"):
        key = str(row["dispute_id"])
        if row["step"] == "raised":
            found[key] = Dispute(
                dispute_id=key,
                call_id=str(row["call_id"]),
                call_date=pd.Timestamp(row["call_date"]).date(),
                rep_user_id=str(row["rep_user_id"]),
                focus_id=str(row["focus_id"]),
                share=float(row["share"]),
                was_missing=not bool(row["is_missing"]),
                reason=str(row["reason"]),
                raised_by=str(row["person"]),
                raised_at=pd.Timestamp(row["done_at"]).to_pydatetime(),
                rubric_version=str(row["rubric_version"]),
                model=str(row["model"]),
                title=text_or_none(row["title"]),
            )
        elif key in found:
            found[key] = replace(
                found[key],
                decision=row["step"],
                decided_by=str(row["person"]),
                decision_reason=str(row["reason"]),
            )
    return found


def raised(
    chance: Chance, focus_id: str, share: float, reason: str, person: str, at: dt.datetime
) -> Dispute:
    """The dispute that a rep raises about a criterion of one of their calls; ``at`` in UTC."""
    call = chance.call
    return Dispute(
        dispute_id=identity(str(call["call_id"]), focus_id),
        call_id=str(call["call_id"]),
        call_date=call["call_date"],
        rep_user_id=str(call["rep_user_id"]),
        focus_id=focus_id,
        share=share,
        was_missing=chance.missing,
        reason=fit(reason),
        raised_by=person,
        raised_at=at,
        rubric_version=str(call["rubric_version"]),
        model=str(call["model"]),
    )


def fit(reason: str) -> str:
    """A reason in one line; raises ``UsageError`` for one that says nothing or too much."""
    told = " ".join(reason.split())
    if not _LEAST_REASON <= len(told) <= _MOST_REASON:
        raise UsageError(
            f"the reason has {len(told)} letters; {_LEAST_REASON} to {_MOST_REASON} are asked for"
        )
    return told


def step_row(dispute: Dispute, at: dt.datetime) -> dict[str, Any]:
    """The row of ``ops.score_disputes`` of the dispute's latest step."""
    decided = dispute.decision is not None
    return {
        "dispute_id": dispute.dispute_id,
        "step": dispute.decision or "raised",
        "call_id": dispute.call_id,
        "call_date": dispute.call_date,
        "rep_user_id": dispute.rep_user_id,
        "focus_id": dispute.focus_id,
        "share": dispute.share,
        "is_missing": dispute.is_missing if decided else not dispute.was_missing,
        "reason": dispute.decision_reason if decided else dispute.reason,
        "person": dispute.decided_by if decided else dispute.raised_by,
        "rubric_version": dispute.rubric_version,
        "model": dispute.model,
        "done_at": at,
    }


def label_row(dispute: Dispute, at: dt.datetime) -> dict[str, Any]:
    """The row of ``analytics.call_labels`` of a decided dispute."""
    return {
        "call_id": dispute.call_id,
        "call_date": dispute.call_date,
        "focus_id": dispute.focus_id,
        "is_missing": dispute.is_missing,
        "labelled_by": dispute.decided_by,
        "labelled_at": at,
        "origin": "dispute",
    }


def respected(
    seen: Mapping[str, list[Chance]], disputes: Iterable[Dispute]
) -> dict[str, list[Chance]]:
    """The chances as people see them: what was overturned turned, and nothing disputed shown.

    An open dispute changes no count; while it is open the call illustrates nothing.
    """
    about = {(one.call_id, one.focus_id): one for one in disputes}
    if not about:
        return dict(seen)

    def seen_by_people(focus_id: str, chance: Chance) -> Chance:
        one = about.get((str(chance.call["call_id"]), focus_id))
        if one is None or one.decision == "upheld":
            return chance
        return replace(chance, missing=one.is_missing, places=())

    return {key: [seen_by_people(key, one) for one in own] for key, own in seen.items()}

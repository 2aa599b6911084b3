"""Labels that people give: whether a call lacked what a criterion asks for, as they hear it.

A label changes no score. It is what scorers are measured against, beside decided disputes.
"""

import datetime as dt

import pandas as pd

from cs_assets.coaching.disputing import LABELS, criterion_of, scored_call
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.decided import DecidedAlready, Ledger, is_newer
from cs_assets.errors import UsageError
from cs_assets.frames import records
from cs_assets.names import compared

ORIGIN = "person"


def label(
    db: Ledger,
    call_id: str,
    criterion: str,
    rules: CoachingPolicy,
    *,
    is_missing: bool,
    by: str,
    at: dt.datetime,
    seen_at: dt.datetime | None = None,
) -> str:
    """Store a label, in place of an earlier one; the criterion with its dimension.

    ``by``: mail address or name of who heard the call, never the rep's. ``seen_at``: when that
    person looked. Raises ``UsageError`` where there is no such score, ``DecidedAlready`` where
    somebody has labelled it since.
    """
    with db.transaction(LABELS):
        rep, seen, _ = scored_call(db, call_id, rules)
        focus_id = criterion_of(criterion, sorted(seen))
        if compared(by) in (compared(rep.email or ""), rep.user_id):
            raise UsageError("nobody labels their own call; a score of one's own is disputed")
        for row in records(db.query("coaching/labels_of_call", [call_id])):
            if row["focus_id"] == focus_id and is_newer(row["labelled_at"], seen_at):
                said = "missing" if row["is_missing"] else "done"
                what = f"“{rules.called(focus_id)}” was labelled as {said}"
                raise DecidedAlready(what, row["labelled_by"], row["labelled_at"])
        made = {
            "call_id": call_id, "call_date": seen[focus_id].call["call_date"],
            "focus_id": focus_id, "is_missing": is_missing, "labelled_by": by,
            "labelled_at": at, "origin": ORIGIN,
        }  # fmt: skip
        db.merge(LABELS, pd.DataFrame([made]))
    return focus_id

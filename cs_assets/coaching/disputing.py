"""Raises and decides disputes about scores: what the command line and the desk do alike."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.coaching import disputes
from cs_assets.coaching.disputes import Dispute
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.planning.standings import chances
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.rep_week import Rep, rep_of, users_of
from cs_assets.decided import DecidedAlready, Ledger
from cs_assets.errors import UsageError
from cs_assets.frames import records

TABLE, LABELS = "ops.score_disputes", "analytics.call_labels"
_EVER = [dt.date(1970, 1, 1), dt.date(9999, 1, 1)]


def of_all_time(db: Any) -> dict[str, Dispute]:
    """Every dispute as it stands, by its id."""
    return disputes.disputes_of(db.query("coaching/disputes", _EVER))


def dispute(
    db: Ledger,
    call_id: str,
    criterion: str,
    reason: str,
    rules: CoachingPolicy,
    *,
    by: str,
    at: dt.datetime,
) -> tuple[Dispute, Rep]:
    """Store that a score is disputed; the dispute and the rep of the call.

    ``criterion``: with its dimension or without. ``by``: empty for the rep. Raises ``UsageError``
    where there is no such score, ``DecidedAlready`` where it is disputed.
    """
    with db.transaction(TABLE):
        rep, seen, shares = scored_call(db, call_id, rules)
        focus_id = criterion_of(criterion, sorted(seen))
        who = by or rep.email or rep.name
        made = disputes.raised(seen[focus_id], focus_id, shares[focus_id], reason, who, at)
        before = of_all_time(db).get(made.dispute_id)
        if before is not None:
            what = f"“{rules.called(focus_id)}” of {call_id} is disputed as {before.dispute_id}"
            raise DecidedAlready(
                f"{what} ({before.decision or 'open'})", before.raised_by, before.raised_at
            )
        db.append(TABLE, pd.DataFrame([disputes.step_row(made, at)]))
    return made, rep


def decide(
    db: Ledger, dispute_id: str, reason: str, *, is_upheld: bool, by: str, at: dt.datetime
) -> Dispute:
    """Store a decision and the label that it makes; ``by``: id or mail address of who decides.

    Raises ``UsageError`` for somebody who may not, ``DecidedAlready``.
    """
    with db.transaction(TABLE, LABELS):
        found = of_all_time(db).get(dispute_id)
        if found is None:
            raise UsageError(f"no dispute '{dispute_id}'; see: cs-assets rep disputes --open")
        if found.decision is not None:
            raise DecidedAlready(
                f"{dispute_id} was {found.decision}", found.decided_by, _decided_at(db, dispute_id)
            )
        decided = dataclasses.replace(
            found,
            decision="upheld" if is_upheld else "overturned",
            decided_by=_manager(found, by, users_of(db.query("coaching/reps"))),
            decision_reason=disputes.fit(reason),
        )
        db.append(TABLE, pd.DataFrame([disputes.step_row(decided, at)]))
        db.merge(LABELS, pd.DataFrame([disputes.label_row(decided, at)]))
    return decided


def _decided_at(db: Any, dispute_id: str) -> Any:
    rows = db.query("coaching/disputes", _EVER)
    mine = (rows["dispute_id"] == dispute_id) & (rows["step"] != "raised")
    return rows.loc[mine, "done_at"].iloc[-1]


def criteria(rows: pd.DataFrame, rules: CoachingPolicy) -> list[str]:
    """What of a call can be disputed: criteria with their dimension; none where it has no score.

    ``rows``: of ``calls/one_call``.
    """
    call = _judged(rows)
    return [] if call is None else sorted(chances([call], rules))


def _judged(rows: pd.DataFrame) -> dict[str, Any] | None:
    calls, broken = readable(
        rows.assign(call_date=pd.to_datetime(rows["call_date"]).dt.date, account_key=None)
    )
    if broken or rows["status"].iloc[0] != "scored" or rows["is_private"].iloc[0]:
        return None
    return records(calls)[0]


def scored_call(
    db: Any, call_id: str, rules: CoachingPolicy
) -> tuple[Rep, dict[str, Any], dict[str, float]]:
    """The rep of a scored call, and its chances and shares by focus id."""
    rows = db.query("calls/one_call", [call_id])
    if rows.empty:
        raise UsageError(f"no call '{call_id}' is here: cs-assets calls list shows those that are")
    call = _judged(rows)
    if call is None:
        raise UsageError(f"call {call_id} has no score that could be disputed")
    shares = {
        f"{dimension}.{key}": share
        for dimension, own in call["evidence"].items()
        for key, share in own.criteria.items()
        if share is not None
    }
    seen = {key: own[0] for key, own in chances([call], rules).items()}
    return rep_of(str(call["rep_user_id"]), users_of(db.query("coaching/reps"))), seen, shares


def criterion_of(wanted: str, known: list[str]) -> str:
    found = [one for one in known if wanted in (one, one.partition(".")[2])]
    if len(found) != 1:
        raise UsageError(
            f"'{wanted}' is no criterion that this call was judged on before a person: "
            f"{', '.join(known) or 'none'}"
        )
    return found[0]


def _manager(dispute: Dispute, person: str, users: dict[str, Rep]) -> str:
    """Who decides: the rep's manager, or anybody but the rep where Gong knows none."""
    rep = rep_of(dispute.rep_user_id, users)
    found = next((one for one in users.values() if person in (one.user_id, one.email)), None)
    if found is None:
        raise UsageError(f"no '{person}' among Gong's users; give an id or an e-mail")
    if found.user_id == rep.user_id:
        raise UsageError("nobody decides on their own score")
    if rep.manager_id is not None and found.user_id != rep.manager_id:
        manager = rep_of(rep.manager_id, users)
        raise UsageError(f"the manager of {rep.name} decides: {manager.email or manager.name}")
    return found.email or found.name

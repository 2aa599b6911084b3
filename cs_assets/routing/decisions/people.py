"""Decisions of people on owners: approve, override with a reason, reject.

An override and an approval hold for the next runs; a rejection rules the pair out and
sends the account back to wait. Nothing else changes an owner by hand.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pandas as pd

from cs_assets.decided import DecidedAlready, is_newer
from cs_assets.errors import UsageError
from cs_assets.routing.batches import Store
from cs_assets.routing.rows import Row, known

Kind = Literal["approve", "override", "reject"]

#: Why a person decides otherwise; free text goes into the note.
REASON_CODES = (
    "knows_customer", "language", "expertise", "workload", "conflict", "customer_request",
    "review_accepted", "other",
)  # fmt: skip


class CannotDecide(UsageError):
    """A decision that makes no sense as things are."""


@dataclass(frozen=True)
class Decision:
    """What a person decided on an account; ``worker_id`` only for an override."""

    account_id: str
    kind: Kind
    reason_code: str
    decided_by: str
    decided_at: dt.datetime
    worker_id: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Consequence:
    """Rows to store: the decision, and the assignment as it is then (None: it is taken back)."""

    decision: dict[str, Any]
    assignment: dict[str, Any] | None


def consequence(decision: Decision, current: Row | None, workers: pd.DataFrame) -> Consequence:
    """What a decision changes; raises ``CannotDecide`` in one clear line.

    ``current`` is the account's row of account_csm_assignments, None when it has none.
    """
    if decision.reason_code not in REASON_CODES:
        raise CannotDecide(
            f"reason '{decision.reason_code}' is unknown; one of: {', '.join(REASON_CODES)}"
        )
    if current is None and decision.kind != "override":
        raise CannotDecide(f"account {decision.account_id} has no assignment to {decision.kind}")
    worker = (
        decision.worker_id if decision.kind == "override" else str((current or {})["worker_id"])
    )
    row = {
        "account_id": decision.account_id,
        "decided_at": decision.decided_at,
        "decision": decision.kind,
        "worker_id": worker,
        "batch_id": current["batch_id"] if current else None,
        "reason_code": decision.reason_code,
        "decided_by": decision.decided_by,
        "note": decision.note,
    }
    if decision.kind == "reject":
        return Consequence(row, None)
    by = {"reason_code": decision.reason_code, "decided_by": decision.decided_by}
    if decision.kind == "approve":
        assert current is not None
        return Consequence(row, {**current, **by, "status": "assigned"})
    return Consequence(row, _overridden(decision, current, workers) | by)


def _overridden(decision: Decision, current: Row | None, workers: pd.DataFrame) -> dict[str, Any]:
    found = workers[(workers["worker_id"] == decision.worker_id) & workers["is_active"]]
    if found.empty:
        raise CannotDecide(f"{decision.worker_id} is no active worker in Workday")
    before = dict(current) if current else {}
    if not before:
        before = {"batch_id": "by hand", "review_verdict": "unreviewed", "llm_feedback": "[]"}
        before |= {"policy_version": "none", "account_id": decision.account_id}
    return {
        **{name: value if known(value) else None for name, value in before.items()},
        "worker_id": decision.worker_id,
        "worker_name": found.iloc[0]["worker_name"],
        "status": "overridden",
        "method": "person",
        "score": None,
        "cost": None,
        "assigned_at": decision.decided_at,
    }


#: What a decision writes to.
TABLES = (
    "analytics.routing_decisions",
    "analytics.account_csm_assignments",
    "ops.routing_batches",
)


class Ledger(Store, Protocol):
    """A session that can also take rows away."""

    def replace(self, table: str, rows: pd.DataFrame, scope: dict[str, Any]) -> int: ...


def decide(db: Ledger, decision: Decision, *, seen_at: dt.datetime | None = None) -> Consequence:
    """Store a decision as things are now; what it changed.

    ``seen_at``: when the person looked; raises ``DecidedAlready`` if another has decided since,
    ``CannotDecide``.
    """
    with db.transaction(*TABLES):
        before = db.query("routing/decisions", [decision.decided_at])
        mine = before[before["account_id"] == decision.account_id]
        if len(mine):
            last = mine.iloc[-1]
            if last["decided_by"] != decision.decided_by and is_newer(last["decided_at"], seen_at):
                raise DecidedAlready(
                    f"{decision.account_id} was decided ({last['decision']})",
                    last["decided_by"],
                    last["decided_at"],
                )
        given = db.query("routing/assignments")
        own = given[given["account_id"] == decision.account_id]
        current: Any = own.iloc[0].to_dict() if len(own) else None
        outcome = consequence(decision, current, db.query("routing/workers"))
        store_decision(db, outcome)
    return outcome


def store_decision(db: Ledger, outcome: Consequence) -> None:
    """The decision and the assignment; a rejected account waits again and is planned anew."""
    account = outcome.decision["account_id"]
    decisions, assignments, members = TABLES
    with db.transaction(*TABLES):
        db.merge(decisions, pd.DataFrame([outcome.decision]))
        if outcome.assignment is not None:
            db.merge(assignments, pd.DataFrame([outcome.assignment]))
            return
        scope = {"account_id": account}
        for table in (assignments, members):
            db.replace(table, pd.DataFrame({"account_id": []}, dtype=object), scope)

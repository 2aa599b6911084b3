"""The only way from an answer to the warehouse: statements of a closed list, cut to the scope.

Each statement says which of its columns tell whom a row belongs to. A statement that is not in the
list cannot be read, and no answer sees a row before it was compared with the scope.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.answers.scope import Asker, Kind, Scope, Session, scope_of
from cs_assets.frames import records

#: By statement, the columns whose owner must be in scope (one of them is enough). Scores and what
#: a coach says belong to the rep alone; a customer's figures to whoever looks after it.
GUARDS: Mapping[str, Mapping[str, Kind]] = {
    "answers/customers": {"customer_id": "customer"},
    "answers/customers_called": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/reps": {"user_id": "rep"},
    "answers/accounts": {"owner_id": "worker"},
    "answers/state_of_week": {"customer_id": "customer"},
    "answers/changes_of_customer": {"customer_id": "customer"},
    "answers/transitions": {"customer_id": "customer"},
    "answers/actions": {"customer_id": "customer"},
    "answers/advice": {"customer_id": "customer"},
    "answers/calls": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/last_call": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/call": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/calls_counted": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/signals": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/promises": {"customer_id": "customer", "rep_user_id": "rep"},
    "answers/score_of_call": {"rep_user_id": "rep"},
    "answers/focus_of_rep": {"rep_user_id": "rep"},
    "answers/scores_of_rep": {"rep_user_id": "rep"},
    "answers/owner_of_account": {"owner_id": "worker"},
    "answers/deliveries_counted": {
        "customer_id": "customer", "rep_user_id": "rep", "worker_id": "worker",
    },
    "answers/held": {"customer_id": "customer", "rep_user_id": "rep", "worker_id": "worker"},
}  # fmt: skip

_ALL_CALLS = 10_000_000


class Reader:
    """Reads for one asker. Each statement is run once for the same parameters."""

    def __init__(self, db: Session, who: Asker, scope: Scope | None = None) -> None:
        self.asker = who
        self._db = db
        self._scope = scope_of(db, who) if scope is None else scope
        mine = self._scope.reps if who.role == "rep" else frozenset()
        #: The rep who asks, when one does.
        self.own_rep = next(iter(mine)) if len(mine) == 1 else None
        self._read: dict[tuple[Any, ...], pd.DataFrame] = {}

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows in scope; raises ``KeyError`` for a statement that is not in the list."""
        guards = GUARDS[statement]
        # A day that was read as a timestamp is bound as a day: the connector binds no other.
        parameters = [one.date() if isinstance(one, dt.datetime) else one for one in parameters]
        key = (statement, *parameters)
        if key not in self._read:
            self._read[key] = self._scope.kept(self._db.query(statement, parameters), guards)
        return records(self._read[key])

    def weeks(self) -> list[pd.Timestamp]:
        """Mondays of the weeks that are known, the newest first: about nobody."""
        return [pd.Timestamp(one) for one in self._db.query("answers/weeks")["week_start"]]

    def alike(self, call_id: str, most: int) -> list[dict[str, Any]]:
        """Calls in scope by nearness to one that is: ``call_id``, ``similarity``; ``[]`` else."""
        calls = {str(one["call_id"]): one for one in self.rows("answers/calls")}
        if call_id not in calls:
            return []
        days = [pd.Timestamp(one["call_date"]).date() for one in calls.values()]
        models = self._db.query("calls/embedding_models", [min(days), max(days)])
        if models.empty:
            return []
        asked = [str(models["model"].iloc[0]), call_id, min(days), max(days)]
        # The scope cuts afterwards, so all are asked for.
        found = self._db.query(
            "calls/similar_to_call", [*asked, None, None, None, None, None, -1.0, _ALL_CALLS]
        )
        near = found.drop_duplicates("call_id")
        return [
            {**calls[str(row["call_id"])], "similarity": float(row["similarity"])}
            for row in records(near)
            if str(row["call_id"]) in calls
        ][:most]

"""What the desk may read, and whose each row is: a closed list of statements.

The only way from a page to the warehouse. A statement that is not in the list is read by
operations alone. Scores and what a coach says belong to the rep; a customer's figures to whoever
looks after it; accounts and owners to those who lead the owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cs_assets.answers.scope import Asker, Kind, Scope, Session
from cs_assets.errors import UsageError
from cs_assets.frames import records


class NotYours(UsageError):
    """Somebody asks for what they may not see or decide; says no more than that."""


@dataclass(frozen=True)
class Guard:
    """How the rows of a statement are cut to a viewer's scope."""

    columns: Mapping[str, Kind] = field(default_factory=dict)
    """Whose the row is: one of these in scope lets it pass."""
    customer_at: int | None = None
    """Which parameter is a customer that must be in scope; its rows name nobody themselves."""
    by_call: bool = False
    """Rows pass whose ``call_id`` is a call with a customer or rep in scope."""
    is_about_nobody: bool = False
    hidden: tuple[str, ...] = ()
    """Columns that are empty where ``rep_user_id`` is not in scope."""


_CUSTOMER = Guard({"customer_id": "customer"})
_REP = Guard({"rep_user_id": "rep"})
_WORKER = Guard({"worker_id": "worker"})
_BY_CALL = Guard(by_call=True)
_CALL: Mapping[str, Kind] = {"customer_id": "customer", "rep_user_id": "rep"}

#: Of a call, what says how well somebody led it.
_SCORES = (
    "overall_score", "product_knowledge_score", "discovery_score", "objection_handling_score",
    "engagement_score", "evidence", "talk_ratio", "longest_monologue_seconds", "patience_seconds",
    "question_count",
)  # fmt: skip

GUARDS: dict[str, Guard] = {
    **dict.fromkeys(
        (
            "answers/customers", "customers/actions_of", "customers/adoption_of_week",
            "customers/alerts_of_week", "customers/changes_of_week", "customers/gaps_of_week",
            "customers/metrics_of_week", "customers/modules_of_week", "customers/overview",
            "customers/owners", "customers/passages", "customers/segments_of_week",
            "customers/transitions_of", "customers/weekly_series", "reports/of_week",
            "reviews/book_accounts", "reviews/hands", "reviews/reports", "reviews/site_reports",
            "reviews/stored_revisions", "reviews/clear_changes", "reviews/customer_ids",
            "reviews/lost_modules", "answers/changes_of_customer", "desk/customer_weeks",
            "desk/customer_reviews", "reviews/reports_without_line",
        ),
        _CUSTOMER,
    ),
    **dict.fromkeys(
        (
            "coaching/calls_of_window", "coaching/disputes", "coaching/labels_of_call",
            "coaching/rep_digests",
            "coaching/rep_week_focus", "coaching/rep_week_objections", "coaching/rep_week_scores",
            "coaching/rep_week_trends", "coaching/scores_of_calls", "calls/judgements",
        ),
        _REP,
    ),
    **dict.fromkeys(("coaching/reps", "calls/reps", "answers/reps"), Guard({"user_id": "rep"})),
    **dict.fromkeys(
        (
            "routing/assignments", "routing/orphans", "routing/owned_accounts", "routing/to_decide",
            "routing/workers", "answers/workers",
        ),
        _WORKER,
    ),
    "answers/accounts": Guard({"owner_id": "worker"}),
    "routing/audit_of_account": Guard({"worker_id": "worker", "owner_id": "worker"}),
    **dict.fromkeys(
        ("customers/people_of", "reports/weeks_of_customer", "reports/sections", "reports/history",
         "reports/advice"),
        Guard(customer_at=0),
    ),
    "customers/inputs_of": Guard(customer_at=1),
    "answers/calls": Guard(_CALL),
    "answers/call": Guard(_CALL),
    "desk/call_index": Guard(_CALL),
    "answers/signals": Guard(_CALL),
    "calls/list_calls": Guard(_CALL, hidden=_SCORES),
    "calls/one_call": Guard(_CALL, hidden=_SCORES),
    **dict.fromkeys(
        (
            "calls/call_patterns", "calls/sentences_of_call", "calls/signals",
            "calls/search_sentences",
            "calls/similar_to_call", "calls/similar_to_text", "desk/people_of_call",
            "desk/signals_of_call",
        ),
        _BY_CALL,
    ),
    **dict.fromkeys(
        (
            "answers/weeks", "customers/newest_week", "customers/weights_of_week",
            "customers/plays_without_effect", "reviews/newest_week", "calls/span_of_calls",
            "calls/embedding_models", "desk/newest_coaching_week",
            # Stages and counts, no names and no words: what is learned from all deals.
            "calls/deal_calls",
        ),
        Guard(is_about_nobody=True),
    ),
}  # fmt: skip


class ScopedSession:
    """Of the warehouse port, what reads; every row was held against the scope.

    Stands wherever a function of a room takes a session to read from.
    """

    def __init__(self, db: Session, who: Asker, scope: Scope) -> None:
        self.asker = who
        self.scope = scope
        self._db = db
        self._calls: frozenset[str] | None = None

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Rows in scope; raises ``NotYours`` for a statement or customer that is not."""
        if self.scope.sees_all:
            return self._db.query(statement, parameters)
        guard = GUARDS.get(statement)
        if guard is None:
            raise NotYours("that is for operations")
        if guard.customer_at is not None and not self.scope.allows(
            "customer", parameters[guard.customer_at]
        ):
            raise NotYours("that customer is not one of yours, or is gone")
        rows = self._db.query(statement, parameters)
        if guard.is_about_nobody or guard.customer_at is not None:
            return rows
        if guard.by_call:
            return rows[rows["call_id"].isin(self._own_calls())].reset_index(drop=True)
        return self._without_hidden(self.scope.kept(rows, guard.columns), guard.hidden)

    def _own_calls(self) -> frozenset[str]:
        if self._calls is None:
            found = self.query("answers/calls")
            self._calls = frozenset(str(one["call_id"]) for one in records(found))
        return self._calls

    def _without_hidden(self, rows: pd.DataFrame, hidden: Sequence[str]) -> pd.DataFrame:
        names = [name for name in hidden if name in rows.columns]
        if not names or rows.empty:
            return rows
        foreign = ~rows["rep_user_id"].map(lambda one: self.scope.allows("rep", one)).astype(bool)
        kept = rows.astype(dict.fromkeys(names, object))
        kept.loc[foreign, names] = None
        return kept

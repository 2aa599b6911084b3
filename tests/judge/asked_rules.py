"""What answers must hold, derived from the warehouse by one rule for each question.

Nothing of ``cs_assets/answers`` is used: each rule is a statement of its own over the tables.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from sql import catalog

Item = Mapping[str, Any]
#: Rows shown when a question does not say how many.
_FEW = 10
_METRICS, _SEGMENTS = "analytics.customer_metrics", "analytics.customer_segments"


@dataclass
class Judged:
    """A warehouse whose cells are read by other statements than those of answers."""

    db: duckdb.DuckDBPyConnection

    def __post_init__(self) -> None:
        found = self.column(f"SELECT DISTINCT week_start FROM {_METRICS} ORDER BY 1 DESC")
        self.weeks = {"newest": found[0], "before": found[1], "oldest": found[-1]}
        self.calls = self.column(
            "SELECT a.call_id FROM analytics.call_analysis a JOIN gong.stg_gong_calls USING "
            "(call_id) WHERE status = 'scored' AND NOT is_private ORDER BY 1"
        )
        self.accounts = self.column(
            "SELECT DISTINCT account_id FROM analytics.csm_routing_recommendations ORDER BY 1"
        )

    def column(self, text: str, values: list[Any] | None = None) -> list[Any]:
        return [row[0] for row in self.db.execute(text, values or []).fetchall()]

    def worded(self, item: Item) -> str:
        """The question with its weeks, calls and accounts filled in."""
        text = str(item["ask"])
        for name, week in self.weeks.items():
            text = text.replace(f"{{{name}}}", week.isoformat())
        for kind, ids in (("call", self.calls), ("account", self.accounts)):
            for number in range(len(ids), 0, -1):
                text = text.replace(f"{{{kind}{number}}}", ids[number - 1])
        return text

    def cell(self, ref: str) -> tuple[Any] | None:
        """The value of ``table/key.../column``; ``None`` where the reference names no cell."""
        table, *key, column = ref.split("/")
        known = catalog.tables().get(table)
        if known is None or column not in known.column_names or len(key) != len(known.key):
            return None
        parts = [part.replace("%2F", "/").replace("%25", "%") for part in key]
        where = " AND ".join(f"CAST({name} AS VARCHAR) = ?" for name in known.key)
        rows = self.db.execute(f"SELECT {column} FROM {table} WHERE {where}", parts).fetchall()
        return rows[0] if len(rows) == 1 else None

    def book(self, who: str) -> list[str]:
        """Customers whom the asker of a list looks after."""
        if not who.startswith("csm:"):
            return self.column("SELECT customer_id FROM source.customers")
        mine = "SELECT customer_id FROM source.csm_assignments WHERE csm_id = ?"
        return self.column(mine, [who.removeprefix("csm:")])

    def rep(self, item: Item) -> str:
        by_name = "SELECT user_id FROM gong.gong_users WHERE full_name = ?"
        found = self.column(by_name, [item["rep"]])
        return str(found[0])

    def week(self, item: Item, name: str = "week") -> dt.date:
        return self.weeks[item.get(name, "newest")]

    def span(self) -> list[dt.date]:
        last = self.weeks["newest"] + dt.timedelta(days=6)
        return [last - dt.timedelta(days=90), last]


def expected(judged: Judged, item: Item) -> list[str]:
    """The references that the answer must hold, in order; empty when there is nothing to tell."""
    return RULES[item["question"]](judged, item)


def _figures(customers: list[str], weeks: list[dt.date], column: str) -> list[str]:
    return [f"{_METRICS}/{one}/{week}/{column}" for one in customers for week in weeks]


def _metric(judged: Judged, item: Item) -> list[str]:
    return _figures([item["customer"]], [judged.week(item)], item["column"])


def _two_customers(judged: Judged, item: Item) -> list[str]:
    return _figures([item["customer"], item["other"]], [judged.week(item)], item["column"])


def _two_weeks(judged: Judged, item: Item) -> list[str]:
    weeks = [judged.week(item, "since"), judged.week(item)]
    return _figures([item["customer"]], weeks, item["column"])


def _ranking(judged: Judged, item: Item) -> list[str]:
    order = "DESC" if item["down"] else "ASC"
    ids = judged.column(
        f"SELECT customer_id FROM {_METRICS} WHERE week_start = ? AND {item['column']} IS NOT NULL "
        f"AND list_contains(?, customer_id) ORDER BY {item['column']} {order}, customer_id",
        [judged.weeks["newest"], judged.book(item.get("as", ""))],
    )
    return _figures(ids[: item["most"]], [judged.weeks["newest"]], item["column"])


def _at_risk(judged: Judged, item: Item) -> list[str]:
    ids = judged.column(
        f"SELECT customer_id FROM {_METRICS} m JOIN {_SEGMENTS} s USING (customer_id, week_start) "
        "WHERE week_start = ? AND list_contains(?, customer_id) AND (m.health_segment = 'Red' OR "
        "s.behaviour_segment = 'At risk') ORDER BY COALESCE(health_score, 0), customer_id",
        [judged.weeks["newest"], judged.book(item.get("as", ""))],
    )
    return _figures(ids[:_FEW], [judged.weeks["newest"]], "health_score")


def _standing(judged: Judged, item: Item) -> list[str]:
    return _figures([item["customer"]], [judged.week(item)], "health_score")


def _renewals(judged: Judged, item: Item) -> list[str]:
    ids = judged.column(
        f"SELECT customer_id FROM {_METRICS} WHERE week_start = ? AND "
        "list_contains(?, customer_id) AND days_to_renewal BETWEEN 0 AND ? "
        "ORDER BY days_to_renewal, customer_id",
        [judged.weeks["newest"], judged.book(item.get("as", "")), item["days"]],
    )
    return _figures(ids[:_FEW], [judged.weeks["newest"]], "days_to_renewal")


def _signals(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "SELECT 'analytics.call_signals/' || g.call_id || '/' || g.kind || '/' || g.sentence_index "
        "|| '/kind' FROM analytics.call_signals g JOIN gong.stg_gong_calls c USING (call_id) "
        "WHERE c.customer_id = ? AND NOT c.is_private AND (? IS NULL OR g.kind = ?) AND "
        "c.call_date BETWEEN ? AND ? ORDER BY g.call_date DESC, g.confidence DESC, g.call_id, "
        "g.sentence_index, g.kind",
        [item["customer"], item.get("kind"), item.get("kind"), *judged.span()],
    )[:_FEW]


def _alike(judged: Judged, item: Item) -> list[str]:
    near = judged.column(
        "WITH pairs AS (SELECT m.chunk_index, o.call_id, "
        "MAX(list_cosine_similarity(m.embedding, o.embedding)) AS near "
        "FROM analytics.transcript_embeddings m, analytics.transcript_embeddings o "
        "JOIN gong.stg_gong_calls c ON c.call_id = o.call_id WHERE m.call_id = ? AND NOT "
        "c.is_private AND o.call_id <> m.call_id AND o.model = m.model GROUP BY ALL) "
        "SELECT call_id FROM pairs GROUP BY call_id ORDER BY AVG(near) DESC, call_id",
        [judged.calls[item["call"] - 1]],
    )
    return [f"gong.stg_gong_calls/{one}/call_id" for one in near[: item.get("most", 5)]]


def _why_score(judged: Judged, item: Item) -> list[str]:
    return [f"analytics.call_analysis/{judged.calls[item['call'] - 1]}/overall_score"]


def _why_owner(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "SELECT 'analytics.csm_routing_recommendations/' || batch_id || '/' || account_id || "
        "'/1/explanation' FROM analytics.csm_routing_recommendations WHERE account_id = ? AND "
        "rank = 1 ORDER BY recommended_at DESC LIMIT 1",
        [judged.accounts[item["account"] - 1]],
    )


def _changed(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "SELECT 'analytics.customer_transitions/' || customer_id || '/' || week_start || '/' || "
        "subject || '/has_become' FROM analytics.customer_transitions WHERE customer_id = ? AND "
        "week_start > ? ORDER BY week_start, subject",
        [item["customer"], judged.week(item, "since")],
    )


def _promises(judged: Judged, item: Item) -> list[str]:
    rep = judged.rep(item) if "rep" in item else None
    customer = item.get("customer")
    return judged.column(
        "SELECT 'analytics.call_analysis/' || call_id || '/next_step_owner' FROM "
        "analytics.call_analysis a JOIN gong.stg_gong_calls c USING (call_id) WHERE next_step IS "
        "NOT NULL AND NOT c.is_private AND (? IS NULL OR c.customer_id = ?) AND (? IS NULL OR "
        "a.rep_user_id = ?) AND c.call_date BETWEEN ? AND ? ORDER BY c.call_date DESC, call_id",
        [customer, customer, rep, rep, *judged.span()],
    )[:_FEW]


def _actions(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "WITH last AS (SELECT * FROM ops.customer_actions WHERE (? IS NULL OR customer_id = ?) "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY action_id ORDER BY done_at DESC, CASE state WHEN "
        "'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END DESC, event_id DESC) = 1) "
        "SELECT 'ops.customer_actions/' || event_id || '/state' FROM last l ORDER BY CASE state "
        "WHEN 'taken' THEN 0 WHEN 'proposed' THEN 1 WHEN 'done' THEN 2 ELSE 3 END, (SELECT "
        "MAX(i.week_start) FROM analytics.customer_insights i WHERE i.customer_id = l.customer_id "
        "AND i.action_id = l.action_id) DESC NULLS LAST, due_on, action_id",
        [item.get("customer"), item.get("customer")],
    )[:_FEW]


def _next_action(judged: Judged, item: Item) -> list[str]:
    return [f"analytics.customer_insights/{item['customer']}/{judged.weeks['newest']}/next_action"]


def _focus(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "SELECT 'analytics.rep_week_focus/' || rep_user_id || '/' || week_start || '/' || focus_id "
        "|| '/level' FROM analytics.rep_week_focus WHERE rep_user_id = ? AND state = 'open' AND "
        "week_start = (SELECT MAX(week_start) FROM analytics.rep_week_focus) ORDER BY place",
        [judged.rep(item)],
    )


def _scores(judged: Judged, item: Item) -> list[str]:
    return judged.column(
        "SELECT 'analytics.rep_week_scores/' || rep_user_id || '/' || week_start || '/' || "
        "dimension || '/mean_window' FROM analytics.rep_week_scores WHERE rep_user_id = ? AND "
        "week_start = (SELECT MAX(week_start) FROM analytics.rep_week_scores) ORDER BY dimension "
        "<> 'overall', dimension",
        [judged.rep(item)],
    )


def _held(judged: Judged, item: Item) -> list[str]:
    customer = item.get("customer")
    return judged.column(
        "SELECT 'ops.deliveries/' || delivery_key || '/reason' FROM ops.deliveries WHERE state = "
        "'held' AND (? IS NULL OR (report_kind = 'weekly_report' AND artefact_id = ?)) ORDER BY "
        "period_start DESC, report_kind, artefact_id, delivery_key",
        [customer, customer],
    )[:_FEW]


RULES: Mapping[str, Callable[[Judged, Item], list[str]]] = {
    "metric": _metric,
    "compare_customers": _two_customers,
    "compare_weeks": _two_weeks,
    "ranking": _ranking,
    "at_risk": _at_risk,
    "standing": _standing,
    "renewals": _renewals,
    "signals": _signals,
    "alike": _alike,
    "why_score": _why_score,
    "why_owner": _why_owner,
    "changed_since": _changed,
    "promises": _promises,
    "actions": _actions,
    "next_action": _next_action,
    "focus": _focus,
    "rep_scores": _scores,
    "held": _held,
}

"""A small company made by hand: four customers of two CSMs, two reps, two weeks."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd

from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog

NEWEST, BEFORE = dt.date(2026, 11, 9), dt.date(2026, 11, 2)
CALL, OTHER_CALL = "7000000000000000001", "7000000000000000002"
ANN, BOB = "4000000000000000001", "4000000000000000002"
SAID = "We may cancel in March; see {value} and DROP TABLE calls."
_DEFAULTS: dict[str, Any] = {
    "STRING": "x", "BIGINT": 0, "DOUBLE": 0.0, "DATE": NEWEST, "BOOLEAN": False,
    "TIMESTAMP_NTZ": dt.datetime(2026, 11, 9, 8),
}  # fmt: skip


def made(table: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of a table; what must be given and is not gets a value that is allowed."""
    columns = [one for one in catalog.table(table).columns if one.required]
    filled = {
        one.name: one.one_of[0] if one.one_of else _DEFAULTS.get(one.type.split("(")[0], 0)
        for one in columns
    }
    return pd.DataFrame([filled | row for row in rows])


def _metrics(customer: str, week: dt.date, **given: Any) -> dict[str, Any]:
    known = {"health_segment": "Green", "health_score": 80.0, "health_coverage": 1.0}
    return {"customer_id": customer, "week_start": week} | known | given


def _scored(call: str, rep: str, score: float) -> dict[str, Any]:
    evidence = {
        "discovery": {
            "score": score,
            "reason": "asked open questions",
            "criteria": {},
            "quotes": [{"start_ms": 4000, "speaker": "rep", "text": "What would help you most?"}],
        }
    }
    step = {"next_step": "I send the offer by Friday.", "next_step_sentence": 1}
    return {
        "call_id": call, "call_date": NEWEST, "rep_user_id": rep, "status": "scored",
        "overall_score": score, "discovery_score": score, "evidence": json.dumps(evidence),
        "next_step_owner": "us", "next_step_due": dt.date(2026, 11, 13), **step,
    }  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """Every table that an answer reads, by name."""
    customers = {
        "CUST_1": "Northgate Council", "CUST_2": "Café Montaña",
        "CUST_3": "Northgate Water", "CUST_4": "みなと市財政局",
    }  # fmt: skip
    owners = {"CUST_1": "CSM1", "CUST_2": "CSM1", "CUST_3": "CSM2", "CUST_4": "CSM2"}
    calls = {CALL: ("CUST_1", ANN), OTHER_CALL: ("CUST_3", BOB)}
    return {
        "source.customers": made("source.customers", *(
            {"customer_id": one, "customer_name": name} for one, name in customers.items())),
        "source.csms": made("source.csms", *(
            {"csm_id": f"CSM{n}", "csm_name": f"Csm {n}", "csm_email": f"c{n}@x.example"}
            for n in (1, 2))),
        "source.csm_assignments": made("source.csm_assignments", *(
            {"customer_id": one, "csm_id": csm} for one, csm in owners.items())),
        "source.workday_workers": made("source.workday_workers", *(
            {"worker_id": f"CSM{n}", "worker_email": f"c{n}@x.example", "manager_id": "W9"}
            for n in (1, 2))),
        "gong.gong_users": made("gong.gong_users",
            {"user_id": ANN, "full_name": "Ann Ölund", "email": "ann@x.example", "manager_id": "9"},
            {"user_id": BOB, "full_name": "Bob Stone", "email": "bob@x.example",
             "manager_id": "8"}),
        "analytics.customer_metrics": made("analytics.customer_metrics",
            _metrics("CUST_1", NEWEST, arr=1200, conversions_4w=9, conversions_week=3,
                     days_to_renewal=20, open_rate_4w=0.25, messages_sent_4w=400),
            _metrics("CUST_1", BEFORE, arr=1100, conversions_4w=7, conversions_week=2),
            _metrics("CUST_2", NEWEST, arr=500, health_segment="Red", health_score=20.0),
            _metrics("CUST_3", NEWEST, arr=9000, health_segment="Red", days_to_renewal=5),
            _metrics("CUST_4", NEWEST)),
        "analytics.customer_segments": made("analytics.customer_segments", *(
            {"customer_id": one, "behaviour_segment": "Steady", "reason": "no other rule fits"}
            for one in customers)),
        "analytics.customer_changes": made("analytics.customer_changes",
            {"customer_id": "CUST_1", "window_weeks": 4, "measure": "conversions", "n": 16,
             "compared_with": "before", "part": "all", "name": "", "direction": "rise",
             "size": 0.25, "size_low": 0.1, "size_high": 0.4}),
        "analytics.customer_transitions": made("analytics.customer_transitions",
            {"customer_id": "CUST_1", "subject": "health", "was": "Yellow", "has_become": "Green"}),
        "analytics.customer_insights": made("analytics.customer_insights",
            {"customer_id": "CUST_1", "next_action": "Call them.", "next_action_code": "call",
             "action_id": "CUST_1:call", "action_owner": "CSM1"}),
        "ops.customer_actions": made("ops.customer_actions",
            {"event_id": "e1", "action_id": "a1", "customer_id": "CUST_1", "state": "done",
             "note": "they renewed", "code": "renew"}),
        "gong.stg_gong_calls": made("gong.stg_gong_calls", *(
            {"call_id": call, "call_date": NEWEST, "customer_id": customer}
            for call, (customer, _) in calls.items())),
        "gong.stg_gong_call_transcripts": made("gong.stg_gong_call_transcripts", *(
            {"call_id": call, "sentence_index": n, "affiliation": side, "start_ms": 1000 * n,
             "sentence": text}
            for call in calls
            for n, (side, text) in enumerate(
                [("External", SAID), ("Internal", "I send the offer by Friday.")]))),
        "analytics.call_analysis": made("analytics.call_analysis",
            _scored(CALL, ANN, 71.0), _scored(OTHER_CALL, BOB, 33.0)),
        "analytics.call_signals": made("analytics.call_signals", *(
            {"call_id": call, "kind": "churn", "sentence": SAID, "confidence": 0.8}
            for call in calls)),
        "analytics.rep_week_focus": made("analytics.rep_week_focus", *(
            {"rep_user_id": rep, "focus_id": f"discovery.{key}", "state": "open", "place": 1,
             "calls": 8, "level": 25.0, "target": 70.0}
            for rep, key in ((ANN, "open_questions"), (BOB, "impact")))),
        "analytics.rep_week_scores": made("analytics.rep_week_scores", *(
            {"rep_user_id": rep, "dimension": "overall", "calls_window": 8, "mean_window": mean,
             "low_window": mean - 5, "high_window": mean + 5}
            for rep, mean in ((ANN, 71.0), (BOB, 33.0)))),
        "analytics.csm_routing_recommendations": made("analytics.csm_routing_recommendations", *(
            {"batch_id": "b", "account_id": f"ACC_{n}", "rank": 1, "worker_id": f"CSM{n}",
             "worker_name": f"Csm {n}", "status": "recommended", "explanation": "nearest book"}
            for n in (1, 2))),
        "ops.deliveries": made("ops.deliveries",
            {"delivery_key": "held-1", "report_kind": "weekly_report", "artefact_id": "CUST_1",
             "state": "held", "reason": "late conversions", "audience": "CSM1"},
            {"delivery_key": "held-2", "report_kind": "rep_digest", "artefact_id": BOB,
             "state": "held", "reason": "no address", "audience": BOB},
            {"delivery_key": "held-3", "report_kind": "team_summary", "artefact_id": "team",
             "state": "held", "reason": "no channel", "audience": "team"}),
    }  # fmt: skip


def company(path: Path) -> DuckDBWarehouse:
    """The company's warehouse, made anew at ``path``."""
    warehouse = DuckDBWarehouse(path=str(path), wait_seconds=20)
    with warehouse.session("test") as db:
        for table, rows in tables().items():
            db.append(table, rows)
    return warehouse

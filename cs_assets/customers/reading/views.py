"""Views for reports: ``analytics.v_*``. Their columns are promised: one is added, none changes.

``python -m cs_assets.customers.reading.views > docs/views.md`` writes the page; a test keeps it
true.
"""

import datetime as dt
import sys

#: By view: what a row is, and its columns in order.
VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "v_customers": (
        "One row per customer and week: contract, health, segment, use, results, calls, voices, "
        "people, risk, advice.",
        (
            "customer_id", "week_start", "customer_name", "industry", "segment", "region",
            "lifecycle_stage", "csm_id", "csm_name", "arr", "arr_basis", "tenure_days",
            "renewal_date", "notice_date", "days_to_renewal", "health_segment", "health_score",
            "health_basis", "health_coverage", "health_override", "behaviour_segment",
            "segment_reason", "previous_segment", "segment_since", "value_tier", "active_modules",
            "adopted_modules", "declining_modules", "dropped_modules", "collapsed_modules",
            "not_started_modules", "cancelled_modules", "white_space_modules", "contracted_seats",
            "users_4w", "seat_utilisation_4w", "key_actions_4w", "usage_verdict", "conversions_4w",
            "conversion_value_4w", "conversions_verdict", "value_verdict", "calls_4w",
            "negative_calls_4w", "churn_calls_13w", "churn_texts_13w", "competitor_calls_13w",
            "expansion_calls_13w", "tickets_13w", "severe_open_tickets", "last_nps",
            "unhappy_answers_26w", "champions", "champion_left_on", "days_since_contact", "risk",
            "risk_low", "risk_high", "arr_at_risk", "risk_basis", "summary", "next_action",
            "next_action_code", "action_id", "due_on", "arr_own", "arr_currency",
            "attributed_revenue_4w",
        ),
    ),
    "v_customer_modules": (
        "One row per customer, module and week: state, value, use, peers.",
        (
            "customer_id", "module_code", "week_start", "customer_name", "module_state",
            "state_since", "annual_value", "is_estimate", "contracted_seats", "users_4w",
            "actions_per_user_4w", "weeks_used_13w", "adoption_stage", "usage_verdict",
            "peer_group", "peer_count", "peer_adopted_share", "value_peers",
        ),
    ),
    "v_customer_actions": (
        "One row per advised action: where it stands, who, when, and whether that was late.",
        (
            "action_id", "customer_id", "customer_name", "code", "state", "owner_id", "due_on",
            "note", "done_by", "done_at", "proposed_at", "taken_at", "was_late",
        ),
    ),
    "v_customer_transitions": (
        "One row per change of segment or health colour.",
        (
            "customer_id", "week_start", "customer_name", "subject", "was", "has_become",
            "is_worse", "reason", "held_weeks", "rules_version",
        ),
    ),
    "v_enriched_calls": (
        "One row per call that is not private: who, what about, sentiment, summary, score, "
        "priority, signals.",
        (
            "call_id", "call_date", "title", "call_type", "duration_seconds", "primary_user_id",
            "host_name", "customer_id", "customer_name", "hubspot_deal_id", "talk_ratio",
            "sentiment_category", "sentiment_score", "summary", "overall_score", "priority",
            "next_step", "next_step_due", "churn_signals", "expansion_signals",
            "competitor_signals",
            "signals",
        ),
    ),
}  # fmt: skip
#: What ``customers export`` writes, and whether it is of one week.
EXPORTED = {
    "customers": True, "modules": True, "transitions": True, "actions": False, "calls": False,
}  # fmt: skip


def parameters(what: str, week: dt.date) -> list[dt.date]:
    """The parameters of ``customers/export_<what>``."""
    return [week] if EXPORTED[what] else []


def page() -> str:
    """``docs/views.md``."""
    lines = [
        "# Views for reports",
        "",
        "Made from `cs_assets/customers/reading/views.py` by "
        "`python -m cs_assets.customers.reading.views`; a test "
        "keeps it true.",
        "Columns are promised: one may be added, none changes its name or meaning. On Snowflake "
        "the role",
        "`<ROLE>_REPORT` reads them; `cs-assets customers export` writes them to CSV or Parquet.",
    ]
    for name, (meaning, columns) in VIEWS.items():
        listed = ", ".join(f"`{column}`" for column in columns)
        lines += ["", f"## `analytics.{name}`", "", meaning, "", f"Columns: {listed}."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())

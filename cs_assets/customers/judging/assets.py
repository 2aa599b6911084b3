"""How customers are, week by week: metrics with health, segments, risk, and how right that was."""

import datetime as dt
from collections import Counter

import dagster as dg
import pandas as pd

from cs_assets.customers import policy as policies
from cs_assets.customers.coming import gaps_of, verdicts_of
from cs_assets.customers.judging import backtest, health, risk_rows, segments, standing
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.kit import previews
from cs_assets.kit.assets import (
    partition_dates,
    replace_dates,
    result,
    weekly,
)
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

_WEEK = dt.timedelta(days=7)


@dg.asset(
    **weekly(
        "analytics.customer_metrics",
        group="customers",
        deps=[
            "customer_changes",
            "customer_gaps",
            "source_customers",
            "source_exchange_rates",
            "source_attributions",
            "source_conversions",
            "source_historical_engagement",
            "module_adoption",
            "stg_gong_calls",
            "call_sentiment",
            "call_signals",
            "customer_texts",
            "source_products",
            "source_contract_terms",
            "source_customer_people",
            "source_support_tickets",
            "source_survey_responses",
        ],
    )
)
def customer_metrics(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("customer_metrics") as db:
        dates = partition_dates(context)
        before = db.query("customers/metrics_of_week", [dates[0] - _WEEK])
        frames = []
        for week in dates:
            found = standing.read(db.query, week, len(policy.modules))
            before = health.with_health(
                found, verdicts_of(db.query, week), gaps_of(db.query, week), policy, before
            )
            frames.append(before)
        rows = replace_dates(db, "analytics.customer_metrics", frames, context)
    colours = Counter(rows["health_segment"])
    return result(len(rows), {f"{colour}_customers": n for colour, n in sorted(colours.items())})


@dg.asset(
    **weekly(
        "analytics.customer_segments",
        group="customers",
        deps=["customer_metrics", "source_customers"],
    )
)
def customer_segments(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    dates = partition_dates(context)
    with warehouse.session("customer_segments") as db:
        before = db.query("customers/segments_of_week", [dates[0] - _WEEK])
        frames = []
        for week in dates:
            metrics = db.query("customers/segment_inputs", [week])
            before = segments.segment_rows(metrics, before, week, policy)
            frames.append(before)
        rows = replace_dates(db, "analytics.customer_segments", frames, context)
    moved = rows[
        rows["previous_segment"].notna() & (rows["previous_segment"] != rows["behaviour_segment"])
    ]
    return result(
        len(rows),
        {
            **{f"{name}_customers": n for name, n in Counter(rows["behaviour_segment"]).items()},
            "moved": len(moved),
            "preview": previews.table(
                moved,
                {
                    "customer_id": "customer",
                    "week_start": "week",
                    "previous_segment": "from",
                    "behaviour_segment": "to",
                    "reason": "reason",
                },
                nothing="No customer changed its segment.",
            ),
        },
    )


_PAST = [
    "source_contract_terms", "source_usage_quarters", "source_support_tickets",
    "source_survey_responses",
]  # fmt: skip


def _past(db: Session, week: dt.date, lead: int, policy: CustomerPolicy) -> pd.DataFrame:
    found = db.query("customers/risk_inputs", [week, lead])
    return backtest.with_score(found, policy.health)


@dg.asset(**weekly("analytics.health_backtest", group="customers", deps=_PAST, kinds=("python",)))
def health_backtest(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("health_backtest") as db:
        weeks = partition_dates(context)
        known = {
            lead: backtest.known_by(backtest.past_cases(_past(db, weeks[-1], lead, policy)), weeks)
            for lead in backtest.LEADS
        }
        frames = [
            risk_rows.backtest_rows(backtest.findings(known[lead][week], lead), week)
            for week in weeks
            for lead in backtest.LEADS
        ]
        rows = replace_dates(db, "analytics.health_backtest", frames, context)
    told = rows[rows["segment"] == "all"]
    columns = {
        "week_start": "week", "score": "score", "lead_days": "days ahead", "words": "in the past",
    }  # fmt: skip
    shown = previews.table(told, columns, nothing="No decision of the past is known.")
    return result(len(rows), {"preview": shown})


@dg.asset(**weekly("analytics.health_weights", group="customers", deps=_PAST, kinds=("python",)))
def health_weights(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("health_weights") as db:
        weeks = partition_dates(context)
        past = backtest.past_cases(_past(db, weeks[-1], backtest.LEADS[0], policy))
        frames = [
            risk_rows.weight_rows(known, policy.health, week)
            for week, known in backtest.known_by(past, weeks).items()
        ]
        rows = replace_dates(db, "analytics.health_weights", frames, context)
    return result(len(rows), {"proposed": int(rows["proposed_weight"].notna().sum())})


@dg.asset(
    **weekly(
        "analytics.customer_risks",
        group="customers",
        deps=[*_PAST, "source_customers", "customer_metrics"],
        kinds=("python",),
    )
)
def customer_risks(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("customer_risks") as db:
        frames = []
        for week in partition_dates(context):
            found = _past(db, week, backtest.LEADS[0], policy)
            lines = backtest.findings(backtest.past_cases(found), backtest.LEADS[0])
            metrics = db.query("customers/metrics_of_week", [week])
            frames.append(risk_rows.risks_of_week(found, metrics, lines, week))
        rows = replace_dates(db, "analytics.customer_risks", frames, context)
    return result(
        len(rows), {f"by_{k.replace(' ', '_')}": n for k, n in Counter(rows["basis"]).items()}
    )


@dg.asset(
    **weekly(
        "analytics.customer_transitions",
        group="customers",
        deps=["customer_metrics", "customer_segments"],
    )
)
def customer_transitions(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    with warehouse.session("customer_transitions") as db:
        frames = [db.query("customers/transitions", [week]) for week in partition_dates(context)]
        rows = replace_dates(db, "analytics.customer_transitions", frames, context)
    worse = rows["is_worse"].eq(True)
    columns = {
        "customer_id": "customer", "subject": "what", "was": "from", "has_become": "to",
        "reason": "reason",
    }  # fmt: skip
    return result(
        len(rows),
        {
            "worse": int(worse.sum()),
            "preview": previews.table(
                rows.sort_values("is_worse", ascending=False, kind="stable"), columns,
                nothing="Nobody's health or segment has changed.",
            ),
        },
    )  # fmt: skip


assets = [
    customer_metrics,
    customer_segments,
    health_backtest,
    health_weights,
    customer_risks,
    customer_transitions,
]

"""What is told of each customer in a week, and the action that is advised."""

import datetime as dt
from collections import Counter
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.ai.prompting import prompts
from cs_assets.customers import policy as policies
from cs_assets.customers.coming import gaps_of
from cs_assets.customers.follow_up import actions
from cs_assets.customers.insight import insights
from cs_assets.frames import records, stacked
from cs_assets.kit.assets import (
    partition_dates,
    replace_dates,
    result,
    weekly,
)
from resources.models.insight_writer import insight_writer
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

_PROMPT = "customers/insight"


@dg.asset(
    **weekly(
        "analytics.customer_insights",
        group="customers",
        deps=[
            "customer_metrics",
            "customer_segments",
            "module_adoption",
            "source_customers",
            "source_csm_assignments",
            "source_csms",
            "call_signals",
            "customer_texts",
        ],
        kinds=("ai",),
    )
)
def customer_insights(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    writer: WriterResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = policies.load(settings.cs_assets_config_dir)
    prompt = prompts.load(_PROMPT, settings.cs_assets_config_dir)
    frames: list[pd.DataFrame] = []
    proposed: list[pd.DataFrame] = []
    failed: dict[str, str] = {}
    with warehouse.session("customer_insights") as db:
        read = {
            week: (*_read_week(db, week), gaps_of(db.query, week), _known(db, week))
            for week in partition_dates(context)
        }
        first = partition_dates(context)[0]
        earlier = _by_customer(db.query("customers/insights_up_to", [first]))
    author = insight_writer(
        settings, warehouse, asset="customer_insights", run_id=context.run.run_id,
        items=sum(len(customers) for customers, *_ in read.values()),
    )  # fmt: skip
    for week, (customers, modules, gaps, known) in read.items():
        rows, broken = insights.rows_of_week(
            customers, modules, earlier, week, policy, prompt, author, gaps, known
        )
        proposed.append(actions.proposals(rows, week))
        frames.append(rows)
        failed |= broken
        earlier = earlier | _by_customer(rows)
    for customer, error in failed.items():
        context.log.error(f"customer {customer} has no insight: {error}")
    with warehouse.session("customer_insights") as db:
        rows = replace_dates(db, "analytics.customer_insights", frames, context)
        if new := [frame for frame in proposed if len(frame)]:
            db.merge(actions.TABLE, stacked(new))
    return result(
        len(rows),
        {
            "written_now": int((~rows["is_reused"].astype(bool)).sum()),
            "kept": int(rows["is_reused"].astype(bool).sum()),
            "failed": len(failed),
            "failed_customers": ", ".join(failed) or "none",
            **{f"writer_{name}": n for name, n in Counter(rows["writer"]).items()},
            **writer.used("customer_insights", context.run.run_id),
            "preview": dg.MetadataValue.md(_insight_preview(rows)),
        },
    )


def _read_week(db: Session, week: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    metrics = db.query("customers/metrics_of_week", [week])
    held = db.query("customers/segments_of_week", [week])
    return metrics.merge(held, on="customer_id"), db.query("customers/adoption_of_week", [week])


def _known(db: Session, week: dt.date) -> insights.Known:
    return insights.Known(
        events=db.query("customers/actions_before", [week]),
        owners=db.query("customers/owners"),
        churn_words=db.query("customers/churn_words", [week]),
        without_effect=frozenset(db.query("customers/plays_without_effect", [week])["code"]),
    )


def _by_customer(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in records(rows)}


def _insight_preview(rows: pd.DataFrame, at_most: int = 5) -> str:
    return "\n\n".join(
        f"**{r.customer_id}** {r.summary}\n\n→ {r.next_action} (due {r.due_on})"
        for r in rows.head(at_most).itertuples()
    )


assets = [customer_insights]

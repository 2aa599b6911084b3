"""What advised actions changed, and alerts to the owners."""

import datetime as dt
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.customers import policy as policies
from cs_assets.customers.coming import gaps_of
from cs_assets.customers.follow_up import alert_mail, alerts, effects
from cs_assets.feeds.coverage import CONVERSIONS, USAGE
from cs_assets.frames import records
from cs_assets.kit import previews
from cs_assets.kit.assets import (
    OWNER,
    column_schema,
    partition_dates,
    replace_dates,
    result,
    weekly,
)
from cs_assets.partitions import weeks
from resources.files import write_atomically
from resources.settings import Settings
from resources.warehouse import Scope, Session, Warehouse
from sql import catalog


@dg.asset(
    **weekly(
        "analytics.action_effects",
        group="customers",
        deps=["customer_insights", "customer_metrics"],
        kinds=("python",),
    )
)
def action_effects(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    rules = policies.load(settings.cs_assets_config_dir).effects
    with warehouse.session("action_effects") as db:
        frames = []
        for week in partition_dates(context):
            outcomes = db.query(
                "customers/action_outcomes", [week, rules.weeks_after, rules.weeks_to_take]
            )
            frames.append(effects.effect_rows(outcomes, rules, week))
        rows = replace_dates(db, "analytics.action_effects", frames, context)
    columns = {
        "code": "playbook", "treated": "taken", "untreated": "matched", "effect": "points",
        "effect_low": "from", "effect_high": "to", "verdict": "verdict",
    }  # fmt: skip
    shown = previews.table(rows, columns, nothing="No action has an outcome yet.")
    return result(len(rows), {"dropped": int(rows["is_dropped"].sum()), "preview": shown})


@dg.asset(
    **weekly(
        "analytics.customer_alerts",
        group="customers",
        deps=[
            "customer_metrics", "customer_gaps", "customer_texts", "call_signals",
            "stg_gong_calls", "source_module_usage", "source_conversions",
            "source_csm_assignments", "source_csms",
        ],
        kinds=("python",),
    )
)  # fmt: skip
def customer_alerts(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    with warehouse.session("customer_alerts") as db:
        owners, homes = db.query("customers/owners"), db.query("customers/homes")
        frames = []
        for week in partition_dates(context):
            gaps = gaps_of(db.query, week)
            use = gaps.late(homes["customer_id"], USAGE, "week")
            sold = gaps.late(homes["customer_id"], CONVERSIONS, "week")
            late = {
                kind: pd.Series(why.to_numpy(), index=homes["customer_id"])
                for kind, why in (("usage", use), ("users", use), ("conversions", sold))
            }
            weeks_back = alerts.PAST + alerts.QUIET
            series = db.query("customers/weekly_series", [week, weeks_back])
            events = db.query("customers/alert_events", [week, week])
            frames.append(alerts.alert_rows(series, events, owners, late, week))
        rows = replace_dates(db, "analytics.customer_alerts", frames, context)
    told = rows[rows["is_news"].astype(bool)]
    columns = {"customer_id": "customer", "kind": "of", "direction": "way", "words": "what"}
    shown = previews.table(told, columns, nothing="Nothing is outside of what is usual.")
    return result(len(rows), {"news": len(told), "preview": shown})


@dg.asset(
    group_name="customers",
    kinds={"email"},
    owners=[OWNER],
    deps=["customer_alerts", "customer_insights", "customer_risks", "source_csms"],
    partitions_def=weeks,
    backfill_policy=dg.BackfillPolicy.single_run(),
    metadata={
        "dagster/table_name": "ops.artefacts",
        "dagster/column_schema": column_schema(catalog.table("ops.artefacts")),
    },
    description="Alerts of the week, a mail for each CSM who has some; filed for delivery.",
)
def customer_alert_mails(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    home = settings.home
    made: dict[dt.date, list[alert_mail.AlertMail]] = {}
    with warehouse.session("customer_alert_mails") as db:
        owners = db.query("customers/csms")
        read = {week: _news(db, week) for week in partition_dates(context)}
    for week, (found, places) in read.items():
        folder = home.artifacts.relative_to(home.root) / "alerts" / week.isoformat()
        made[week] = list(alert_mail.mails(found, places, owners, week, folder))
        for mail in made[week]:
            for path, content in mail.files.items():
                write_atomically(home.root / path, content)
    with warehouse.session("customer_alert_mails") as db:
        for week, mails in made.items():
            scope: Scope = {"kind": alert_mail.KIND, "period_start": week}
            with db.transaction("ops.artefacts", "ops.send_gate"):
                db.replace("ops.artefacts", pd.DataFrame([m.artefact for m in mails]), scope)
                db.replace("ops.send_gate", pd.DataFrame([m.verdict for m in mails]), scope)
    every = [mail for mails in made.values() for mail in mails]
    held = [m.artefact["artefact_id"] for m in every if m.verdict["verdict"] == "hold"]
    return result(len(every), {"held": ", ".join(held) or "none"})


def _news(db: Session, week: dt.date) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """A week's alerts, and what mails say of customers where one of them is news."""
    found = db.query("customers/alerts_of_week", [week])
    if not found["is_news"].astype(bool).any():
        return found, {}
    places = records(db.query("customers/places_of_week", [week]))
    return found, {str(place["customer_id"]): place for place in places}


assets = [action_effects, customer_alerts, customer_alert_mails]

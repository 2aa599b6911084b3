"""Customer intelligence as weekly assets: adoption, metrics, segments, insights."""

import datetime as dt
from collections import Counter
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets import config
from cs_assets.ai import local_sentiment
from cs_assets.ai.configuration import load as load_ai
from cs_assets.ai.prompting import prompts
from cs_assets.ai.signals import SignalRules
from cs_assets.ai.statements import CeilingReached
from cs_assets.config.modules import modules as modules_in_force
from cs_assets.customers import adoption, changes, forecasts, inputs, module_states, texts
from cs_assets.customers.follow_up import actions, alert_mail, alerts, effects
from cs_assets.customers.insight import insights
from cs_assets.customers.judging import backtest, health, risk_rows, segments, standing
from cs_assets.customers.policy import SEGMENT_WINDOW, CustomerPolicy
from cs_assets.customers.reading import views
from cs_assets.feeds.coverage import CONVERSIONS, USAGE, Coverage, stretches_of_week
from cs_assets.feeds.gaps import Gaps, gaps_of_week
from cs_assets.frames import records
from cs_assets.kit import previews
from cs_assets.kit.assets import (
    OWNER,
    column_schema,
    partition_dates,
    partition_span,
    result,
    weekly,
)
from cs_assets.kit.column_lineage import VIEWS
from cs_assets.partitions import weeks
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.files import write_atomically
from resources.models.ai_statements import AiStatements
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.warehouse import Between, Scope, Session, Warehouse
from sql import catalog

_PROMPT = "customers/insight"
_WEEK = dt.timedelta(days=7)
#: Days before a week's Monday from which its metrics read what was written.
_TEXTS_BACK = dt.timedelta(weeks=12)


def load_policy(settings: Settings) -> CustomerPolicy:
    """The policy in force."""
    folder = settings.cs_assets_config_dir
    policy = config.load("customers.yaml", CustomerPolicy, folder)
    if "modules" in policy.model_fields_set:
        raise config.BadConfiguration(
            "customers.yaml: modules: has a file of its own, modules.yaml"
        )
    return policy.model_copy(update={"modules": modules_in_force(folder)})


def _write(
    db: Session, table: str, frames: list[pd.DataFrame], context: dg.AssetExecutionContext
) -> pd.DataFrame:
    """Replace the run's weeks of a table by these rows at once; gives what was written."""
    rows = _joined(frames)
    rows = rows[[name for name in catalog.table(table).column_names if name in rows.columns]]
    db.replace(table, rows, {"week_start": partition_span(context)})
    return rows


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames as one; a column that is empty in one of them takes no type from the others."""
    some = [one for one in frames if len(one)] or frames[:1]
    if len(some) == 1:
        return some[0].reset_index(drop=True)
    bare = {name for one in some for name in one.columns if one[name].isna().all()}
    return pd.concat(
        [one.astype({n: object for n in bare if n in one.columns}) for one in some],
        ignore_index=True,
    )


def _verdicts(db: Session, week: dt.date) -> pd.DataFrame:
    return db.query("customers/changes_of_week", [week, SEGMENT_WINDOW])


def _gaps(db: Session, week: dt.date, window: int = SEGMENT_WINDOW) -> Gaps:
    return Gaps(db.query("customers/gaps_of_week", [week, window]))


@dg.asset(
    **weekly(
        "analytics.feed_coverage",
        group="customers",
        deps=[
            "source_customers", "source_conversions", "source_historical_engagement",
            "source_attributions", "source_module_usage", "stg_gong_calls",
        ],
    )
)  # fmt: skip
def feed_coverage(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    with warehouse.session("feed_coverage") as db:
        frames = [stretches_of_week(db.query, week) for week in partition_dates(context)]
        rows = _write(db, "analytics.feed_coverage", frames, context)
    late = rows[rows["state"] != "before"]
    columns = {
        "week_start": "week", "feed": "feed", "part": "part", "name": "of", "state": "state",
        "first_day": "from", "last_day": "to",
    }  # fmt: skip
    shown = previews.table(late, columns, nothing="Everything has arrived.")
    return result(len(rows), {"not_there": len(late), "preview": shown})


@dg.asset(
    **weekly(
        "analytics.customer_gaps", group="customers", deps=["feed_coverage", "source_customers"]
    )
)
def customer_gaps(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    windows = load_policy(settings).change_windows
    with warehouse.session("customer_gaps") as db:
        homes = db.query("customers/homes")
        frames = [
            gaps_of_week(Coverage.read(db.query, week), homes, week, windows, db.query)
            for week in partition_dates(context)
        ]
        rows = _write(db, "analytics.customer_gaps", frames, context)
    late = rows[(rows["state"] != "before") & (rows["part"] == "all")]
    return result(len(rows), {"customers_with_gaps": int(late["customer_id"].nunique())})


@dg.asset(
    **weekly(
        "analytics.module_adoption",
        group="customers",
        deps=["source_products", "source_module_usage", "customer_changes", "customer_gaps"],
    )
)
def module_adoption(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    rules = load_policy(settings).adoption
    with warehouse.session("module_adoption") as db:
        frames = [
            adoption.with_stages(
                db.query("customers/module_adoption", [week]),
                _verdicts(db, week),
                _gaps(db, week),
                rules,
            )
            for week in partition_dates(context)
        ]
        rows = _write(db, "analytics.module_adoption", frames, context)
    stages = Counter(rows["adoption_stage"])
    return result(len(rows), {f"{stage}_modules": n for stage, n in sorted(stages.items())})


@dg.asset(
    **weekly(
        "analytics.customer_changes",
        group="customers",
        deps=[
            "source_conversions",
            "source_historical_engagement",
            "source_module_usage",
            "source_products",
            "customer_gaps",
        ],
    )
)
def customer_changes(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = load_policy(settings)
    with warehouse.session("customer_changes") as db:
        frames = [
            changes.change_rows(
                changes.read(db.query, week, window), week, window, _gaps(db, week, window)
            )
            for week in partition_dates(context)
            for window in policy.change_windows
        ]
        rows = _write(db, "analytics.customer_changes", frames, context)
    clear = rows[rows["direction"].isin(["rise", "fall"]) & (rows["part"] == "all")]
    told = Counter(zip(clear["measure"], clear["direction"], strict=True))
    return result(len(rows), {f"{measure}_{way}": n for (measure, way), n in sorted(told.items())})


@dg.asset(
    **weekly(
        "analytics.customer_forecasts",
        group="customers",
        deps=["source_conversions", "customer_gaps"],
    )
)
def customer_forecasts(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy = load_policy(settings)
    with warehouse.session("customer_forecasts") as db:
        frames = []
        for week in partition_dates(context):
            past = db.query("customers/conversions_by_week", [week, forecasts.weeks_needed()])
            frames += [
                forecasts.forecast_rows(past, week, w, _gaps(db, week, w))
                for w in policy.change_windows
            ]
        rows = _write(db, "analytics.customer_forecasts", frames, context)
    reasons = Counter(rows["reason"].fillna("made"))
    return result(len(rows), {f"{name}_forecasts": n for name, n in reasons.items()})


@dg.asset(
    **weekly(
        "analytics.customer_texts",
        group="customers",
        deps=["source_support_tickets", "source_survey_responses"],
        kinds=("sql", "ai"),
    )
)
def customer_texts(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    asked = partition_span(context)
    first, last = dt.date.fromisoformat(str(asked.first)), dt.date.fromisoformat(str(asked.last))
    span = Between(first - _TEXTS_BACK, last + dt.timedelta(days=6))
    folder = settings.cs_assets_config_dir
    rules = config.load("signals.yaml", SignalRules, folder)
    is_local = isinstance(warehouse, DuckDBWarehouse)
    model = local_sentiment.MODEL if is_local else load_ai(folder).statement_models["sentiment"]
    statements = AiStatements(
        warehouse, settings, asset="customer_texts", run_id=context.run.run_id
    )
    skipped = "none"
    with warehouse.session("customer_texts") as db:
        written = db.query("customers/texts", [span.first, span.last, ",,", ",,"])
        kept = db.query("customers/texts_kept", [span.first, span.last])
    # Judging that costs nothing is always done anew.
    kept = kept if statements.is_billed else kept[:0]
    kept = texts.still_valid(kept, written, model, rules.digest)
    new = written[~written["text_id"].isin(kept["text_id"])]
    wanted = "," if len(new) == len(written) else f",{','.join(new['text_id'])},"

    def judge() -> pd.DataFrame:
        with warehouse.session("customer_texts") as db:
            judged = db.query("customers/texts", [span.first, span.last, wanted, wanted])
            return judged[judged["text_id"].isin(new["text_id"])]

    try:
        judged = statements.run(texts.statement(new), f"{span.first} to {span.last}", judge)
    except CeilingReached as ceiling:  # the next run asks again
        skipped, judged = f"{len(new)} texts: {ceiling}", new[:0]
        context.log.warning(skipped)
    made = texts.rows_of(judged, rules, model)
    rows = _joined([made, kept])
    with warehouse.session("customer_texts") as db:
        db.replace("analytics.customer_texts", rows, {"said_on": span})
    moods = Counter(rows["sentiment_category"])
    return result(
        len(rows),
        {
            "kept": len(kept),
            "not_judged": skipped,
            "with_signals": int(rows["signals"].notna().sum()),
            **{f"{mood}_texts": n for mood, n in sorted(moods.items())},
        },
    )


@dg.asset(
    **weekly(
        "analytics.customer_modules",
        group="customers",
        deps=["source_products", "source_customers", "module_adoption"],
    )
)
def customer_modules(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    catalogue = list(load_policy(settings).modules)
    with warehouse.session("customer_modules") as db:
        segments_of = db.query("customers/commercial_segments")
        frames = [
            module_states.module_rows(
                db.query("customers/modules_as_of", [week]), segments_of, catalogue, week
            )
            for week in partition_dates(context)
        ]
        rows = _write(db, "analytics.customer_modules", frames, context)
    states = Counter(rows["module_state"])
    return result(len(rows), {f"{state}_modules": n for state, n in sorted(states.items())})


@dg.asset(
    **weekly(
        "analytics.customer_inputs",
        group="customers",
        deps=[
            "customer_gaps", "source_customers", "source_module_usage", "source_conversions",
            "source_historical_engagement", "stg_gong_calls", "source_products",
            "source_contract_terms", "source_customer_people", "source_support_tickets",
            "source_survey_responses",
        ],
    )
)  # fmt: skip
def customer_inputs(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    with warehouse.session("customer_inputs") as db:
        homes = db.query("customers/homes")
        frames = [
            inputs.input_rows(
                db.query("customers/inputs_as_of", [week]), homes, _gaps(db, week), week
            )
            for week in partition_dates(context)
        ]
        rows = _write(db, "analytics.customer_inputs", frames, context)
    states = Counter(rows["state"])
    return result(len(rows), {f"{state.replace(' ', '_')}": n for state, n in states.items()})


@dg.asset(
    **weekly(
        "analytics.customer_metrics",
        group="customers",
        deps=[
            "customer_changes",
            "customer_gaps",
            "source_customers",
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
    policy = load_policy(settings)
    with warehouse.session("customer_metrics") as db:
        dates = partition_dates(context)
        before = db.query("customers/metrics_of_week", [dates[0] - _WEEK])
        frames = []
        for week in dates:
            found = standing.read(db.query, week, len(policy.modules))
            before = health.with_health(found, _verdicts(db, week), _gaps(db, week), policy, before)
            frames.append(before)
        rows = _write(db, "analytics.customer_metrics", frames, context)
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
    policy = load_policy(settings)
    dates = partition_dates(context)
    with warehouse.session("customer_segments") as db:
        before = db.query("customers/segments_of_week", [dates[0] - _WEEK])
        frames = []
        for week in dates:
            metrics = db.query("customers/metrics_of_week", [week])
            before = segments.segment_rows(metrics, before, week, policy)
            frames.append(before)
        rows = _write(db, "analytics.customer_segments", frames, context)
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
    policy = load_policy(settings)
    with warehouse.session("health_backtest") as db:
        frames = []
        for week in partition_dates(context):
            for lead in backtest.LEADS:
                past = backtest.past_cases(_past(db, week, lead, policy))
                lines = list(backtest.findings(past, lead))
                frames.append(risk_rows.backtest_rows(lines, week))
        rows = _write(db, "analytics.health_backtest", frames, context)
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
    policy = load_policy(settings)
    with warehouse.session("health_weights") as db:
        frames = []
        for week in partition_dates(context):
            past = backtest.past_cases(_past(db, week, backtest.LEADS[0], policy))
            frames.append(risk_rows.weight_rows(past, policy.health, week))
        rows = _write(db, "analytics.health_weights", frames, context)
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
    policy = load_policy(settings)
    with warehouse.session("customer_risks") as db:
        frames = []
        for week in partition_dates(context):
            found = _past(db, week, backtest.LEADS[0], policy)
            lines = list(backtest.findings(backtest.past_cases(found), backtest.LEADS[0]))
            metrics = db.query("customers/metrics_of_week", [week])
            frames.append(risk_rows.risks_of_week(found, metrics, lines, week))
        rows = _write(db, "analytics.customer_risks", frames, context)
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
        rows = _write(db, "analytics.customer_transitions", frames, context)
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
    policy = load_policy(settings)
    prompt = prompts.load(_PROMPT, settings.cs_assets_config_dir)
    author = writer.for_run("customer_insights", context.run.run_id)
    frames: list[pd.DataFrame] = []
    proposed: list[pd.DataFrame] = []
    failed: dict[str, str] = {}
    with warehouse.session("customer_insights") as db:
        read = {
            week: (*_read_week(db, week), _gaps(db, week), _known(db, week))
            for week in partition_dates(context)
        }
        first = partition_dates(context)[0]
        earlier = _by_customer(db.query("customers/insights_up_to", [first]))
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
        rows = _write(db, "analytics.customer_insights", frames, context)
        if new := [frame for frame in proposed if len(frame)]:
            db.merge(actions.TABLE, _joined(new))
    return result(
        len(rows),
        {
            "written_now": int((~rows["is_reused"].astype(bool)).sum()),
            "kept": int(rows["is_reused"].astype(bool).sum()),
            "failed": len(failed),
            "failed_customers": ", ".join(failed) or "none",
            **{f"writer_{name}": n for name, n in Counter(rows["writer"]).items()},
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
    rules = load_policy(settings).effects
    with warehouse.session("action_effects") as db:
        frames = []
        for week in partition_dates(context):
            outcomes = db.query(
                "customers/action_outcomes", [week, rules.weeks_after, rules.weeks_to_take]
            )
            frames.append(effects.effect_rows(outcomes, rules, week))
        rows = _write(db, "analytics.action_effects", frames, context)
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
            gaps = _gaps(db, week)
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
        rows = _write(db, "analytics.customer_alerts", frames, context)
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
    made: list[alert_mail.AlertMail] = []
    for week in partition_dates(context):
        with warehouse.session("customer_alert_mails") as db:
            found = db.query("customers/alerts_of_week", [week])
            places = records(db.query("customers/overview", [week]))
            owners = db.query("customers/csms")
        folder = home.artifacts.relative_to(home.root) / "alerts" / week.isoformat()
        by_customer = {str(place["customer_id"]): place for place in places}
        mails = list(alert_mail.mails(found, by_customer, owners, week, folder))
        for mail in mails:
            for path, content in mail.files.items():
                write_atomically(home.root / path, content)
        scope: Scope = {"kind": alert_mail.KIND, "period_start": week}
        with (
            warehouse.session("customer_alert_mails") as db,
            db.transaction("ops.artefacts", "ops.send_gate"),
        ):
            db.replace("ops.artefacts", pd.DataFrame([m.artefact for m in mails]), scope)
            db.replace("ops.send_gate", pd.DataFrame([m.verdict for m in mails]), scope)
        made += mails
    held = [m.artefact["artefact_id"] for m in made if m.verdict["verdict"] == "hold"]
    return result(len(made), {"held": ", ".join(held) or "none"})


@dg.asset(
    group_name="customers",
    kinds={"view", "sql"},
    owners=[OWNER],
    deps=[
        "customer_metrics", "customer_segments", "customer_risks", "customer_insights",
        "customer_modules", "module_adoption", "customer_transitions", "stg_gong_calls",
        "call_sentiment", "call_summaries", "call_analysis", "call_signals", "gong_users",
    ],
    metadata={VIEWS: ", ".join(f"analytics.{name}" for name in views.VIEWS)},
    description="The views analytics.v_*: documented, with columns that stay.",
)  # fmt: skip
def customer_views(warehouse: Warehouse) -> dg.MaterializeResult:
    with warehouse.session("customer_views") as db:
        for name in views.VIEWS:
            db.execute(f"customers/create_{name}")
    return dg.MaterializeResult(metadata={"views": ", ".join(views.VIEWS)})


assets = [
    feed_coverage, customer_gaps, customer_changes, customer_forecasts, module_adoption,
    customer_modules, customer_inputs, customer_texts, customer_metrics, customer_segments,
    customer_transitions, health_backtest, health_weights, customer_risks, customer_insights,
    action_effects, customer_alerts, customer_alert_mails, customer_views,
]  # fmt: skip

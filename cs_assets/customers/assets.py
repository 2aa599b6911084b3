"""Customers by week: which data are there, what changed, what they use and wrote."""

import datetime as dt
from collections import Counter

import dagster as dg
import pandas as pd

from cs_assets import config
from cs_assets.ai import local_sentiment
from cs_assets.ai.configuration import load as load_ai
from cs_assets.ai.signals import SignalRules
from cs_assets.ai.statements import CeilingReached
from cs_assets.customers import adoption, changes, channels, forecasts, inputs, module_states, texts
from cs_assets.customers import policy as policies
from cs_assets.customers.coming import gaps_of
from cs_assets.customers.follow_up.assets import assets as follow_up
from cs_assets.customers.insight.assets import assets as insight
from cs_assets.customers.judging.assets import assets as judging
from cs_assets.customers.reading.assets import assets as reading
from cs_assets.feeds.coverage import Coverage, stretches_of_week
from cs_assets.feeds.gaps import gaps_of_week
from cs_assets.frames import stacked
from cs_assets.kit import previews
from cs_assets.kit.assets import (
    partition_dates,
    partition_span,
    replace_dates,
    result,
    weekly,
)
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.ai_statements import AiStatements
from resources.settings import Settings
from resources.warehouse import Between, Warehouse

#: Days before a week's Monday from which its metrics read what was written.
_TEXTS_BACK = dt.timedelta(weeks=12)


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
        rows = replace_dates(db, "analytics.feed_coverage", frames, context)
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
    windows = policies.load(settings.cs_assets_config_dir).change_windows
    with warehouse.session("customer_gaps") as db:
        homes = db.query("customers/homes")
        frames = [
            gaps_of_week(Coverage.read(db.query, week), homes, week, windows, db.query)
            for week in partition_dates(context)
        ]
        rows = replace_dates(db, "analytics.customer_gaps", frames, context)
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
    rules = policies.load(settings.cs_assets_config_dir).adoption
    weeks = partition_dates(context)
    with warehouse.session("module_adoption") as db:
        rows = sum(
            db.replace_from(
                "analytics.module_adoption", "customers/module_adoption",
                adoption.asked(week, rules), {"week_start": week},
            )
            for week in weeks
        )  # fmt: skip
        stages = db.query("customers/adoption_stages", [weeks[0], weeks[-1]])
    counted = zip(stages["adoption_stage"].fillna("not known"), stages["modules"], strict=True)
    return result(rows, {f"{stage}_modules": int(n) for stage, n in counted})


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
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("customer_changes") as db:
        frames = [
            changes.change_rows(
                changes.read(db.query, week, window), week, window, gaps_of(db.query, week, window)
            )
            for week in partition_dates(context)
            for window in policy.change_windows
        ]
        rows = replace_dates(db, "analytics.customer_changes", frames, context)
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
    policy = policies.load(settings.cs_assets_config_dir)
    with warehouse.session("customer_forecasts") as db:
        frames = []
        for week in partition_dates(context):
            past = db.query("customers/conversions_by_week", [week, forecasts.weeks_needed()])
            frames += [
                forecasts.forecast_rows(past, week, w, gaps_of(db.query, week, w))
                for w in policy.change_windows
            ]
        rows = replace_dates(db, "analytics.customer_forecasts", frames, context)
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
    rows = stacked([made, kept])
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
        deps=["source_products", "source_customers", "source_exchange_rates", "module_adoption"],
    )
)
def customer_modules(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    catalogue = list(policies.load(settings.cs_assets_config_dir).modules)
    with warehouse.session("customer_modules") as db:
        segments_of = db.query("customers/commercial_segments")
        frames = [
            module_states.module_rows(
                db.query("customers/modules_as_of", [week]), segments_of, catalogue, week
            )
            for week in partition_dates(context)
        ]
        rows = replace_dates(db, "analytics.customer_modules", frames, context)
    states = Counter(rows["module_state"])
    return result(len(rows), {f"{state}_modules": n for state, n in sorted(states.items())})


@dg.asset(
    **weekly(
        "analytics.customer_channels",
        group="customers",
        deps=[
            "source_historical_engagement", "source_conversions", "source_attributions",
            "source_customers", "customer_gaps",
        ],
    )
)  # fmt: skip
def customer_channels(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    with warehouse.session("customer_channels") as db:
        frames = [
            channels.channel_rows(
                db.query("customers/channels_as_of", [week]), gaps_of(db.query, week), week
            )
            for week in partition_dates(context)
        ]
        rows = replace_dates(db, "analytics.customer_channels", frames, context)
    return result(len(rows), {"channels": int(rows["channel"].nunique())})


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
                db.query("customers/inputs_as_of", [week]), homes, gaps_of(db.query, week), week
            )
            for week in partition_dates(context)
        ]
        rows = replace_dates(db, "analytics.customer_inputs", frames, context)
    states = Counter(rows["state"])
    return result(len(rows), {f"{state.replace(' ', '_')}": n for state, n in states.items()})


assets = [
    feed_coverage,
    customer_gaps,
    module_adoption,
    customer_changes,
    customer_forecasts,
    customer_texts,
    customer_modules,
    customer_channels,
    customer_inputs,
    *judging,
    *insight,
    *follow_up,
    *reading,
]

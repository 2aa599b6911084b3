"""The week's patterns over calls as an asset; it runs with the week's coaching."""

import datetime as dt

import dagster as dg

from cs_assets import config
from cs_assets.calls import patterns
from cs_assets.calls.recurrence import rows as rows_of
from cs_assets.calls.recurrence.recurring import WEEKS, recurring
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.kit import previews
from cs_assets.kit.assets import partition_dates, replace_dates, result, weekly
from resources.settings import Settings
from resources.warehouse import Warehouse

_GROUP = "coaching"
#: Weeks of deals whose behaviours are compared, and ``calls/list_calls`` for all scored calls.
_YEAR_WEEKS = 52
_ALL_SCORED = (None, None, None, None, "scored", None)


@dg.asset(
    **weekly(
        "analytics.call_patterns",
        group=_GROUP,
        deps=[
            "call_analysis", "stg_gong_calls", "stg_gong_call_transcripts", "source_hubspot_deals",
        ],
        kinds=("python",),
    )
)  # fmt: skip
def call_patterns(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    folder = settings.cs_assets_config_dir
    rubric = config.load("coaching_rubric.yaml", Rubric, folder)
    taxonomy = config.load("objections.yaml", Taxonomy, folder)
    frames = []
    with warehouse.session("call_patterns") as db:
        for monday in partition_dates(context):
            last = monday + dt.timedelta(days=6)
            near, year = (
                [monday - dt.timedelta(weeks=weeks - 1), last] for weeks in (WEEKS, _YEAR_WEEKS)
            )
            said = rows_of.heard(db.query("calls/customer_words", near))
            calls = db.query("calls/list_calls", [*year, *_ALL_SCORED])
            raised = rows_of.objections(calls, said, taxonomy)
            outcomes = patterns.outcomes(db.query("calls/deals_now", year))
            behaviours = patterns.patterns(calls, outcomes, rubric)
            frames.append(rows_of.of_week(monday, recurring(said, raised, last), behaviours))
        rows = len(replace_dates(db, "analytics.call_patterns", frames, context))
    columns = ["kind", "name", "calls", "accounts", "verdict"]
    return result(rows, {"last_week": previews.table(frames[-1], columns, most=60)})


assets = [call_patterns]

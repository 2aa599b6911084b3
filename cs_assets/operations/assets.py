"""Service levels as an asset: a row a measure and stage for each of the last days."""

import datetime as dt

import dagster as dg
import pandas as pd

from cs_assets.kit import previews
from cs_assets.kit.assets import result, table_asset
from cs_assets.operations import levels
from resources.instance import health
from resources.warehouse import Warehouse

#: Days before today that are counted anew: a run may end a day later. Ticks are kept for seven.
DAYS = 3


@dg.asset(
    **table_asset(
        "ops.service_levels",
        group="operations",
        deps=["gong_calls_raw", "weekly_reports", "weekly_report_pdfs", "rep_digests",
              "weekly_report_deliveries", "rep_digest_deliveries"],
        made_of="runs and ticks of the Dagster instance, and counts of rows",
    )
)  # fmt: skip
def service_levels(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    today = dt.datetime.now(dt.UTC).date()
    days = [today - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]
    ended = {day: health.scheduled_runs(context.instance, day) for day in days}
    alive = {day: health.minutes_alive(context.instance, day) for day in days}
    with warehouse.session("service_levels") as db:
        found = pd.concat(
            [
                levels.rows(
                    day,
                    [levels.Ended(job, well) for job, well in ended[day]],
                    alive[day],
                    db.query("operations/records", [day, levels.week_before(day)]),
                )
                for day in days
            ],
            ignore_index=True,
        )
        rows = db.replace("ops.service_levels", found, {"day": days})
    missed = found[found["is_met"].eq(False)]
    columns = {"day": "day", "measure": "of", "stage": "stage", "good": "good", "total": "of all"}
    shown = previews.table(missed, columns, nothing="All that ran reached its target.")
    return result(rows, {"missed": len(missed), "preview": shown})


assets = [service_levels]

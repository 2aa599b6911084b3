"""Service levels and what Snowflake billed, as assets: rows for each of the last days."""

import datetime as dt
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.errors import CsAssetsError
from cs_assets.kit import previews
from cs_assets.kit.assets import result, table_asset
from cs_assets.operations import levels
from resources.home_resource import HomeResource
from resources.instance import health
from resources.warehouse import Warehouse

#: Days before today that are counted anew: a run may end a day later. Ticks are kept for seven.
DAYS = 3
#: Rows of a table of what was spent.
_DEAREST = 20


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


@dg.asset(
    **table_asset(
        "ops.snowflake_usage",
        group="operations",
        kinds=("snowflake",),
        made_of="Snowflake's views of its own usage",
    )
)
def snowflake_usage(
    context: dg.AssetExecutionContext, warehouse: Warehouse, home: HomeResource
) -> dg.MaterializeResult:
    """Bring the credits of the last days home, and put them on the assets that spent them; renew
    the local copy."""
    if not warehouse.is_elsewhere:
        return result(0, {"credits": "none: the warehouse is a file"})
    until = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time.min)
    since = until - dt.timedelta(days=DAYS)
    copied = _copied(warehouse, home)
    found, unread = [], []
    for statement in ("operations/snowflake_usage", "operations/agent_usage"):
        try:
            with warehouse.session("snowflake_usage") as db:
                found.append(db.query(statement, [since, until]))
        except CsAssetsError as error:  # some accounts withhold the grant
            unread.append(str(error))
    if not found:
        return result(0, {**copied, "not read": "; ".join(unread)})
    rows = pd.concat(found, ignore_index=True)
    days = [(since + dt.timedelta(days=n)).date() for n in range(DAYS)]
    with warehouse.session("snowflake_usage") as db:
        db.replace("ops.snowflake_usage", rows, {"usage_date": days})
    rows["tokens"] = pd.to_numeric(rows["tokens"]).astype("Int64")  # not told is not zero
    _put_on_assets(context, rows[pd.to_datetime(rows["usage_date"]).dt.date == days[-1]])
    return result(
        len(rows),
        {
            **copied,
            "credits": round(float(rows["credits"].sum()), 4),
            **({"not read": "; ".join(unread)} if unread else {}),
            **{
                f"by {way}": previews.table(_dearest(rows, way), nothing="Nothing was billed.")
                for way in ("asset", "run_id", "usage_date")
            },
        },
    )


def _copied(warehouse: Warehouse, home: HomeResource) -> dict[str, Any]:
    """Renew the local copy, from which commands read while Snowflake is away; what it holds."""
    from resources.snowflake.snapshot import take

    with warehouse.session("snowflake_usage") as db:
        rows, left_out = take(db, home.paths.snapshot)
    return {"local copy: rows": rows, "local copy: too large": ", ".join(left_out) or "none"}


def _dearest(rows: pd.DataFrame, way: str) -> pd.DataFrame:
    """Statements, credits and tokens by ``way``, the dearest first."""
    spent = rows.groupby(way)[["statements", "credits", "tokens"]]
    summed = spent.sum(min_count=1).reset_index()
    return summed.sort_values("credits", ascending=False).head(_DEAREST).round(4)


def _put_on_assets(context: dg.AssetExecutionContext, rows: pd.DataFrame) -> None:
    """An observation for each asset that spent something on the day, which its page plots."""
    for asset, spent in rows.groupby("asset"):
        key = dg.AssetKey(str(asset))
        if context.instance.has_asset_key(key):
            of_kind = spent.groupby("kind")["credits"].sum()
            tokens = spent["tokens"].sum(min_count=1)
            metadata: dict[str, Any] = {
                "snowflake/day": str(spent["usage_date"].iloc[0])[:10],
                "snowflake/credits": round(float(spent["credits"].sum()), 6),
                **({} if pd.isna(tokens) else {"snowflake/tokens": int(tokens)}),
                **{f"snowflake/credits: {kind}": float(n) for kind, n in of_kind.items()},
            }
            context.log_event(dg.AssetObservation(key, metadata=metadata))


assets = [service_levels, snowflake_usage]

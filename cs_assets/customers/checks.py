"""Asset checks of the customer room: a row each, keys once, parts that add up to the totals."""

import datetime as dt
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.frames import number_or_none
from cs_assets.kit.assets import partition_dates
from cs_assets.kit.checks import unique_grain
from cs_assets.partitions import weeks
from resources.warehouse import Warehouse

#: Rows named in a check's metadata, at most.
_NAMED = 50


def _missing(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse, table: str
) -> dg.AssetCheckResult:
    names = []
    with warehouse.session(f"check {table}") as db:
        for monday in partition_dates(context):
            rows = db.query("customers/check_missing_customers", [monday])
            absent = rows.loc[rows["table_name"] == table, "customer_id"]
            names += [f"{customer} {monday}" for customer in absent]
    return dg.AssetCheckResult(
        passed=not names,
        metadata={"missing": len(names), "customers": ", ".join(names[:_NAMED]) or "none"},
        description="Checked for the weeks of this run.",
    )


@dg.asset_check(
    asset="customer_metrics", description="Every customer has a row.", partitions_def=weeks
)
def customer_metrics_has_every_customer(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    return _missing(context, warehouse, "customer_metrics")


@dg.asset_check(
    asset="customer_insights",
    description="Every customer has a row; broken ones are named.",
    partitions_def=weeks,
)
def customer_insights_has_every_customer(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    return _missing(context, warehouse, "customer_insights")


@dg.asset_check(
    asset="customer_metrics",
    description="Sums over customers equal the totals of the sources: none lost, none twice.",
    partitions_def=weeks,
)
def customer_metrics_parts_equal_totals(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    differing, shown = compare_totals(warehouse, partition_dates(context))
    return dg.AssetCheckResult(
        passed=not differing, metadata={"differing": ", ".join(differing) or "none", **shown}
    )


def compare_totals(
    warehouse: Warehouse, mondays: list[dt.date]
) -> tuple[list[str], dict[str, str]]:
    """Measures that differ, and all measures in words, of these weeks.

    Only of the weeks just made: an older week's sources may have grown since.
    """
    differing: list[str] = []
    shown: dict[str, str] = {}
    with warehouse.session("check customer totals") as db:
        for monday in mondays:
            totals = db.query("customers/check_totals", [monday])
            differing += [f"{measure} {monday}" for measure in differing_totals(totals)]
            shown |= {f"{r.measure} {monday}": _both(r) for r in totals.itertuples()}
    return differing, shown


def differing_totals(totals: pd.DataFrame) -> list[str]:
    """Measures whose parts and total differ by a cent or more."""
    return [
        str(r.measure)
        for r in totals.itertuples()
        if abs(_amount(r.of_parts) - _amount(r.of_source)) >= 0.01
    ]


def _both(row: Any) -> str:
    return f"{_amount(row.of_parts):,.2f} of {_amount(row.of_source):,.2f}"


def _amount(value: Any) -> float:
    """A sum over no rows is empty, and means nothing was counted."""
    return number_or_none(value) or 0.0


checks = [
    customer_metrics_has_every_customer,
    customer_insights_has_every_customer,
    unique_grain("customer_metrics", "analytics.customer_metrics"),
    unique_grain("module_adoption", "analytics.module_adoption"),
    unique_grain("customer_segments", "analytics.customer_segments"),
    customer_metrics_parts_equal_totals,
    unique_grain("customer_changes", "analytics.customer_changes"),
    unique_grain("customer_forecasts", "analytics.customer_forecasts"),
]

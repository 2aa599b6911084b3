"""Asset checks of the customer room: a row each, keys once, parts that add up to the totals."""

import dagster as dg
import pandas as pd

from resources.warehouse import Warehouse


def _missing(warehouse: Warehouse, table: str) -> dg.AssetCheckResult:
    with warehouse.session(f"check {table}") as db:
        rows = db.query("customers/check_missing_customers")
    names = rows.loc[rows["table_name"] == table, "customer_id"]
    return dg.AssetCheckResult(
        passed=names.empty,
        metadata={"missing": len(names), "customers": ", ".join(names.head(50)) or "none"},
        description="Checked for the latest week made.",
    )


@dg.asset_check(asset="customer_metrics", description="Every customer has a row.")
def customer_metrics_has_every_customer(warehouse: Warehouse) -> dg.AssetCheckResult:
    return _missing(warehouse, "customer_metrics")


@dg.asset_check(
    asset="customer_insights", description="Every customer has a row; broken ones are named."
)
def customer_insights_has_every_customer(warehouse: Warehouse) -> dg.AssetCheckResult:
    return _missing(warehouse, "customer_insights")


@dg.asset_check(
    asset="customer_metrics",
    additional_deps=["module_adoption"],
    description="No customer (or module) stands twice in a week.",
)
def customer_keys_are_unique(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check customer keys") as db:
        rows = db.query("customers/check_repeated_keys")
    shown = [f"{r.table_name} {r.customer_id} {r.week_start:%Y-%m-%d}" for r in rows.itertuples()]
    return dg.AssetCheckResult(
        passed=rows.empty, metadata={"repeated": len(rows), "keys": ", ".join(shown[:50]) or "none"}
    )


@dg.asset_check(
    asset="customer_metrics",
    description="Sums over customers equal the totals of the sources: none lost, none twice.",
)
def customer_metrics_parts_equal_totals(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check customer totals") as db:
        totals = db.query("customers/check_totals")
    differing = differing_totals(totals)
    return dg.AssetCheckResult(
        passed=not differing,
        metadata={
            "differing": ", ".join(differing) or "none",
            **{
                str(r.measure): f"{_number(r.of_parts):,.2f} of {_number(r.of_source):,.2f}"
                for r in totals.itertuples()
            },
        },
    )


def differing_totals(totals: pd.DataFrame) -> list[str]:
    """Measures whose parts and total differ by a cent or more."""
    return [
        str(r.measure)
        for r in totals.itertuples()
        if abs(_number(r.of_parts) - _number(r.of_source)) >= 0.01
    ]


def _number(value: object) -> float:
    return 0.0 if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]


checks = [
    customer_metrics_has_every_customer,
    customer_insights_has_every_customer,
    customer_keys_are_unique,
    customer_metrics_parts_equal_totals,
]

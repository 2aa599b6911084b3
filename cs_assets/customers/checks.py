"""Asset checks of the customer room: a row each, keys once, parts that add up to the totals."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.customers.reading import views
from cs_assets.frames import number_or_none
from cs_assets.kit.checks import Findings, Look, Of, no_rows, nothing_wrong, unique_grains
from cs_assets.partitions import weeks
from resources.warehouse import Warehouse


def _missing(look: Look, table: str) -> Findings:
    """Customers without a row in the weeks of the run."""
    rows = look.query_each_date("customers/check_missing_customers")
    return Findings(
        [
            f"{row.customer_id} {row.week_start:%Y-%m-%d}"
            for row in rows[rows["table_name"] == table].itertuples()
        ]
    )


@nothing_wrong(
    "customer_metrics",
    holds="Every customer has a row.",
    mend="customers without a row; materialise the weeks named again",
    partitions_def=weeks,
)
def customer_metrics_has_every_customer(look: Look) -> Findings:
    return _missing(look, "customer_metrics")


@nothing_wrong(
    "customer_insights",
    holds="Every customer has a row; broken ones are named.",
    mend="customers without a row; the run's log says why, materialise the weeks named again",
    partitions_def=weeks,
)
def customer_insights_has_every_customer(look: Look) -> Findings:
    return _missing(look, "customer_insights")


@nothing_wrong(
    "customer_metrics",
    holds="Sums over customers equal the totals of the sources: none lost, none twice.",
    mend="measures differ from their source; materialise the weeks named again",
    partitions_def=weeks,
)
def customer_metrics_parts_equal_totals(look: Look) -> Findings:
    differing, shown = compare_totals(look.resources.warehouse, look.dates)
    return Findings(differing, len(shown), shown)


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


@nothing_wrong(
    "customer_views",
    holds="Every view stands with the columns that are promised, in their order.",
    mend="views without their columns; materialise customer_views again",
)
def customer_views_keep_their_promise(look: Look) -> Findings:
    rows = look.query("customers/columns_of_views")
    there = {str(view): tuple(of["column_name"]) for view, of in rows.groupby("view_name")}
    wrong = {
        view: "is not there" if view not in there else "has other columns"
        for view, (_, columns) in views.VIEWS.items()
        if there.get(view) != columns
    }
    return Findings(wrong, len(views.VIEWS))


every_alert_has_a_mail = no_rows(
    "every_alert_has_a_mail",
    "customer_alert_mails",
    "customers/check_alert_mails",
    holds="Every CSM with news of the week has a mail filed, and a verdict whether it may go out.",
    mend="materialise customer_alert_mails of these weeks again",
    of=Of.EACH_DATE,
    partitions_def=weeks,
)


#: Tables of which no key may stand twice.
_KEYED = (
    "customer_metrics",
    "module_adoption",
    "customer_segments",
    "customer_changes",
    "customer_forecasts",
    "feed_coverage",
    "customer_gaps",
)

checks = [
    customer_views_keep_their_promise,
    every_alert_has_a_mail,
    customer_metrics_has_every_customer,
    customer_insights_has_every_customer,
    customer_metrics_parts_equal_totals,
    unique_grains("customers", {f"analytics.{name}": name for name in _KEYED}),
]

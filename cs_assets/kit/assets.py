"""Assets by grain, described by their tables' declarations; partitions as scopes of writes."""

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.frames import stacked
from cs_assets.kit.column_lineage import MADE_OF_NO_TABLE
from cs_assets.partitions import days, routing_batches, weeks
from resources.warehouse import Between, Session
from sql import catalog

#: Parts of Dagster that are beta or preview and that we use on purpose.
_KNOWN = ("Parameter `backfill_policy`", "Specifying a partitions_def on an AssetCheckSpec")
for _known in _KNOWN:
    warnings.filterwarnings("ignore", message=_known)

OWNER = "team:customer-success-data"


def table_asset(
    table: str,
    *,
    group: str,
    deps: Iterable[Any] = (),
    partitions_def: dg.PartitionsDefinition | None = None,
    single_run: bool = False,
    kinds: Iterable[str] = ("sql",),
    made_of: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Arguments of ``@dg.asset`` for an asset that is the table ``schema.name``.

    Key, description and column schema come from the declaration under
    ``sql/tables``. ``single_run``: a range of partitions is one run. ``made_of`` says what the
    rows come from where that is no table, so that no lineage of columns can be shown.
    """
    declared = catalog.table(table)
    return {
        "name": declared.name,
        "group_name": group,
        "deps": list(deps),
        "partitions_def": partitions_def,
        "backfill_policy": dg.BackfillPolicy.single_run() if single_run else None,
        "kinds": {"table", *kinds},
        "owners": [OWNER],
        "description": declared.meaning,
        "metadata": {
            "dagster/table_name": declared.full_name,
            "dagster/column_schema": column_schema(declared),
            **({MADE_OF_NO_TABLE: made_of} if made_of else {}),
        },
        **more,
    }


def daily(table: str, *, group: str, **more: Any) -> dict[str, Any]:
    """Arguments of ``@dg.asset`` for a table by the day of a call's start."""
    return table_asset(table, group=group, partitions_def=days, single_run=True, **more)


def weekly(table: str, *, group: str, **more: Any) -> dict[str, Any]:
    """Arguments of ``@dg.asset`` for a table by week (Monday)."""
    return table_asset(table, group=group, partitions_def=weeks, single_run=True, **more)


def by_batch(table: str, *, group: str, **more: Any) -> dict[str, Any]:
    """Arguments of ``@dg.asset`` for a table by batch of accounts that need a CSM."""
    return table_asset(table, group=group, partitions_def=routing_batches, **more)


def column_schema(table: catalog.Table) -> dg.TableSchema:
    """The declared columns as the Dagster UI shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.meaning,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
            )
            for column in table.columns
        ]
    )


def result(rows: int, metadata: Mapping[str, Any] | None = None) -> dg.MaterializeResult:
    """What an asset returns: its row count in this partition, and what a person wants to see."""
    return dg.MaterializeResult(metadata={"dagster/partition_row_count": rows, **(metadata or {})})


def partition_dates(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
) -> list[dt.date]:
    """The partition keys of the run as dates, one or a contiguous range, in order."""
    return sorted(dt.date.fromisoformat(key) for key in context.partition_keys)


def partition_span(context: dg.AssetExecutionContext) -> Between:
    """First to last partition date, to scope a replace."""
    dates = partition_dates(context)
    return Between(dates[0], dates[-1])


def replace_dates(
    db: Session, table: str, frames: Sequence[pd.DataFrame], context: dg.AssetExecutionContext
) -> pd.DataFrame:
    """Replace the run's weeks of a table by these rows at once; gives what was written.

    Columns that the table does not declare are left out.
    """
    rows = stacked(frames)
    rows = rows[[name for name in catalog.table(table).column_names if name in rows.columns]]
    db.replace(table, rows, {"week_start": partition_span(context)})
    return rows

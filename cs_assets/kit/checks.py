"""Asset checks by kind: a statement that must find nothing, a grain that must be unique.

A room says what must hold, how bad it is when it does not, and what to do then. The statement
looks at all rows (no parameters), or at the days or weeks of the run (``of``).
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.kit import previews
from cs_assets.kit.assets import partition_dates
from resources.warehouse import Parameters, Session, Warehouse
from sql import contract

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN

Asset = dg.AssetsDefinition | str


class Of(Enum):
    """What the statement's parameters are."""

    EVERYTHING = "everything"
    EACH_DATE = "each date of the run"
    SPAN = "first and last date of the run"


def no_rows(
    name: str,
    asset: Asset,
    statement: str,
    *,
    holds: str,
    mend: str,
    severity: dg.AssetCheckSeverity = ERROR,
    blocking: bool = False,
    of: Of = Of.EVERYTHING,
    parameters: Parameters = (),
    columns: Mapping[str, str] | Sequence[str] | None = None,
    partitions_def: dg.PartitionsDefinition | None = None,
    additional_deps: Sequence[str] = (),
) -> dg.AssetChecksDefinition:
    """A check that passes when ``statement`` finds no row, and shows the first that it finds.

    ``holds`` is what is then true (the check's description), ``mend`` what to do otherwise.
    ``parameters`` stand before the dates of the run.
    """

    @dg.asset_check(
        name=name,
        asset=asset,
        description=holds,
        blocking=blocking,
        partitions_def=partitions_def,
        additional_deps=list(additional_deps) or None,
    )
    def check(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> dg.AssetCheckResult:
        with warehouse.session(f"check {name}") as db:
            found = _found(context, db, statement, of, parameters)
        return verdict(found, mend=mend, severity=severity, columns=columns)

    return check


def unique_grain(
    asset: Asset,
    table: str,
    *,
    mend: str = "materialise the partitions named again; if it stays, the statement is at fault",
) -> dg.AssetChecksDefinition:
    """A check that no key of ``schema.table``, as declared, stands there twice."""
    return no_rows(
        f"{table.partition('.')[2]}_grain_is_unique",
        asset,
        contract.grain(table),
        holds="No key stands twice.",
        mend=mend,
    )


def verdict(
    found: pd.DataFrame,
    *,
    mend: str,
    severity: dg.AssetCheckSeverity = ERROR,
    columns: Mapping[str, str] | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> dg.AssetCheckResult:
    """The result for the rows that should not be: how many, the first, and how to mend it."""
    return dg.AssetCheckResult(
        passed=found.empty,
        severity=severity,
        description="none" if found.empty else f"{len(found):,}: {mend}",
        metadata={
            "found": len(found),
            "rows": previews.table(found, columns),
            **({} if found.empty else {"mend": mend}),
            **(metadata or {}),
        },
    )


def _found(
    context: dg.AssetCheckExecutionContext,
    db: Session,
    statement: str,
    of: Of,
    parameters: Parameters,
) -> pd.DataFrame:
    if of is Of.EVERYTHING:
        return db.query(statement, parameters)
    dates = partition_dates(context)
    if of is Of.SPAN:
        return db.query(statement, [*parameters, dates[0], dates[-1]])
    return pd.concat([db.query(statement, [*parameters, date]) for date in dates])

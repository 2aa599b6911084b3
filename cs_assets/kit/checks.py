"""Asset checks by kind: a statement that must find nothing, a grain that must be unique, a look
that must find nothing wrong.

A room says what must hold, how bad it is when it does not, and what to do then. A statement
looks at all rows (no parameters), or at the days or weeks of the run (``of``); a look
(``nothing_wrong``) is a function that compares, and names what is wrong.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.kit import previews
from cs_assets.kit.assets import partition_dates
from resources.warehouse import Parameters, Session, Warehouse
from sql import catalog, contract

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN

Asset = dg.AssetsDefinition | str

#: What is named of what is wrong, at most.
_NAMED = 50


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


@dataclass(frozen=True)
class Look:
    """What a look is made with: the run's resources, and its dates where it has partitions."""

    context: dg.AssetCheckExecutionContext

    @property
    def resources(self) -> Any:
        """The resources that the check says it needs, and the warehouse."""
        return self.context.resources

    @property
    def dates(self) -> list[dt.date]:
        """The days or Mondays of the run, in order."""
        return partition_dates(self.context)

    def query(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        """The rows of a statement, in a short session of its own."""
        warehouse: Warehouse = self.resources.warehouse
        with warehouse.session(f"check {statement}") as db:
            return db.query(statement, parameters)

    def query_each_date(self, statement: str, parameters: Parameters = ()) -> pd.DataFrame:
        """The rows of a statement for each date of the run, the date as its last parameter."""
        warehouse: Warehouse = self.resources.warehouse
        with warehouse.session(f"check {statement}") as db:
            return pd.concat(
                [db.query(statement, [*parameters, date]) for date in self.dates],
                ignore_index=True,
            )


@dataclass(frozen=True)
class Findings:
    """What a look found: the names of what is wrong, each with the reason where there is one."""

    wrong: Sequence[str] | Mapping[str, Any]
    #: How many were looked at; none where there is no sensible number.
    looked_at: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def nothing_wrong(
    asset: Asset,
    *,
    holds: str,
    mend: str,
    severity: dg.AssetCheckSeverity = ERROR,
    partitions_def: dg.PartitionsDefinition | None = None,
    needs: Collection[str] = (),
) -> Callable[[Callable[[Look], Findings]], dg.AssetChecksDefinition]:
    """Make a check of a look, named as the function is; it passes when nothing is wrong.

    ``needs`` are the resources that the look uses besides the warehouse.
    """

    def make(look: Callable[[Look], Findings]) -> dg.AssetChecksDefinition:
        @dg.asset_check(
            name=look.__name__,
            asset=asset,
            description=holds,
            partitions_def=partitions_def,
            required_resource_keys={"warehouse", *needs},
        )
        def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
            return _told(look(Look(context)), mend, severity)

        return check

    return make


def _told(findings: Findings, mend: str, severity: dg.AssetCheckSeverity) -> dg.AssetCheckResult:
    wrong, of = findings.wrong, findings.looked_at
    count = f"{len(wrong):,}" if of is None else f"{len(wrong):,} of {of:,}"
    named: Any = list(wrong)[:_NAMED]
    if isinstance(wrong, Mapping):
        named = {name: wrong[name] for name in named}
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=severity,
        description=f"{count}: {mend}" if wrong else "none" if of is None else f"none of {of:,}",
        metadata={
            "found": len(wrong),
            **({} if of is None else {"looked at": of}),
            "wrong": dg.MetadataValue.json(named),
            **({"mend": mend} if wrong else {}),
            **findings.metadata,
        },
    )


def for_unchecked(
    assets: Iterable[Any], checks: Iterable[dg.AssetChecksDefinition]
) -> list[dg.AssetChecksDefinition]:
    """A check of the grain for each table asset of which its room has declared no check."""
    has = {key.asset_key for check in checks for key in check.check_keys}
    return [
        unique_grain(spec.key.to_user_string(), str(spec.metadata["dagster/table_name"]))
        for asset in assets
        for spec in asset.specs
        if spec.key not in has and not asset.check_specs_by_output_name
        if str(spec.metadata.get("dagster/table_name")) in catalog.tables()
    ]


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

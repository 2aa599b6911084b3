"""Asset checks by kind: a statement that must find nothing, a grain that must be unique, a look
that must find nothing wrong.

A room says what must hold, how bad it is when it does not, and what to do then. A statement
looks at all rows (no parameters), or at the days or weeks of the run (``of``); a look
(``nothing_wrong``) is a function that compares, and names what is wrong.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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

#: Says of a run that it has changed nothing that a check looks at.
Unless = Callable[[dg.AssetCheckExecutionContext], bool]

#: Dagster's name for the event that a check was evaluated.
_EVALUATED = "ASSET_CHECK_EVALUATION"

#: What to do about a key that stands twice.
_MEND_GRAIN = "materialise the partitions named again; if it stays, the statement is at fault"
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
    unless: Unless | None = None,
) -> dg.AssetChecksDefinition:
    """A check that passes when ``statement`` finds no row, and shows the first that it finds.

    ``holds`` is what is then true (the check's description), ``mend`` what to do otherwise.
    ``parameters`` stand before the dates of the run. ``unless`` says of a run that it has changed
    nothing that is looked at: then what was found today stands, if it was good.
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
        if unless and unless(context) and (stands := passed_today(context, asset, name)):
            return stands
        with warehouse.session(f"check {name}") as db:
            found = _found(context, db, statement, of, parameters)
        return verdict(found, mend=mend, severity=severity, columns=columns)

    return check


def unique_grain(asset: Asset, table: str) -> dg.AssetChecksDefinition:
    """A check that no key of ``schema.table``, as declared, stands there twice."""
    return no_rows(
        f"{table.partition('.')[2]}_grain_is_unique",
        asset,
        contract.grain(table),
        holds="No key stands twice.",
        mend=_MEND_GRAIN,
    )


def unique_grains(
    room: str,
    tables: Mapping[str, Asset],
    *,
    unless: Unless | None = None,
) -> dg.AssetChecksDefinition:
    """Checks that no key of these tables (``schema.name``, with its asset) stands there twice.

    Each table has a check of its own; one step of a run and one statement look at all of them.
    """
    named = {table: f"{table.partition('.')[2]}_grain_is_unique" for table in tables}

    @dg.multi_asset_check(
        name=f"{room}_grains_are_unique",
        specs=[
            dg.AssetCheckSpec(named[table], asset=asset, description="No key stands twice.")
            for table, asset in tables.items()
        ],
        can_subset=True,
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        asked = context.op_execution_context.selected_asset_check_keys
        chosen = {
            table: key
            for table, asset in tables.items()
            if (key := dg.AssetCheckKey(_key_of(asset), named[table])) in asked
        }
        if unless is not None and unless(context):
            stood = [passed_today(context, key.asset_key, key.name) for key in chosen.values()]
            if all(stood):
                yield from (one for one in stood if one)
                return
        with warehouse.session("check grains") as db:
            found = db.query(contract.grains(list(chosen)))
        for table, key in chosen.items():
            told = verdict(found[found["table_name"] == table], mend=_MEND_GRAIN)
            yield told._replace(asset_key=key.asset_key, check_name=key.name)

    return check


def passed_today(
    context: dg.AssetCheckExecutionContext, asset: Asset | dg.AssetKey, name: str
) -> dg.AssetCheckResult | None:
    """The last result of a check, if it was good and of this day (UTC); by no statement."""
    key = dg.AssetCheckKey(_key_of(asset), name)
    # The newest are those that are planned: of this run, of one that waits, of one that died.
    records = context.instance.event_log_storage.get_asset_check_execution_history(key, limit=5)
    for record in records:
        event = record.event.dagster_event if record.event else None
        if event is None or event.event_type_value != _EVALUATED:
            continue
        found = event.asset_check_evaluation_data
        day = dt.datetime.fromtimestamp(record.create_timestamp, dt.UTC).date()
        if not found.passed or day != dt.datetime.now(dt.UTC).date():
            return None
        return dg.AssetCheckResult(
            passed=True,
            asset_key=key.asset_key,
            check_name=name,
            severity=found.severity,
            description=found.description,
            metadata={**found.metadata, "unchanged": True},
        )
    return None


def _key_of(asset: Asset | dg.AssetKey) -> dg.AssetKey:
    if isinstance(asset, dg.AssetsDefinition):
        return asset.key
    return dg.AssetKey(asset) if isinstance(asset, str) else asset


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
    rooms: dict[str, dict[str, Asset]] = {}
    for asset in assets:
        for spec in asset.specs:
            table = str(spec.metadata.get("dagster/table_name"))
            if spec.key in has or asset.check_specs_by_output_name:
                continue
            if table in catalog.tables():
                rooms.setdefault(spec.group_name, {})[table] = spec.key.to_user_string()
    return [unique_grains(f"other_{room}", tables) for room, tables in sorted(rooms.items())]


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

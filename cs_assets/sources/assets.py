"""The source tables as assets: loaded from files, or counted where they are views.

On the embedded warehouse the files of the home's source folder are checked as a
whole and loaded together. On any other warehouse ``source.*`` are tables or views that
other teams fill: nothing is made, so they are observed (verified, counted, and when they
last changed), and the UI shows them as sources.
"""

import datetime as dt
import hashlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.errors import UsageError
from cs_assets.kit.assets import OWNER, column_schema
from resources.home_resource import HomeResource
from resources.sources.problems import Problems
from resources.sources.staging import source_tables as declared_tables
from resources.warehouse import Warehouse
from sql import catalog

# One function observes all tables in one statement; a decorator for each would ask for each.
warnings.filterwarnings("ignore", message="Function `multi_observable_source_asset`")

GROUP = "source"
#: Metadata of a load: what was loaded and should be mended, a line each. Commands show it.
DOUBTS = "doubts"


def asset_name(table: str) -> str:
    """The asset of a source table."""
    return f"source_{table}"


def _spec(table: catalog.Table, kind: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=asset_name(table.name),
        group_name=GROUP,
        description=table.meaning,
        owners=[OWNER],
        kinds={"table", kind},
        skippable=True,
        metadata={
            "dagster/table_name": table.full_name,
            "dagster/column_schema": column_schema(table),
        },
    )


@dg.multi_asset(
    name="source_tables",
    specs=[_spec(table, "csv") for table in declared_tables().values()],
    can_subset=True,
)
def source_tables(
    context: dg.AssetExecutionContext, warehouse: Warehouse, home: HomeResource
) -> Iterator[dg.MaterializeResult]:
    """Load the selected source tables from files."""
    for result in _load(_wanted(context), warehouse, home.paths.sources, context.log.info):
        for line in str((result.metadata or {}).get(DOUBTS, "")).splitlines():
            context.log.warning(line)
        yield result


@dg.multi_observable_source_asset(
    name="observed_source_tables",
    specs=[_spec(table, "snowflake") for table in declared_tables().values()],
    can_subset=True,
)
def observed_source_tables(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.ObserveResult]:
    """Verify the selected source tables, and tell when each last changed."""
    yield from _observe(_wanted(context), warehouse)


def assets_of(warehouse: Warehouse) -> list[dg.AssetsDefinition]:
    """The source tables as they are in a warehouse: loaded, or observed where others fill them."""
    return [observed_source_tables if warehouse.is_elsewhere else source_tables]


def _wanted(context: dg.AssetExecutionContext) -> list[catalog.Table]:
    keys = context.selected_asset_keys
    every = declared_tables().values()
    return [table for table in every if dg.AssetKey(asset_name(table.name)) in keys]


def _load(
    wanted: list[catalog.Table], warehouse: Warehouse, folder: Path, tell: Callable[[str], None]
) -> Iterator[dg.MaterializeResult]:
    from resources.sources import files  # Arrow, which definitions can do without
    from resources.sources.forms import read_forms
    from resources.sources.staging import file_of

    names = [table.name for table in wanted]
    doubts = Problems()
    counts = files.load_folder(folder, warehouse, names, doubts, tell)
    forms = read_forms(folder)
    for name in names:
        file = file_of(folder, name, forms)
        told = "\n".join(doubts.lines(file.name)) if file else ""
        yield dg.MaterializeResult(
            asset_key=asset_name(name),
            metadata={
                "dagster/row_count": counts[name],
                "file": file.name if file else "none: the table is empty",
                **({DOUBTS: told} if told else {}),
            },
            data_version=dg.DataVersion(_content_hash(file)),
        )


def _content_hash(file: Path | None) -> str:
    if file is None:
        return hashlib.sha256().hexdigest()
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _observe(wanted: list[catalog.Table], warehouse: Warehouse) -> Iterator[dg.ObserveResult]:
    with warehouse.session("source_tables") as db:
        refuse_incomplete(wanted, db.query("sources/present_columns"))
        rows = db.query("sources/row_counts")
        changes = db.query("sources/last_changed")
    counts = dict(zip(rows["table_name"], rows["row_count"], strict=True))
    changed = dict(zip(changes["table_name"], changes["changed_at"], strict=True))
    for table in wanted:
        count, at = int(counts[table.name]), changed.get(table.name)
        yield dg.ObserveResult(
            asset_key=asset_name(table.name),
            metadata={"dagster/row_count": count, **_freshness(at)},
            data_version=None if pd.isna(at) else dg.DataVersion(f"{at.isoformat()} {count}"),
        )


def _freshness(changed_at: pd.Timestamp | None) -> dict[str, Any]:
    """When a table last changed, as the UI shows it; of a view nobody but its owner can tell."""
    if pd.isna(changed_at):
        return {"last changed": "not known: it is a view, its own tables tell"}
    moment = changed_at.to_pydatetime().replace(tzinfo=dt.UTC)
    return {"dagster/last_updated_timestamp": dg.MetadataValue.timestamp(moment)}


def refuse_incomplete(wanted: list[catalog.Table], present: pd.DataFrame) -> None:
    """Raise ``UsageError`` naming every view that is missing or lacks a column."""
    columns = present.groupby("table_name")["column_name"].agg(set).to_dict()
    faults = []
    for table in wanted:
        if table.name not in columns:
            faults.append(f"{table.full_name} does not exist")
            continue
        missing = [name for name in table.column_names if name not in columns[table.name]]
        if missing:
            faults.append(f"{table.full_name} lacks {', '.join(missing)}")
    if faults:
        raise UsageError(
            f"the source views are not complete: {'; '.join(faults)}; "
            "map them in the file that makes the views"
        )


assets = [source_tables]

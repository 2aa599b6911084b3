"""Which columns a table's columns are made of, and the columns of views, read from the SQL.

``column_lineage.json`` and ``view_columns.json`` are written by
``python -m cs_assets.commands.made_docs`` (by sqlglot and DuckDB, of which loading needs nothing).
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import dagster as dg

FILE = "column_lineage.json"
VIEWS_FILE = "view_columns.json"
#: Why an asset has no lineage: a reason that a reader accepts, shown on its page.
MADE_OF_NO_TABLE = "cs_assets/made_of_no_table"
#: The views that an asset makes, where it is no table: full names, joined by commas.
VIEWS = "cs_assets/views"
#: By table and column: tables and columns that it is made of.
Lineage = dict[str, dict[str, list[list[str]]]]
#: By view and column: type and meaning.
ViewColumns = dict[str, dict[str, list[str]]]


@cache
def _read() -> Lineage:
    found: Lineage = json.loads(files("cs_assets.kit").joinpath(FILE).read_text("utf-8"))
    return found


@cache
def _read_views() -> ViewColumns:
    found: ViewColumns = json.loads(files("cs_assets.kit").joinpath(VIEWS_FILE).read_text("utf-8"))
    return found


def forget() -> None:
    """Read the files anew when they are needed next."""
    _read.cache_clear()
    _read_views.cache_clear()


def with_lineage(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets with what the columns of their tables are made of, where it is known.

    An asset of views has their columns as its schema.
    """
    found = list(assets)
    keys: dict[str, list[dg.AssetKey]] = {}
    for asset in found:
        for spec in asset.specs:
            keys.setdefault(str(spec.metadata.get("dagster/table_name")), []).append(spec.key)
    return [asset.map_asset_specs(lambda spec: _described(spec, keys)) for asset in found]


def _described(spec: dg.AssetSpec, keys: Mapping[str, list[dg.AssetKey]]) -> dg.AssetSpec:
    named = str(spec.metadata.get(VIEWS) or spec.metadata.get("dagster/table_name")).split(", ")
    made = _columns_of(named, _read())
    above = {dep.asset_key for dep in spec.deps}
    is_shared = any(len(keys.get(name, ())) > 1 for name in named)
    deps = {
        column: [
            dg.TableColumnDep(key, name)
            for table, name in of
            for key in keys.get(table, ())
            # Of a table that several assets fill, each has what stands above it.
            if key in above or not (is_shared or len(keys[table]) > 1)
        ]
        for column, of in made.items()
    }
    metadata: dict[str, Any] = {}
    if any(deps.values()):
        lineage = dg.TableColumnLineage({column: of for column, of in deps.items() if of})
        metadata["dagster/column_lineage"] = lineage
    if columns := _columns_of(named, _read_views()):
        metadata["dagster/column_schema"] = dg.TableSchema(
            columns=[
                dg.TableColumn(name, type=type_, description=meaning or None)
                for name, (type_, meaning) in columns.items()
            ]
        )
    return spec.merge_attributes(metadata=metadata) if metadata else spec


def _columns_of(named: list[str], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Columns of a table, or of several, these with the table's name before theirs."""
    if len(named) == 1:
        return dict(known.get(named[0], {}))
    return {
        f"{table.rpartition('.')[2]}.{column}": what
        for table in named
        for column, what in known.get(table, {}).items()
    }

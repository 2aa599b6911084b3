"""Which columns a table's columns are made of, read from the SQL that makes it.

``column_lineage.json`` is written by ``python -m cs_assets.commands.made_docs`` (by sqlglot, of
which loading needs nothing). A table that Python makes has the columns of its key that an
upstream table has as its own key.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import dagster as dg

FILE = "column_lineage.json"
#: By table and column: tables and columns that it is made of.
Lineage = dict[str, dict[str, list[list[str]]]]


@cache
def _read() -> Lineage:
    found: Lineage = json.loads(files("cs_assets.kit").joinpath(FILE).read_text("utf-8"))
    return found


def forget() -> None:
    """Read the file anew when it is needed next."""
    _read.cache_clear()


def with_lineage(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets with what the columns of their tables are made of, where it is known."""
    found = list(assets)
    keys = {
        str(spec.metadata.get("dagster/table_name")): spec.key
        for asset in found
        for spec in asset.specs
    }
    return [asset.map_asset_specs(lambda spec: _described(spec, keys)) for asset in found]


def _described(spec: dg.AssetSpec, keys: Mapping[str, dg.AssetKey]) -> dg.AssetSpec:
    made = _read().get(str(spec.metadata.get("dagster/table_name")), {})
    deps = {
        column: [dg.TableColumnDep(keys[table], name) for table, name in of if table in keys]
        for column, of in made.items()
    }
    if not any(deps.values()):
        return spec
    lineage = dg.TableColumnLineage({column: of for column, of in deps.items() if of})
    return spec.merge_attributes(metadata={"dagster/column_lineage": lineage})

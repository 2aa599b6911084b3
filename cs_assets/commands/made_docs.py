"""Writes the pages of ``docs/`` that are made from code: tables and settings."""

import ast
import inspect
import json
import sys
from collections import Counter
from collections.abc import Mapping
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cs_assets.kit.column_lineage import FILE as LINEAGE_FILE
from cs_assets.kit.column_lineage import MADE_OF_NO_TABLE, VIEWS_FILE, Lineage, forget
from resources import settings as settings_module
from resources.setting_names import ALIASES
from resources.settings import Settings
from sql import catalog

_TITLES = {
    "source": "What other teams own (read only)",
    "gong": "Calls, raw and staged",
    "analytics": "What the platform makes",
    "ops": "Ledgers and bookkeeping",
}


def tables() -> str:
    """``docs/tables.md``: every table and column."""
    parts = [
        "# Tables",
        "",
        "Made from `sql/tables` by `python -m cs_assets.commands.made_docs`; a test keeps it true.",
    ]
    for schema, title in _TITLES.items():
        parts += ["", f"## `{schema}`: {title}"]
        for table in catalog.tables().values():
            if table.schema == schema:
                parts += ["", *_table(table)]
    return "\n".join(parts) + "\n"


def _table(table: catalog.Table) -> list[str]:
    partition = f" Partition: `{table.partition}`." if table.partition else ""
    lines = [
        f"### `{table.full_name}`",
        "",
        f"{table.meaning} Key: `{', '.join(table.key)}`.{partition}",
        "",
        "| column | type | required | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for column in table.columns:
        meaning = column.meaning.replace("|", "\\|")
        required = "yes" if column.required else ""
        lines.append(f"| `{column.name}` | {column.type} | {required} | {meaning} |")
    return lines


def settings() -> str:
    """``docs/settings.md``: every setting with its default and meaning."""
    lines = [
        "# Settings",
        "",
        "Made from `resources/settings.py` by `python -m cs_assets.commands.made_docs`;",
        "a test keeps it true.",
        "All are environment variables; a blank one is unset. A secret may come from a file:",
        "`NAME_FILE` names it in place of `NAME` (see [secrets](secrets.md)).",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    meanings = meanings_of_settings()
    for name, field in Settings.model_fields.items():
        meaning = meanings.get(name, "").replace("``", "`").replace("|", "\\|")
        lines.append(f"| `{name.upper()}` | {_default(field)} | {' '.join(meaning.split())} |")
    others = [f"`{alias}` ({setting.upper()})" for alias, (setting, _) in ALIASES.items()]
    lines += ["", f"Other names that are read too, where ours is not set: {', '.join(others)}."]
    lines += ["Two that disagree are an error."]
    return "\n".join(lines) + "\n"


def meanings_of_settings() -> dict[str, str]:
    """What stands below each field of ``Settings``."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(settings_module)).body
        if isinstance(node, ast.ClassDef) and node.name == Settings.__name__
    )
    return {
        field.target.id: inspect.cleandoc(said.value.value)
        for field, said in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def _default(field: FieldInfo) -> str:
    if SecretStr in (field.annotation, *get_args(field.annotation)):
        return "secret"
    return "" if field.default is None else f"`{field.default}`"


def catalogue() -> str:
    """``docs/catalogue.md``: every asset with what is known of it."""
    graph = _definitions().resolve_asset_graph()
    checks = Counter(key.asset_key for key in graph.asset_check_keys)
    lines = [
        "# Assets",
        "",
        "Made from the definitions by `python -m cs_assets.commands.made_docs`; a test keeps it",
        "true. Columns of each table are in [tables.md](tables.md); which columns they are made of",
        "is on the asset's page in the Dagster UI.",
    ]
    nodes = sorted((graph.get(key) for key in graph.get_all_asset_keys()), key=_in_order)
    for group, members in groupby(nodes, key=lambda node: node.group_name):
        lines += ["", f"## {group}", "", "| asset | by | checks | columns known | what |"]
        lines.append("| --- | --- | ---: | --- | --- |")
        for node in members:
            lineage = node.metadata.get("dagster/column_lineage")
            known = str(len(lineage.deps_by_column)) if lineage else _why_none(node)
            name, counted = node.key.to_user_string(), f"{checks[node.key]} | {known}"
            meaning = " ".join((node.description or "").split()).replace("|", "&#124;")
            lines.append(f"| `{name}` | {_rhythm(node)} | {counted} | {meaning} |")
    return "\n".join(lines) + "\n"


def _why_none(node: Any) -> str:
    """In place of a number of columns: what the rows come from, where that is no table."""
    if node.group_name == "source":
        return "other teams' data"
    return str(node.metadata.get(MADE_OF_NO_TABLE, 0))


def _in_order(node: Any) -> tuple[str, str]:
    return node.group_name, node.key.to_user_string()


def _rhythm(node: Any) -> str:
    kinds = {"Daily": "day", "Weekly": "week", "Dynamic": "batch"}
    name = type(node.partitions_def).__name__
    return next((said for kind, said in kinds.items() if name.startswith(kind)), "")


def _definitions() -> Any:
    from cs_assets.definitions import build_defs

    return build_defs(Settings())


def lineage() -> Lineage:
    """What is in ``column_lineage.json``: what columns are made of, for the Dagster UI."""
    from cs_assets.commands.made_lineage import all_lineage

    graph = _definitions().resolve_asset_graph()
    tables_of = {
        key: str(graph.get(key).metadata.get("dagster/table_name"))
        for key in graph.get_all_asset_keys()
    }
    upstream: dict[str, set[str]] = {}
    for key, table in tables_of.items():
        if table in catalog.tables():
            parents = {str(tables_of.get(parent)) for parent in graph.get(key).parent_keys}
            upstream.setdefault(table, set()).update(parents & {*catalog.tables()})
    return all_lineage({table: sorted(above) for table, above in upstream.items()})


def _write_what_is_known_of_columns(folder: Path) -> None:
    from cs_assets.commands.made_lineage import view_columns

    for name, found in ((LINEAGE_FILE, lineage()), (VIEWS_FILE, view_columns())):
        folder.joinpath(name).write_text(_json(found), encoding="utf-8")
    forget()  # what the definitions have read of the files before


def _json(found: Mapping[str, Mapping[str, Any]]) -> str:
    """A line a column, so that a change is seen for what it is."""
    tables = [
        f"{json.dumps(table)}: {{\n"
        + ",\n".join(f" {json.dumps(name)}: {json.dumps(what)}" for name, what in columns.items())
        + "\n}"
        for table, columns in found.items()
    ]
    return "{\n" + ",\n".join(tables) + "\n}\n"


PAGES = {"tables.md": tables, "settings.md": settings, "catalogue.md": catalogue}

if __name__ == "__main__":
    root = Path(__file__).parents[2]
    try:
        _write_what_is_known_of_columns(root.joinpath("cs_assets", "kit"))
    except ModuleNotFoundError as error:
        print(f"column lineage stays as it is: {error}", file=sys.stderr)
    for page, made in PAGES.items():
        root.joinpath("docs", page).write_text(made(), encoding="utf-8")

"""Writes the pages of ``docs/`` that are made from code: tables and settings."""

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

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
        "All are environment variables; a blank one is unset. Secrets come from nowhere else.",
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


PAGES = {"tables.md": tables, "settings.md": settings}

if __name__ == "__main__":
    for page, made in PAGES.items():
        Path(__file__).parents[2].joinpath("docs", page).write_text(made(), encoding="utf-8")

"""Writes ``docs/tables.md`` from the declarations under ``sql/tables``."""

from pathlib import Path

from sql import catalog

_TITLES = {
    "source": "What other teams own (read only)",
    "gong": "Calls, raw and staged",
    "analytics": "What the platform makes",
    "ops": "Ledgers and bookkeeping",
}


def text() -> str:
    """The whole page."""
    parts = [
        "# Tables",
        "",
        "Made from `sql/tables` by `python -m cs_assets.table_docs`; a test keeps it true.",
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


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("docs", "tables.md").write_text(text(), encoding="utf-8")

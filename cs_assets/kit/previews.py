"""Tables that a person looks at in the Dagster UI."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd

#: Rows that a preview shows when nothing else is said.
MOST_ROWS = 20

Write = Callable[[Any], str]


def table(
    rows: pd.DataFrame,
    columns: Mapping[str, str] | Sequence[str] | None = None,
    *,
    most: int = MOST_ROWS,
    write: Mapping[str, Write] | None = None,
    nothing: str = "none",
) -> dg.MarkdownMetadataValue:
    """The first rows as a Markdown table, and how many more there are.

    ``columns``: which, in order, or their headings by name; ``write``: how a column's values are
    written. What is missing is an empty cell; what could end a cell or a row cannot.
    """
    if rows.empty:
        return dg.MetadataValue.md(nothing)
    names = list(rows.columns if columns is None else columns)
    heads = columns if isinstance(columns, Mapping) else {name: name for name in names}
    writers = write or {}
    lines = [_row(heads[name] for name in names)]
    lines.append(_row("---:" if _is_number(rows[name]) else "---" for name in names))
    lines += [
        _row(writers.get(name, _plain)(v) for name, v in zip(names, row, strict=True))
        for row in rows[names].head(most).itertuples(index=False, name=None)
    ]
    if len(rows) > most:
        lines.append(f"\n{len(rows) - most:,} more")
    return dg.MetadataValue.md("\n".join(lines))


def _row(cells: Any) -> str:
    safe = (" ".join(str(cell).replace("|", "\\|").split()) for cell in cells)
    return f"| {' | '.join(safe)} |"


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _plain(value: Any) -> str:
    if not isinstance(value, list | dict | tuple) and pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)

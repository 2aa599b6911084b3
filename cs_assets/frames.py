"""Small readings of DataFrames that every room needs."""

from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def text_or_none(value: Any) -> str | None:
    """A text, or ``None`` for any kind of missing."""
    return None if value is None or pd.isna(value) else str(value)


def number_or_none(value: Any) -> float | None:
    """A number, or ``None`` for any kind of missing."""
    return None if value is None or pd.isna(value) else float(value)

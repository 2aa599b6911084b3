"""Rows as mappings: what is left of a DataFrame once the logic is per account or CSM."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

Row = Mapping[str, Any]


def rows_of(frame: pd.DataFrame, order: str | None = None) -> list[dict[str, Any]]:
    """The rows of ``frame`` as dicts, sorted by the column ``order`` when given."""
    ordered = frame.sort_values(order) if order and len(frame) else frame
    return [{str(name): value for name, value in row.items()} for row in ordered.to_dict("records")]


def known(value: Any) -> bool:
    """Neither None nor NaN nor NaT."""
    return not pd.isna(value)

"""Small readings of DataFrames that every room needs."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def records_by(frame: pd.DataFrame, column: str) -> dict[str, list[dict[str, Any]]]:
    """Rows as dicts in their order, by the values of a column, sorted; those without one left out.

    Of thousands of groups each would cost more as a frame of its own than its rows do.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in records(frame[frame[column].notna()]):
        found.setdefault(str(row[column]), []).append(row)
    return dict(sorted(found.items()))


def text_or_none(value: Any) -> str | None:
    """A text, or ``None`` for any kind of missing."""
    return None if value is None or pd.isna(value) else str(value)


def number_or_none(value: Any) -> float | None:
    """A number, or ``None`` for any kind of missing."""
    return None if value is None or pd.isna(value) else float(value)


def as_times(days: "pd.Series[Any]") -> "pd.Series[Any]":
    """Days as timestamps; those that are timestamps already are not looked through again."""
    return days if days.dtype.kind == "M" else pd.to_datetime(days)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames one below the other; at least one is given.

    What is empty in one of them (the frame, or a column) takes no type from the others, and gives
    them none.
    """
    some = [one for one in frames if len(one)] or list(frames[:1])
    if len(some) == 1:
        return some[0].reset_index(drop=True)
    bare = {name for one in some for name in one.columns if one[name].isna().all()}
    return pd.concat(
        [one.astype({n: object for n in bare if n in one.columns}) for one in some],
        ignore_index=True,
    )

"""The part of a warehouse session that this room's logic needs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pandas as pd


class Tables(Protocol):
    """An open session; see ``resources.warehouse.Session``."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...
    def look(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...
    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None: ...
    def transaction(self, *tables: str, bulk: bool = True) -> AbstractContextManager[None]: ...
    def append(self, table: str, rows: pd.DataFrame) -> int: ...
    def replace(self, table: str, rows: pd.DataFrame, scope: Mapping[str, Any]) -> int: ...
    def replace_from(
        self, table: str, statement: str, parameters: Sequence[Any], scope: Mapping[str, Any]
    ) -> int: ...
    def merge(self, table: str, rows: pd.DataFrame) -> Any: ...
    def update(self, table: str, rows: pd.DataFrame) -> int: ...


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values: dates as dates, missing values as None."""
    names = [str(name) for name in frame.columns]
    columns = [_plain(frame[name]) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """A column at a time: value by value takes five times as long."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.to_numpy("datetime64[us]").tolist()  # with None for what is missing
    return column.astype(object).where(column.notna(), None).tolist()

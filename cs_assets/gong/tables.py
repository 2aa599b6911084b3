"""The part of a warehouse session that this room's logic needs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pandas as pd


class Tables(Protocol):
    """An open session; see ``resources.warehouse.Session``."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...
    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None: ...
    def transaction(self, *tables: str) -> AbstractContextManager[None]: ...
    def append(self, table: str, rows: pd.DataFrame) -> int: ...
    def replace(self, table: str, rows: pd.DataFrame, scope: Mapping[str, Any]) -> int: ...
    def replace_from(
        self, table: str, statement: str, parameters: Sequence[Any], scope: Mapping[str, Any]
    ) -> int: ...
    def merge(self, table: str, rows: pd.DataFrame) -> Any: ...


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values: dates as dates, missing values as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in plain.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value

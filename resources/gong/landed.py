"""Reads tables of Gong that another loader keeps in the warehouse: Airbyte's or Fivetran's.

For each loader three views under ``sql/gong/landed`` give its rows as Gong answers them, so that
what comes after is the same for all: bounds, dead letters, private calls, staging.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import orjson
import pandas as pd

from cs_assets.errors import UsageError
from resources.gong.pages import BrokenRecord, Page, Window
from resources.settings import Settings
from resources.warehouse_port import Opens

#: What a loader's rows are told as, each by a view of its own.
VIEWS = ("calls", "transcripts", "users")
#: Records in a page, and ids that are asked for at once.
_PAGE, _IDS = 100, 500
_PLACE = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$")


class _Row(Protocol):
    landed_at: Any
    payload: Any


def landing(settings: Settings) -> str:
    """Where the loader puts its tables; raises ``UsageError`` for what is no plain name."""
    place = settings.gong_loader_schema or ""
    if not _PLACE.match(place):
        raise UsageError(
            f"GONG_LOADER_SCHEMA '{place}': expected the schema that {settings.gong_loader} fills, "
            "SCHEMA or DATABASE.SCHEMA"
        )
    return place


def statements(loader: str) -> list[str]:
    """The statements that make the views over a loader's tables."""
    return [f"gong/landed/{loader}_{view}" for view in VIEWS]


class LandedReader:
    """Reads what a loader has landed in the warehouse."""

    def __init__(self, warehouse: Opens, settings: Settings) -> None:
        self._warehouse = warehouse
        self._loader = str(settings.gong_loader)
        self._landing = landing(settings)
        self._has_views = False

    def calls(self, window: Window) -> Iterator[Page]:
        """A day at a time: calls are read with all that they hold."""
        start = window.start
        while start < window.end:
            end = min(start + dt.timedelta(days=1), window.end)
            ends = [moment.replace(tzinfo=None) for moment in (start, end)]
            yield from self._pages("calls_of_days", ends)
            start = end

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        return self._by_id("calls_by_id", call_ids)

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        return self._by_id("transcripts_by_id", call_ids)

    def users(self) -> Iterator[Page]:
        return self._pages("users", [])

    def close(self) -> None:
        """Nothing is held open between reads."""

    def _by_id(self, statement: str, call_ids: Sequence[str]) -> Iterator[Page]:
        for first in range(0, len(call_ids), _IDS):
            ids = call_ids[first : first + _IDS]
            yield from self._pages(statement, [f",{','.join(ids)},"])

    def _pages(self, statement: str, parameters: list[Any]) -> Iterator[Page]:
        rows = self._rows(statement, parameters)
        for first in range(0, len(rows), _PAGE):
            some = rows.iloc[first : first + _PAGE]
            yield _page(f"{self._loader}:{statement}#{first // _PAGE}", list(some.itertuples()))

    def _rows(self, statement: str, parameters: list[Any]) -> pd.DataFrame:
        import duckdb  # heavy, and read here alone

        try:
            with self._warehouse.session(f"gong from {self._loader}") as db:
                if not self._has_views:
                    for view in statements(self._loader):
                        db.make_view(view, landing=self._landing)
                    self._has_views = True
                return db.query(f"gong/landed/{statement}", parameters)
        except duckdb.Error as error:
            raise UsageError(
                f"the tables of {self._loader} in {self._landing} cannot be read: "
                f"{str(error).splitlines()[0]}; GONG_LOADER_SCHEMA names the schema that it fills, "
                "docs/gong.md the tables that are read"
            ) from error


def _page(origin: str, rows: list[_Row]) -> Page:
    records, broken = [], []
    for row in rows:
        try:
            records.append(orjson.loads(row.payload))
        except orjson.JSONDecodeError as error:
            broken.append(BrokenRecord(str(row.payload), f"is no JSON: {error}"))
    landed = max(pd.Timestamp(row.landed_at).to_pydatetime() for row in rows)
    size = sum(len(row.payload) for row in rows)
    return Page(records, origin, landed, broken=broken, size=size)

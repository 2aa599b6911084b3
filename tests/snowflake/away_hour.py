"""An hour of Gong runs on the local Snowflake server, which goes away in the middle of it.

The clock is stepped from one scheduled read to the next. Meanwhile Gong has new calls, transcripts
that come later or never, a call that turns private, and one that is gone again before the server
is back. An hour that nothing disturbed has the same tables at its end.
"""

import datetime as dt
import gzip
import importlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from cs_assets.gong import assets as gong_assets
from cs_assets.gong.checks import checks
from resources.duckdb.sessions import DuckDBSession
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.gong.source import GongSource
from resources.home import Home
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.snowflake import session
from resources.snowflake.rows import normalised
from sql import catalog
from tests.gong.answers import call, transcript
from tests.materialising import materialize
from tests.snowflake import weekly
from tests.snowflake.fault_proxy import Faults, fault_proxy
from tests.snowflake.local_server import warehouse_on

FIRST, LAST = dt.date(2026, 11, 9), dt.date(2026, 11, 10)
STEP = dt.timedelta(minutes=7.5)
#: What is new at Gong (``Hour._happens``) at each read of the hour, and of a few minutes. In all
#: but the first and the last the server is away, or goes.
HOUR = ((0,), (1,), (2,), (3,), (4,), (5,), (6,), (), ())
MINUTES = ((0,), (1,), (2,), (3, 4, 5, 6))
#: Columns of when something was noted: with an hour away it is noted later.
_NOTED_AT = frozenset(
    {"purged_at", "carried_out_at", "asked_at", "resolved_at", "previous_read_at", "seen_at"}
)
_STEPS = (
    ("gong_calls_raw", "^SELECT"),
    ("gong_calls_raw", "^BEGIN"),
    ("gong_calls_raw", "^INSERT INTO gong.gong_calls_raw"),
    ("gong_calls_raw", "^COMMIT"),
    ("gong_call_transcripts_raw", "^SELECT|^-- One row"),
    ("gong_call_transcripts_raw", "^INSERT INTO gong.gong_call_transcripts_raw"),
    ("gong_call_transcripts_raw", "^COMMIT"),
    ("gong_purges", "."),
    ("stg_gong_call_participants", "^DELETE"),
    ("stg_gong_call_topics", "^COMMIT"),
    ("stg_gong_calls", "^INSERT"),
    ("stg_gong_call_transcripts", "^COMMIT"),
    ("vw_enriched_gong_calls", "."),
    ("gong_reconciliation", "^INSERT"),
)
#: Where the server may go away: the asset, and the statement that does not come to it.
STEPS = {f"{asset} at {statement}": (asset, statement) for asset, statement in _STEPS}


Reads = tuple[tuple[int, ...], ...]
PRIVATE_MEANWHILE = "14"
_PURGES = "gong.gong_purges"


@dataclass
class Hour:
    """An installation, its Gong and its server behind a proxy."""

    home: Home
    warehouse: Any
    faults: Faults
    began: dt.datetime
    instance: dg.DagsterInstance = None  # type: ignore[assignment]
    now: dt.datetime = dt.datetime.min
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    succeeded: list[bool] = field(default_factory=list)
    most_kept: int = 0

    def live(self, reads: Reads, away: tuple[str, str] | None) -> None:
        """From the begin on; ``away``: in which step of the second read the server goes."""
        for number, events in enumerate(reads):
            self.now = self.began + number * STEP
            for event in events:
                self._happens(event)
            self._write("calls-extensive", {"calls": list(self.calls.values())})
            self._write("transcripts", {"callTranscripts": list(self.words.values())})
            if away and number == 1:
                self.faults.away_from = (away[0], re.compile(away[1], re.I | re.M))
            if away and number == len(reads) - 1:
                self._is_back()
            self._run()

    def _is_back(self) -> None:
        """The server answers again, and has rolled back what sessions left open."""
        self.faults.away_from, self.faults.is_away = None, False
        importlib.import_module("fakesnow.server").sessions.clear()

    def _run(self) -> None:
        days = {"start": FIRST, "end": LAST}
        settings = Settings.load(cs_assets_home=self.home.root)
        ran = materialize(
            [*gong_assets.assets, *checks],
            resources={
                "settings": settings,
                "home": HomeResource(root=str(self.home.root)),
                "warehouse": self.warehouse,
                "gong": GongSource(settings=settings, warehouse=self.warehouse),
            },
            selection=dg.AssetSelection.groups("gong") - dg.AssetSelection.assets("gong_users"),
            instance=self.instance,
            tags={f"dagster/asset_partition_range_{end}": str(day) for end, day in days.items()},
            raise_on_error=False,
        )
        self.succeeded.append(ran.success)
        for event in ran.all_events:
            if event.is_step_failure and event.step_failure_data.error:
                told = event.step_failure_data.user_failure_data
                said = event.step_failure_data.error.message
                self.failures.append(str(told.description if told else said))
        kept = self.home.gong_kept
        self.most_kept = max(self.most_kept, kept.stat().st_size if kept.exists() else 0)

    def _happens(self, event: int) -> None:
        """Something new at Gong."""
        if event == 0:
            for number in (1, 2, 3):
                self._add(str(number), FIRST, said="Hello there.")
            self._add("4", FIRST)  # a transcript that never comes
        elif event == 1:
            self._add("11", LAST, said="We were met as you went away.")
        elif event == 2:
            self._add("12", LAST)
            self._add("13", LAST, said="I am gone before you are back.")
            self._add(PRIVATE_MEANWHILE, LAST, said="I am private before you are back.")
        elif event == 3:
            self.words["12"] = transcript("12", ("s2", ["Late words."]))
        elif event == 4:
            for number in ("2", PRIVATE_MEANWHILE):
                self.calls[number]["metaData"]["isPrivate"] = True
                del self.words[number]
        elif event == 5:
            self.calls["3"]["metaData"]["title"] = "Another title"
        elif event == 6:
            del self.calls["13"], self.words["13"]

    def _add(self, number: str, day: dt.date, said: str | None = None) -> None:
        self.calls[number] = call(number, f"{day}T15:{int(number):02}:00Z")
        if said:
            self.words[number] = transcript(number, ("s2", [said]))

    def _write(self, name: str, answer: dict[str, Any]) -> None:
        path = self.home.gong_export / f"{name}.json.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(answer).encode(), mtime=0))
        written = self.now.replace(tzinfo=dt.UTC).timestamp()
        os.utime(path, (written, written))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The rows of every table of Gong."""
        with self.warehouse.session("test") as db:
            return {
                table.full_name: _rows(db, weekly.select_all(table))
                for table in catalog.tables().values()
                if table.schema == "gong"
            }


def _rows(db: Any, statement: str) -> pd.DataFrame:
    if isinstance(db, DuckDBSession):
        return db._run(statement).df()
    with db._cursor(statement) as cursor:
        return normalised(cursor.fetch_pandas_all(), cursor.description)


def differences(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> list[str]:
    """What differs at the end of two hours, a line for each column.

    A call that was met and turned private while the server was away was never stored with words:
    there was nothing to purge.
    """
    left, right = (
        {**one, _PURGES: one[_PURGES][one[_PURGES].call_id != PRIVATE_MEANWHILE].reset_index()}
        for one in (left, right)
    )
    return [
        line
        for name in left
        for line in weekly.differences(catalog.table(name), left[name], right[name])
        if line.split(":")[0].rpartition(".")[2] not in _NOTED_AT
    ]


def undisturbed(root: Path, began: dt.datetime, reads: Reads) -> dict[str, pd.DataFrame]:
    """The tables after the same reads on the embedded warehouse, which is never away."""
    home = Home(root).ensure()
    hour = Hour(home, DuckDBWarehouse(path=str(home.warehouse)), Faults(), began)
    _live(hour, reads, None)
    assert all(hour.succeeded), hour.failures
    return hour.tables()


def disturbed(
    root: Path, server: dict[str, Any], began: dt.datetime, reads: Reads, away: tuple[str, str]
) -> tuple[Hour, dict[str, pd.DataFrame]]:
    """The reads on a server whose tables of Gong are empty, before and after; and its tables."""
    with fault_proxy({**server, "network_timeout": 1, "login_timeout": 1}) as (proxied, faults):
        hour = Hour(Home(root).ensure(), warehouse_on(proxied), faults, began)
        _live(hour, reads, away)
        tables = hour.tables()
    with warehouse_on(server).session("test") as db:
        for name in tables:
            db._run(f"DELETE FROM {name}")
    return hour, tables


def _live(hour: Hour, reads: Reads, away: tuple[str, str] | None) -> None:
    """With the clock of the hour; of the tries there are two, and no waits between them."""
    with (
        dg.DagsterInstance.ephemeral(tempdir=str(hour.home.root)) as hour.instance,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(gong_assets, "_now", lambda: hour.now)
        patch.setattr(session, "_WAIT_SECONDS", 0.01)
        patch.setattr(session, "_TRIES", 2)
        hour.live(reads, away)

"""The sensor under a real Dagster daemon: how soon an account is routed, and SIGKILL of everything.

R-01 daemon, code server and runs killed at random moments: each account once
P-routing-20 a new account: ticks until its run is asked for, seconds until it has an owner
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from cs_assets.commands.running import instance_of
from cs_assets.partitions import ROUTING_BATCHES
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.faults.routing_kills import owners_of, troubles
from tests.figures import Figure
from tests.routing.conftest import firm
from tests.routing.frames import account, onboarding
from tests.waiting import PATIENCE

_MODULE = "tests.faults.routing_definitions"
_CONFIG = Path(__file__).parents[2] / "cs_assets" / "config" / "dagster.yaml"
#: Seconds within which a daemon must have brought everything to its end: a run that was killed
#: before its process said anything is given up by Dagster after 120.
_PATIENCE = 240.0


def killed_with_everything(homes: int = 2, kills: int = 2, seed: int = 3) -> Figure:
    """Kill the daemon with all its children, some times a home; then let one come to its end."""
    moments, wrong = random.Random(seed), []
    for _ in range(homes):
        with _home() as home:
            early: dict[str, str] = {}
            for _ in range(kills):
                with _daemon(home):
                    time.sleep(moments.uniform(8.0, 25.0))
                early |= owners_of(str(home / "warehouse.duckdb"))
            with _daemon(home):
                _until_routed(home, 6)
            wrong += troubles(str(home / "warehouse.duckdb"), early)
    value = f"{len(wrong)}_of_{homes * kills}_kills" + "".join(f";{w}" for w in wrong[:3])
    return Figure(
        "R-01c", "routing_daemon_killed_lost_doubled_or_changed",
        value.replace(" ", "_"), "0", not wrong,
    )  # fmt: skip


def soon_routed() -> Figure:
    """An account that begins to wait while the daemon runs."""
    with _home() as home, _daemon(home):
        _until_routed(home, 6)
        path = str(home / "warehouse.duckdb")
        with DuckDBWarehouse(path=path).session("test") as db:
            db.append("source.accounts", pd.DataFrame([account("LATE")]))
            db.append("source.onboarding_detail", pd.DataFrame([onboarding("LATE")]))
        begun = time.time()
        _until_routed(home, 7)
        seconds = time.time() - begun
        with instance_of(Home(home)) as instance:
            asked = min(
                run.create_timestamp.timestamp()
                for run in instance.get_run_records()
                if run.create_timestamp.timestamp() > begun
            )
            (state,) = instance.all_instigator_state()
            ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id)
            between = sum(begun < tick.timestamp <= asked for tick in ticks)
            batches = len(instance.get_dynamic_partitions(ROUTING_BATCHES))
    value = f"{between}_ticks_{seconds:.0f}s_owner_{batches}_batches"
    quick = between <= 2 and seconds < 120 and batches == 2
    return Figure("P-routing-20", "new_account_to_owner", value, "<=2_ticks_of_60s", quick)


@contextmanager
def _home() -> Iterator[Path]:
    """A home with six waiting accounts and the sensor switched on."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        firm(home)
        (home / "dagster").mkdir()
        shutil.copy(_CONFIG, home / "dagster" / "dagster.yaml")
        subprocess.run(
            _dagster("sensor", "start", "needs_csm_sensor"),
            env=_environment(home), check=True, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        yield home


@contextmanager
def _daemon(home: Path) -> Iterator[None]:
    """A daemon; it and all its children end by SIGKILL, at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dagster._daemon", "run", "-m", _MODULE],
        env=_environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _dagster(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dagster", *arguments, "-m", _MODULE]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ANTHROPIC_API_KEY"}
    return kept | {
        "DAGSTER_HOME": str(home / "dagster"),
        "CS_ASSETS_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def _until_routed(home: Path, accounts: int) -> None:
    """Wait until so many accounts have an owner and no batch is open."""
    ends, path = time.monotonic() + _PATIENCE, str(home / "warehouse.duckdb")
    while time.monotonic() < ends:
        if len(owners_of(path)) >= accounts:
            with DuckDBWarehouse(path=path).session("look") as db:
                if db.query("routing/open_batches").empty:
                    return
        time.sleep(0.5)


BY_ID = {"R-01c": killed_with_everything}

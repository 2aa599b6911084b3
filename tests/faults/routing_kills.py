"""Real SIGKILL of the routing sensor and its runs, and several of them at once.

R-01 at every write of a turn: each account once, in one batch, and its owner never changes
R-06 several instances over one warehouse: the same
"""

import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse
from tests.faults import processes
from tests.faults.routing_turn import POINTS, Turn, take
from tests.figures import Figure
from tests.routing.conftest import firm

_WAITING = {f"A{n}" for n in range(6)}


def killed_and_crowded(
    points: tuple[str, ...] = POINTS, instances: int = 4, kills: int = 8
) -> Iterator[Figure]:
    """R-01b and R-06b."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(firm(Path(folder)).path)
        yield killed_at_every_write(made, points)
        yield side_by_side(made, instances, kills)


def killed_at_every_write(made: Path, points: tuple[str, ...]) -> Figure:
    """Kill a turn at each point, restart until quiet."""
    wrong = []
    for point in points:
        with _place(made, 1) as (warehouse, homes):
            killed = processes.start(take, Turn(warehouse, homes[0], point))
            if processes.finish(killed) != -signal.SIGKILL:
                wrong.append(f"{point}: was not killed")
                continue
            early = owners_of(warehouse)
            for _ in range(2):
                processes.finish(processes.start(take, Turn(warehouse, homes[0])))
            wrong += [f"{point}: {trouble}" for trouble in troubles(warehouse, early)]
    return Figure(
        "R-01b",
        "routing_kill_points_lost_doubled_or_changed",
        f"{len(wrong)}_of_{len(points)}{':' + ';'.join(wrong[:3]) if wrong else ''}".replace(
            " ", "_"
        ),
        "0",
        not wrong,
    )


def side_by_side(made: Path, instances: int, kills: int, seed: int = 5) -> Figure:
    """Several instances over one warehouse at once, some killed at random moments."""
    moments = random.Random(seed)
    early: dict[str, str] = {}
    wrong: list[str] = []
    with _place(made, instances) as (warehouse, homes):
        done = 0
        while done < kills:  # bounded: each turn is
            running = [processes.start(take, Turn(warehouse, home)) for home in homes]
            time.sleep(moments.uniform(0.5, 4.0))
            running[done % instances].kill()
            for process in running:
                processes.finish(process)
            wrong += _changed(warehouse, early)
            early |= owners_of(warehouse)
            done += 1
        for home in [*homes, homes[0]]:
            processes.finish(processes.start(take, Turn(warehouse, home)))
        wrong += troubles(warehouse, early)
    return Figure(
        "R-06b",
        f"routing_{instances}_instances_{kills}_kills_lost_doubled_or_changed",
        _told(str(len(wrong)), wrong),
        "0",
        not wrong,
    )


def _told(value: str, wrong: list[str]) -> str:
    return (value + "".join(f";{trouble}" for trouble in wrong[:3])).replace(" ", "_")


def troubles(warehouse: str, early: Mapping[str, str]) -> list[str]:
    """What is wrong in the end: an account lost, in two batches, left open, or moved."""
    owners, wrong = owners_of(warehouse), _changed(warehouse, early)
    if set(owners) != _WAITING:
        wrong.append(f"assigned are {sorted(owners)}")
    with DuckDBWarehouse(path=warehouse).session("check") as db:
        members = db.query("routing/batched_accounts")
        still_open = db.query("routing/open_batches")
        doubled = db.query("routing/check_outcomes")
    if members["batch_id"].nunique() != 1 or set(members["account_id"]) != _WAITING:
        wrong.append(f"{len(members)} members in {members['batch_id'].nunique()} batches")
    if len(still_open) or len(doubled):
        wrong.append("a batch is open, or has an account without exactly one outcome")
    return wrong


def _changed(warehouse: str, early: Mapping[str, str]) -> list[str]:
    now = owners_of(warehouse)
    return [f"{account} moved" for account in early if now.get(account) != early[account]]


def owners_of(warehouse: str) -> dict[str, str]:
    """Worker by account, as assigned now."""
    with DuckDBWarehouse(path=warehouse).session("check") as db:
        rows = db.query("routing/assignments")
    return dict(zip(rows["account_id"], rows["worker_id"], strict=True))


@contextmanager
def _place(made: Path, instances: int) -> Iterator[tuple[str, list[str]]]:
    """A copy of the warehouse, and homes for so many Dagster instances."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        shutil.copy(made, path)
        homes = []
        for n in range(instances):
            home = Path(folder) / f"dagster{n}"
            home.mkdir()
            (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
            homes.append(str(home))
        yield str(path), homes


BY_ID = {"R-01b": killed_and_crowded, "R-06b": killed_and_crowded}

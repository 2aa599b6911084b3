"""Whatever Dagster repeats, the wire sees each delivery once: R-03, R-05, R-12."""

import atexit
import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

import dagster as dg

from cs_assets.delivery.delivering import deliver
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.faults import dagster_jobs, processes
from tests.faults.answers import stage
from tests.faults.doubles import FixedClock
from tests.faults.rows import store_artefacts
from tests.faults.scene import WEEK, artefact, open_outbox
from tests.faults.wires import Wire, open_wire
from tests.figures import Figure

_COUNT = 4
_FAILED = 3
"""Exit status of a run that ended and did not succeed."""
_TAGS = {"dagster/partition": WEEK.isoformat(), "cs_assets/allow_late": "true"}
#: As a backfill of a range starts it: one run for all its partitions.
_BACKFILL_TAGS = {
    "dagster/asset_partition_range_start": WEEK.isoformat(),
    "dagster/asset_partition_range_end": WEEK.isoformat(),
    "dagster/backfill": "again",
    "cs_assets/allow_late": "true",
}


@dataclass(frozen=True)
class Launch:
    """One Dagster run in a process of its own."""

    job: str
    environment: dict[str, str]
    crash_at: str = ""
    again: str = ""
    """One of ``REPETITIONS``: repeat the latest run that way; or ``backfill``."""


def execute(launch: Launch) -> None:
    """Execute the job on the instance of the environment's DAGSTER_HOME."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # Dagster writes every event to standard error
    os.environ.update(launch.environment)
    os.environ["CS_ASSETS_CRASH_POINT"] = launch.crash_at
    from cs_assets.delivery import crash_points

    crash_points.arm(launch.crash_at)
    job = dg.reconstructable(getattr(dagster_jobs, launch.job))
    with dg.DagsterInstance.get() as instance:
        options = None
        if launch.again not in ("", "new", "backfill"):
            parent = instance.get_runs(limit=1)[0]
            if not parent.is_finished:  # its process is gone; what run monitoring would do
                instance.report_run_failed(parent)
            options = (
                dg.ReexecutionOptions.from_failure(parent.run_id, instance)
                if launch.again in ("failure", "retry") and not parent.is_success
                else dg.ReexecutionOptions(parent_run_id=parent.run_id)
            )
        tags = _BACKFILL_TAGS if launch.again == "backfill" else _TAGS
        result = dg.execute_job(job, instance=instance, tags=tags, reexecution_options=options)
        if not result.success:
            raise SystemExit(_FAILED)


def launch(todo: Launch) -> BaseProcess:
    return processes.start(execute, todo)


@contextmanager
def prepared() -> Iterator[tuple[Path, Wire, dict[str, str]]]:
    """A home with artefacts in its warehouse, an SMTP server, and the environment for both."""
    with tempfile.TemporaryDirectory() as folder, open_wire("smtp") as wire:
        home = Path(folder) / "home"
        shutil.copytree(_ready_home(), home)
        yield (
            home,
            wire,
            {
                "CS_ASSETS_HOME": str(home),
                "DAGSTER_HOME": str(home / "dagster"),
                "CS_ASSETS_ENVIRONMENT": "production",
                "EMAIL_PROVIDER": "smtp",
                "MAIL_FROM": "reports@cs.test",
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": wire.address,
                "SMTP_TLS": "none",
            },
        )


@cache
def _ready_home() -> Path:
    """A home with artefacts in its warehouse and an empty instance, made once and copied."""
    home = Path(tempfile.mkdtemp(prefix="home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        instance.get_runs(limit=1)
        instance.all_asset_keys()
    warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
    store_artefacts(warehouse, [artefact(home, n) for n in range(1, _COUNT + 1)])
    return home


POINTS = ("before_send", "after_answer", "after_journal")
JOBS = ("in_process", "in_process_retrying", "multiprocess", "multiprocess_retrying")


#: How Dagster or a person repeats a run: the daemon's retry of a run (the same job again, from
#: what failed), re-execution from failure, re-execution of all steps, a new run.
REPETITIONS = ("retry", "failure", "all", "new")


@dataclass(frozen=True)
class Case:
    """A run that is killed at a point, and the repetitions after it."""

    job: str
    point: str
    repetitions: tuple[str, ...]


ALL_CASES = tuple(Case(job, point, REPETITIONS) for job in JOBS for point in POINTS)
#: Every way of running, every point and every repetition, in turn.
FAST_CASES = tuple(
    Case(case.job, case.point, (REPETITIONS[number % len(REPETITIONS)],))
    for number, case in enumerate(ALL_CASES[::2])
)


def killed_dagster_runs(cases: Sequence[Case]) -> Figure:
    """R-03: SIGKILL in real Dagster runs, then every kind of repetition."""
    wrong = [trouble for trouble in processes.side_by_side(_one_killed_run, cases) if trouble]
    repeated = sum(len(case.repetitions) for case in cases)
    return Figure(
        "R-03",
        f"{len(cases)} killed Dagster runs (in- and multiprocess, with and without retries), "
        f"repeated in {repeated} ways: with a duplicate or a loss",
        f"{len(wrong)}{': ' + '; '.join(wrong[:2]) if wrong else ''}",
        "0",
        not wrong and repeated > 0,
    )


def _one_killed_run(case: Case) -> str:
    """What is wrong after a kill and its repetitions, or nothing."""
    with prepared() as (home, wire, environment):
        killed = launch_and_wait(Launch(case.job, environment, crash_at=case.point))
        repeated = []
        for how in case.repetitions:
            job = case.job if how == "retry" else "in_process"
            repeated.append(launch_and_wait(Launch(job, environment, again=how)))
        trouble = _trouble(case.point, wire.taken, _states(home))
    if killed == 0 or any(repeated):
        trouble = f"exit statuses {killed}, {repeated}; {trouble}"
    return f"{case}: {trouble}" if trouble else ""


def _trouble(point: str, times: Counter[str], states: dict[str, str]) -> str:
    """What breaks the promise; a kill before the receipt leaves its delivery in doubt."""
    twice = [who for who, n in times.items() if n > 1]
    unaccounted = [who for who, state in states.items() if state == "sent" and times[who] != 1]
    doubtful = sum(state in ("sending", "unknown") for state in states.values())
    # One for each killed process: the first run, and with a retry one more.
    explained = doubtful == 0 if point == "after_journal" else 1 <= doubtful <= 2
    settled = all(state in ("sent", "sending", "unknown") for state in states.values())
    if twice or unaccounted or not explained or not settled or len(states) != _COUNT:
        return f"{dict(times)} {states}"
    return ""


def launch_and_wait(todo: Launch) -> int:
    return processes.finish(launch(todo))


def _states(home: Path) -> dict[str, str]:
    with sqlite3.connect(home / "delivery.sqlite") as connection:
        return dict(connection.execute("SELECT artefact_id, state FROM delivery").fetchall())


def repeated_materialisation() -> Figure:
    """R-05: five materialisations of one week, two of them at once: one request for each key."""
    with prepared() as (_, wire, environment):
        both = [launch(Launch("in_process", environment)) for _ in range(2)]
        ended = [processes.finish(process) for process in both]
        ended.append(launch_and_wait(Launch("in_process", environment, again="backfill")))
        ended.append(launch_and_wait(Launch("in_process", environment, again="all")))
        ended.append(launch_and_wait(Launch("multiprocess", environment, again="new")))
        times = wire.taken
    succeeded = ended.count(0)
    return Figure(
        "R-05",
        f"five materialisations (two at once, backfill, re-execution, new run), {succeeded} "
        f"succeeded: requests on the wire for {_COUNT} keys",
        str(sum(times.values())),
        str(_COUNT),
        times == Counter({f"CUST_{n:05d}": 1 for n in range(1, _COUNT + 1)}) and succeeded == 5,
    )


def late_and_foreign() -> Figure:
    """R-12: old periods, a restored ledger and unlisted recipients outside production."""
    requests: dict[str, int] = {}
    with stage("smtp") as on:
        on.clock.move(days=30)
        on.deliver(on.artefacts(5))
        requests["old period"] = sum(on.wire.taken.values())
    with stage("smtp") as on:
        on.wire.script({"RCPT": "535 no"})
        on.deliver(on.artefacts(5))  # all pending: the provider refused the login
        backup = on.home / "backup.sqlite"
        _copy_ledger(on.home / "delivery.sqlite", backup)
        on.clock.move(days=30)
        with _restored(on.home, backup, on.clock.now(), on.wire) as sent:
            requests["restored ledger"] = sent
    with stage("smtp") as on:
        for courier in on.outbox.couriers.values():
            with open_outbox(
                on.home, {"email": courier}, on.clock, environment="development"
            ) as outbox:
                deliver(
                    outbox,
                    on.artefacts(5),
                    kind="weekly_report",
                    period_start=WEEK,
                    run_id="development",
                )
        requests["unlisted recipients"] = sum(on.wire.taken.values())
    total = sum(requests.values())
    return Figure(
        "R-12",
        f"sends of late and foreign runs ({', '.join(requests)})",
        str(total),
        "0",
        total == 0,
    )


def _copy_ledger(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


@contextmanager
def _restored(home: Path, backup: Path, now: dt.datetime, wire: Wire) -> Iterator[int]:
    """A backup of the ledger put into a fresh home; its pending rows are sent by nobody."""
    with tempfile.TemporaryDirectory() as folder:
        restored = Path(folder)
        shutil.copytree(home / "artifacts", restored / "artifacts")
        shutil.copy(backup, restored / "delivery.sqlite")
        before = sum(wire.taken.values())
        with open_outbox(restored, {"email": wire.courier(restored)}, FixedClock(now)) as outbox:
            found = [artefact(restored, n) for n in range(1, 6)]
            deliver(
                outbox, found, kind="weekly_report", period_start=WEEK, run_id="after the restore"
            )
            yield sum(wire.taken.values()) - before

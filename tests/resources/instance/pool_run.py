"""A run with a step in a pool, in a process of its own, to be killed or told to stop."""

import os
import sys
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import dagster as dg

from cs_assets.commands.interrupts import heed_stops, stopped
from cs_assets.commands.running import instance_of, run_job
from cs_assets.progress_logger import progress_logger
from resources.home import Home
from tests.faults import processes

FAILED = 1


@dataclass(frozen=True)
class PoolRun:
    """One run of ``sending_job`` over a home; its step ends when the file ``go`` is there."""

    home: str
    name: str

    @property
    def folder(self) -> Path:
        return Path(self.home)

    @property
    def begun(self) -> Path:
        return self.folder / f"begun-{self.name}"

    @property
    def told(self) -> Path:
        """What the run was told: of dead runs, and of waiting."""
        return self.folder / f"told-{self.name}"

    @property
    def errors(self) -> Path:
        """What its process wrote to stderr."""
        return self.folder / f"errors-{self.name}"


def start(todo: PoolRun) -> BaseProcess:
    return processes.start(_run, todo)


def until(path: Path, seconds: float = 60) -> str:
    """The content of a file, once it is there."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if path.exists() and (said := path.read_text()):
            return said
        time.sleep(0.02)
    errors = [file.read_text()[-2000:] for file in path.parent.glob("errors-*")]
    raise AssertionError("\n".join([f"{path.name} did not come", *errors]))


def _run(todo: PoolRun) -> None:
    os.dup2(os.open(todo.errors, os.O_WRONLY | os.O_CREAT), 2)

    def tell(said: str) -> None:
        with todo.told.open("a") as file:
            file.write(f"{said}\n")

    @dg.asset(pool="deliveries")
    def sending() -> None:
        todo.begun.write_text("begun")
        ends = time.monotonic() + 60
        while not (todo.folder / "go").exists():
            assert time.monotonic() < ends
            time.sleep(0.02)

    heed_stops()
    definitions = dg.Definitions(
        [sending],
        jobs=[dg.define_asset_job("sending_job", [sending])],
        loggers={"progress": progress_logger},
    )
    try:
        with instance_of(Home(todo.folder), tell) as instance:
            report = run_job(definitions, instance, "sending_job", on_warning=tell)
    except KeyboardInterrupt:
        sys.exit(stopped()[1])
    for reason in report.failed.values():
        tell(reason)
    sys.exit(0 if report.succeeded else FAILED)

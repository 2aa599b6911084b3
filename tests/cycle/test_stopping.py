"""What stops a cycle: a person, or a job that others need. Then nothing is sent."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest
from rich.console import Console

from cs_assets.commands.running import instance_of, run_job
from cs_assets.commands.weekly_cycle import run_cycle
from cs_assets.definitions import build_defs
from cs_assets.errors import Unavailable, UsageError
from cs_assets.progress import Progress
from cs_assets.progress_logger import progress_logger
from cs_assets.sample.tables import write_sources
from resources.gong.source import GongSource, Page, Window
from resources.settings import Settings
from tests.cycle.conftest import WEEK
from tests.waiting import PATIENCE, until


class _AbsentGong(GongSource):
    """A Gong that does not answer."""

    def calls(self, window: Window) -> Iterator[Page]:
        raise Unavailable("Gong did not answer")


def test_an_interrupt_ends_the_command_and_sends_nothing(tmp_path):
    """As a terminal does it: every process of the command gets the signal, and one answers."""
    home = tmp_path / "home"
    running = subprocess.Popen(
        [sys.executable, "-m", "cs_assets.cli", "demo", "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "160"},
        start_new_session=True,
    )
    until((home / "warehouse.duckdb").exists, "the warehouse")
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=PATIENCE)
    assert (running.returncode, said) == (130, "cs-assets: stopped\n")
    assert not list(home.glob("outbox/*"))


def test_an_interrupt_that_nothing_heeds_stops_the_run_all_the_same(home):
    """Between two of Dagster's handlers an interrupt can be dropped; here a step drops it."""

    @dg.asset
    def deaf() -> None:
        with contextlib.suppress(BaseException):
            signal.raise_signal(signal.SIGINT)

    definitions = dg.Definitions(
        [deaf],
        jobs=[dg.define_asset_job("deaf_job", [deaf])],
        loggers={"progress": progress_logger},
    )
    with instance_of(home) as instance, pytest.raises(KeyboardInterrupt):
        run_job(definitions, instance, "deaf_job")


def test_warnings_are_told_at_once_and_a_failed_step_by_what_it_raised(home):
    @dg.asset
    def spoiled(context: dg.AssetExecutionContext) -> None:
        context.log.warning("one file is odd")
        try:
            json.loads("{")
        except ValueError as error:
            raise UsageError("calls-extensive-3.json: not JSON") from error

    definitions = dg.Definitions(
        [spoiled],
        jobs=[dg.define_asset_job("spoiled_job", [spoiled])],
        loggers={"progress": progress_logger},
    )
    with instance_of(home) as instance:
        warned: list[str] = []
        report = run_job(definitions, instance, "spoiled_job", on_warning=warned.append)
    assert warned == ["one file is odd"]
    assert report.failed == {"spoiled": "calls-extensive-3.json: not JSON"}


def test_nothing_is_made_on_calls_that_did_not_come(home, monkeypatch):
    """And an address that is none is told as it is loaded, and stops nothing."""
    monkeypatch.setenv("CS_ASSETS_HOME", str(home.root))
    write_sources(home.sources)
    csms = home.sources / "csms.csv"
    csms.write_text(csms.read_text().replace("@", " at ", 1))
    said = io.StringIO()
    definitions = build_defs(
        Settings.load(), gong=_AbsentGong(settings=Settings.load(cs_assets_home=home.root))
    )
    with instance_of(home) as instance:
        report = run_cycle(
            definitions,
            instance,
            WEEK,
            Progress(Console(file=said, width=300)),
            lambda: None,
            history_weeks=0,
        )
    ended = {run.job: run.succeeded for run in report.runs}
    assert ended == {
        "load_sources_job": True,
        "calls_job": False,
        "weekly_reviews_job": False,
        "weekly_coaching_job": False,
    }
    assert "csms.csv:2: csm_email: expected a mail address such as" in said.getvalue()
    assert " at " not in said.getvalue()  # a person's address is in no log
    (why,) = report.runs[0].why_failed.values()
    assert why.startswith("csm_email: an address is a mail address, not in 1 row (first CSM001);")
    assert not home.artifacts.exists()
    assert not list(home.root.glob("outbox/*"))

"""A run that waits for a pool says for whom, answers signals, and does not wait for ever."""

import os
import signal

import pytest
import yaml

from cs_assets.commands.running import prepare_instance
from tests.faults import processes
from tests.resources.instance.pool_run import FAILED, PoolRun, start, until


@pytest.fixture
def holder(home):
    """A run that lives and holds the pool until told; with the shortest wait for others."""
    prepare_instance(home)
    file = home.dagster / "dagster.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["storage"]["custom"]["config"]["pool_wait_seconds"] = 4
    file.write_text(yaml.safe_dump(settings))
    todo = PoolRun(str(home.root), "holder")
    process = start(todo)
    until(todo.begun)
    yield process
    (home.root / "go").touch()
    assert processes.finish(process) == 0


def test_a_wait_names_the_holder_and_gives_up(home, holder):
    waiting = PoolRun(str(home.root), "waiting")
    assert processes.finish(start(waiting)) == FAILED
    first, last = waiting.told.read_text().splitlines()
    assert first.startswith("waits for pool 'deliveries': run ")
    assert f"(sending_job, step sending, process {holder.pid} of " in first
    assert "has it since 20" in first
    assert last.startswith("no slot of pool 'deliveries' within 4 s: run ")
    assert not waiting.begun.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_wait_answers_signals_and_the_next_in_line_is_served(home, holder, number):
    waiting, other = (PoolRun(str(home.root), f"{name}{number}") for name in ("one", "two"))
    process = start(waiting)
    until(waiting.told)
    os.kill(process.pid, number)
    assert processes.finish(process, 30) == 128 + number
    following = start(other)
    until(other.told)
    (home.root / "go").touch()
    assert processes.finish(following, 60) == 0


def test_a_wait_ends_the_dead_that_hold_the_pool(home):
    """It began to wait while the holder lived."""
    held, waiting = (PoolRun(str(home.root), name) for name in ("held", "waiting"))
    holder = start(held)
    until(held.begun)
    process = start(waiting)
    until(waiting.told)
    processes.kill(holder)
    processes.finish(holder)
    (home.root / "go").touch()
    assert processes.finish(process, 60) == 0

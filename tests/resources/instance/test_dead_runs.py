"""Runs whose process is gone are ended, by whoever looks first; no other run is."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from cs_assets.commands.running import instance_of
from resources.home import Home
from resources.instance import run_owners
from resources.instance.dead_runs import end_dead_runs
from resources.instance.launcher import WatchedRunLauncher
from resources.instance.processes import Fate, Process, this_process
from tests.faults import processes
from tests.resources.instance.pool_run import PoolRun, start, until
from tests.waiting import PATIENCE

STARTED = dg.DagsterRunStatus.STARTED
FAILURE = dg.DagsterRunStatus.FAILURE


@dg.op
def nothing() -> None: ...


@dg.job
def some_job() -> None:
    nothing()


@pytest.fixture
def instance(home: Home):
    with instance_of(home) as made:
        yield made


def begun(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that some process began, and that nobody has ended."""
    run = instance.create_run_for_job(some_job, tags=tags)
    instance.report_engine_event(
        "Executing steps in process", run, EngineEventData.in_process(_ended_pid())
    )
    start = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, run.job_name)
    instance.run_storage.handle_run_event(run.run_id, start)
    return instance.get_run_by_id(run.run_id)


def _ended_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(PATIENCE)
    return child.pid


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    return instance.get_run_by_id(run.run_id).status


def test_a_killed_run_is_ended_by_the_same_command_again(home):
    killed = PoolRun(str(home.root), "killed")
    process = start(killed)
    until(killed.begun)
    processes.kill(process)
    assert processes.finish(process) == -signal.SIGKILL
    (home.root / "go").touch()
    again = PoolRun(str(home.root), "again")
    began = time.monotonic()
    assert processes.finish(start(again)) == 0
    # Not the hours after which Dagster gives up a slot; a crowded machine takes a minute.
    assert time.monotonic() - began < 300
    assert f"process {process.pid} of " in again.told.read_text()
    with instance_of(home) as instance:
        ended = {run.tags[run_owners.TAG]: run for run in instance.get_runs()}
        by_pid = {json.loads(tag)["pid"]: run for tag, run in ended.items()}
        dead = by_pid[process.pid]
        assert dead.status == FAILURE
        (failure,) = instance.all_logs(dead.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
        assert "is gone (killed, crashed, or the machine went down)" in failure.message
        assert not instance.event_log_storage.get_concurrency_info("deliveries").claimed_slots


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_told_to_stop_ends_and_leaves_its_slot_free(home, number):
    told = PoolRun(str(home.root), "told")
    process = start(told)
    until(told.begun)
    os.kill(process.pid, number)
    assert processes.finish(process, 60) == 128 + number
    (home.root / "go").touch()
    again = PoolRun(str(home.root), "again")
    assert processes.finish(start(again)) == 0
    assert not again.told.exists()  # there was nothing to end, and nothing to wait for


def test_of_all_unfinished_runs_only_those_of_processes_gone_are_ended(instance):
    here = this_process()
    reused = dataclasses.replace(here, started="1@another")
    elsewhere = dataclasses.replace(here, machine="other", pid=_ended_pid(), started="1")
    runs = {
        owner: begun(instance, {run_owners.TAG: owner.text()})
        for owner in (here, reused, elsewhere)
    }
    unknown = begun(instance, {run_owners.TAG: "not a process"})
    ended = end_dead_runs(instance)
    assert [dead.run_id for dead in ended] == [runs[reused].run_id]
    assert {owner: status(instance, run) for owner, run in runs.items()} == {
        here: STARTED,
        reused: FAILURE,
        elsewhere: STARTED,
    }
    assert status(instance, unknown) == STARTED
    assert end_dead_runs(instance) == []


def test_a_run_of_an_older_version_is_known_by_what_dagster_logged(instance):
    run = begun(instance, {})
    alive = instance.create_run_for_job(some_job)
    instance.report_engine_event("", alive, EngineEventData.in_process(os.getpid()))
    assert [dead.run_id for dead in end_dead_runs(instance)] == [run.run_id]


def test_the_daemon_is_told_which_runs_have_no_process(instance):
    assert isinstance(instance.run_launcher, WatchedRunLauncher)
    assert instance.run_launcher.supports_check_run_worker_health
    check = instance.run_launcher.check_run_worker_health
    gone = dataclasses.replace(this_process(), started="0")
    health = check(begun(instance, {run_owners.TAG: gone.text()}))
    assert (health.status.value, "is gone" in health.msg) == ("NOT_FOUND", True)
    assert check(begun(instance, run_owners.tags())).status.value == "RUNNING"


def test_slots_of_runs_that_ended_or_were_deleted_are_free_again(instance):
    storage = instance.event_log_storage
    storage.set_concurrency_slots("deliveries", 2)
    finished, deleted = (begun(instance, run_owners.tags()) for _ in range(2))
    for run in (finished, deleted):
        assert storage.claim_concurrency_slot("deliveries", run.run_id, "step").is_claimed
    instance.run_storage.delete_run(deleted.run_id)
    end_dead_runs(instance)
    held = storage.get_concurrency_info("deliveries").claimed_slots
    assert [slot.run_id for slot in held] == [finished.run_id]  # it still runs


def test_a_zombie_is_no_process():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    here = this_process()
    from resources.instance import processes as looked

    owner = Process(here.host, here.machine, child.pid, looked._started(child.pid) or "")
    assert owner.fate() is Fate.ALIVE
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and nobody has asked yet
    assert owner.fate() is Fate.GONE
    child.communicate(timeout=PATIENCE)
    assert Process.read(owner.text()) == owner

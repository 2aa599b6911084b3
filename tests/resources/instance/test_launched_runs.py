"""Runs that a launcher has launched, killed at any moment: ended with a reason, by any storage."""

import dataclasses
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psycopg
import pytest
import yaml
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import ModuleTarget

from cs_assets.commands.running import instance_of, prepare_instance
from resources.home import Home
from resources.instance import run_owners
from resources.instance.dead_runs import end_dead_runs
from resources.instance.noted import NotedInstance
from resources.instance.processes import this_process
from tests.resources.instance.test_dead_runs import some_job
from tests.waiting import until

MODULE = "tests.resources.instance.launched"
GONE = dataclasses.replace(this_process(), started="0")


@contextmanager
def workspace_of(instance: dg.DagsterInstance) -> Iterator[WorkspaceRequestContext]:
    target = ModuleTarget(MODULE, attribute=None, working_directory=None, location_name="launched")
    with WorkspaceProcessContext(instance, workspace_load_target=target) as context:
        yield context.create_request_context()


def launched(instance: dg.DagsterInstance, workspace: WorkspaceRequestContext) -> str:
    """Launch the job as the daemon does; the id of its run."""
    (location,) = workspace.code_locations
    (repository,) = location.get_repositories().values()
    job = repository.get_full_job("sending_job")
    plan = location.get_execution_plan(job, {}, None, None, instance)
    run = instance.create_run(
        job_name="sending_job",
        run_id=None,
        run_config={},
        status=dg.DagsterRunStatus.NOT_STARTED,
        tags={},
        root_run_id=None,
        parent_run_id=None,
        step_keys_to_execute=None,
        execution_plan_snapshot=plan.execution_plan_snapshot,
        job_snapshot=job.job_snapshot,
        parent_job_snapshot=job.parent_job_snapshot,
        asset_selection=None,
        asset_check_selection=None,
        resolved_op_selection=None,
        op_selection=None,
        remote_job_origin=job.get_remote_origin(),
        job_code_origin=job.get_python_origin(),
        asset_graph=location.get_repositories()[repository.name].asset_graph,
    )
    instance.launch_run(run.run_id, workspace)
    return run.run_id


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


@pytest.fixture
def shared(request, home: Home, monkeypatch) -> Iterator[dg.DagsterInstance]:
    """An instance on either storage, with the settings file that every home gets."""
    monkeypatch.setenv("LAUNCHED_FOLDER", str(home.root))
    prepare_instance(home)
    if request.param == "postgres":
        pytest.importorskip("dagster_postgres", reason="the extra 'postgres' is not installed")
        url = request.getfixturevalue("postgres_server")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS instance WITH (FORCE)")
            connection.execute("CREATE DATABASE instance")
        file = home.dagster / "dagster.yaml"
        settings = yaml.safe_load(file.read_text())
        settings["storage"] = {"postgres": {"postgres_url": url.replace("/postgres", "/instance")}}
        file.write_text(yaml.safe_dump(settings))
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert isinstance(instance, NotedInstance)
        yield instance


@pytest.mark.parametrize(
    ("shared", "moment"),
    [("sqlite", "slow-to-load"), ("postgres", "slow-to-send")],
    indirect=["shared"],
)
def test_a_run_killed_with_its_code_server_is_failed_within_seconds(shared, home, moment):
    """As it starts, which Dagster gives 120 s, and as it works in a pool."""
    with workspace_of(shared) as workspace:
        (home.root / moment).touch()
        run_id = launched(shared, workspace)

        def noted() -> str | None:
            there = moment == "slow-to-load" or (home.root / "sent").exists()
            return shared.get_run_by_id(run_id).tags.get(run_owners.TAG) if there else None

        pid = json.loads(until(noted, "the run's process"))["pid"]
        expected = "STARTING" if moment == "slow-to-load" else "STARTED"
        assert shared.get_run_by_id(run_id).status.value == expected
        for process in (parent_of(pid), pid):
            os.kill(process, signal.SIGKILL)
        began = time.monotonic()
        until(lambda: shared.get_run_by_id(run_id).is_finished, "the run's end")
        # 3 s between two looks, with room for a machine that has eight times as much to do.
        assert time.monotonic() - began < 300
    (failure,) = shared.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert failure.message.startswith(f"Process {pid} of ")
    pools = shared.event_log_storage
    until(lambda: not pools.get_concurrency_info("deliveries").claimed_slots, "free slots")


@pytest.fixture
def code_server(home: Home, monkeypatch) -> Iterator[str]:
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(home.root)  # a socket's path may have 100 letters
        server.bind("code")
        server.listen()
        yield json.dumps({"host": "localhost", "socket": "code"})


def test_a_run_nobody_can_begin_any_more_is_ended(home, code_server, monkeypatch):
    """Killed before its process said anything: known by who launched it, and of which server."""
    monkeypatch.chdir(home.root)
    absent = json.dumps({"host": "localhost", "socket": "absent"})
    now = time.time()
    cases = {
        "gone": (GONE, now - 60, absent),
        "not even asked": (GONE, now - 60, ""),
        "just now": (GONE, now, absent),
        "asked by one that lives": (this_process(), now - 60, absent),
        "asked of one that lives": (GONE, now - 60, code_server),
    }
    with instance_of(home) as instance:
        runs = {}
        for name, (launcher, at, server) in cases.items():
            noted = {run_owners.LAUNCHER_TAG: f"{at} {launcher.text()}", GRPC_INFO_TAG: server}
            runs[name] = instance.create_run_for_job(some_job, tags=noted).run_id
        ended = {dead.run_id for dead in end_dead_runs(instance)}
        assert ended == {runs["gone"], runs["not even asked"]}


def test_a_run_that_tries_another_again_is_not_judged_by_the_process_of_that(home):
    tags = {run_owners.TAG: GONE.text(), run_owners.LAUNCHER_TAG: f"0.0 {GONE.text()}"}
    with instance_of(home) as instance:
        first = instance.create_run_for_job(some_job, tags=tags)
        again = instance.create_run_for_job(
            some_job, tags=tags, parent_run_id=first.run_id, root_run_id=first.run_id
        )
        assert [dead.run_id for dead in end_dead_runs(instance)] == [first.run_id]
        assert not instance.get_run_by_id(again.run_id).is_finished

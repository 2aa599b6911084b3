"""Kept connections lose nothing: with processes, threads, forks, kills, and older homes."""

import os
import signal
import sqlite3
import threading
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import AssetMaterializationPlannedData
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from cs_assets.commands.running import instance_of
from resources.home import Home
from resources.instance.storage import OneMachineStorage
from tests.faults import processes
from tests.waiting import exit_status, finished

SAID = 40
DAYS = dg.DailyPartitionsDefinition("2026-11-01")


@dg.op
def nothing() -> None: ...


@dg.job
def some_job() -> None:
    nothing()


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run(), tags={"a": "b"})
def by_day() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 1}, tags={"kind": "some"})


@dg.asset_check(asset=by_day, partitions_def=DAYS)
def by_day_is_good() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def _noted_of_days(instance: dg.DagsterInstance, home: Home) -> dict[str, list[object]]:
    """What the files say of two runs over four days, but for hashes, times and ids of runs."""
    job = dg.Definitions(
        assets=[by_day], asset_checks=[by_day_is_good], jobs=[dg.define_asset_job("days")]
    ).resolve_job_def("days")
    span = {"start": "2026-11-02", "end": "2026-11-05"}
    tags = {f"dagster/asset_partition_range_{end}": day for end, day in span.items()}
    runs = [job.execute_in_process(instance=instance, tags=tags).run_id for _ in range(2)]
    found: dict[str, list[object]] = {}
    files = {"index": "SELECT partition, dagster_event_type, step_key, asset_key FROM event_logs"}
    files |= dict.fromkeys(runs, files["index"])
    for place, (name, asked) in enumerate(files.items()):
        with sqlite3.connect(home.dagster / "history" / "runs" / f"{name}.db") as file:
            found[f"events {place}"] = file.execute(f"{asked} ORDER BY id").fetchall()
    with sqlite3.connect(home.dagster / "history" / "runs" / "index.db") as file:
        of_asset = """
            SELECT k.asset_key, e.partition, e.id FROM asset_keys k JOIN event_logs e
            ON e.id = json_extract(k.last_materialization, '$.storage_id')
            AND e.run_id = k.last_run_id
        """
        found["assets"] = file.execute(of_asset).fetchall()
        found["tags"] = file.execute(
            "SELECT event_id, key FROM asset_event_tags ORDER BY id"
        ).fetchall()
        found["checks"] = file.execute(
            "SELECT check_name, partition, execution_status, evaluation_event_storage_id"
            " FROM asset_check_executions ORDER BY id"
        ).fetchall()
    return found


def _say(instance: dg.DagsterInstance, run: dg.DagsterRun, who: str, times: int = SAID) -> None:
    for number in range(times):
        instance.report_engine_event(f"{who} {number}", run)


def _say_in_process(todo: tuple[str, str, str, int]) -> None:
    """Say something to a run's log from a process of its own; dies when all is said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    root, run_id, who, times = todo
    with instance_of(Home(Path(root))) as instance:
        _say(instance, instance.get_run_by_id(run_id), who, times)
        os.kill(os.getpid(), signal.SIGKILL)


def said(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    return sorted(event.message for event in logs)


def expected(*who: str, times: int = SAID) -> list[str]:
    return sorted(f"{one} {number}" for one in who for number in range(times))


@pytest.fixture
def instance(home: Home):
    with instance_of(home) as made:
        assert isinstance(made._ref.storage, OneMachineStorage)
        yield made


def test_what_processes_that_are_killed_and_threads_have_said_is_there(home, instance):
    run = instance.create_run_for_job(some_job)
    children = [
        processes.start(_say_in_process, (str(home.root), run.run_id, who, SAID))
        for who in ("one", "two")
    ]
    threads = [
        threading.Thread(target=_say, args=(instance, run, who)) for who in ("three", "four")
    ]
    for thread in threads:
        thread.start()
    finished(*threads)
    assert {processes.finish(child) for child in children} == {-signal.SIGKILL}
    assert said(instance, run.run_id) == expected("one", "two", "three", "four")


def test_a_fork_opens_connections_of_its_own(home, instance):
    run = instance.create_run_for_job(some_job)
    _say(instance, run, "before")
    child = os.fork()
    if child == 0:
        try:
            _say(instance, run, "child")
            instance.dispose()
        finally:
            os._exit(0)
    _say(instance, run, "parent")
    assert exit_status(child) == 0
    _say(instance, run, "after")
    assert said(instance, run.run_id) == expected("before", "child", "parent", "after")
    with sqlite3.connect(home.dagster / "history" / "runs" / f"{run.run_id}.db") as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_home_goes_on_from_dagsters_own_storage_and_back(tmp_path):
    home = Home(tmp_path / "older").ensure()
    home.dagster.mkdir(parents=True)
    plain = home.dagster / "plain.yaml"
    plain.write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home.dagster), "plain.yaml") as first:
        assert isinstance(first._ref.storage, DagsterSqliteStorage)
        run = first.create_run_for_job(some_job)
        _say(first, run, "first", 2)
    with instance_of(home) as ours:
        _say(ours, ours.get_run_by_id(run.run_id), "ours", 2)
        newer = ours.create_run_for_job(some_job)
        _say(ours, newer, "newer", 2)
    with dg.DagsterInstance.from_config(str(home.dagster), "plain.yaml") as again:
        assert said(again, run.run_id) == expected("first", "ours", times=2)
        assert said(again, newer.run_id) == expected("newer", times=2)


def test_events_that_are_stored_together_are_those_of_dagsters_own_storage(
    home, instance, tmp_path
):
    theirs = Home(tmp_path / "theirs").ensure()
    theirs.dagster.mkdir(parents=True)
    (theirs.dagster / "plain.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(theirs.dagster), "plain.yaml") as plain:
        expected_of_days = _noted_of_days(plain, theirs)
    found = _noted_of_days(instance, home)
    assert found == expected_of_days
    assert (len(found["assets"]), len(found["checks"])) == (1, 10)
    assert found["tags"]
    assert len(instance.get_materialized_partitions(by_day.key)) == 4


def test_a_batch_that_fails_is_stored_by_no_half(home, instance, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("no space left")

    run = instance.create_run_for_job(some_job)
    storage = instance.event_log_storage
    planned = dg.DagsterEvent.build_asset_materialization_planned_event(
        "some_job", "nothing", AssetMaterializationPlannedData(dg.AssetKey("one"))
    )
    entry = EventLogEntry(None, 10, "", run.run_id, 1.0, "nothing", "some_job", planned)
    monkeypatch.setattr(storage, "_store_asset_event", full)
    with pytest.raises(OSError, match="no space"):
        storage.store_event_batch([entry, entry])
    monkeypatch.undo()
    planned_kind = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    assert not instance.all_logs(run.run_id, of_type=planned_kind)
    storage.store_event_batch([entry, entry])
    assert len(instance.all_logs(run.run_id, of_type=planned_kind)) == 2


def test_a_file_that_was_removed_is_made_anew(home, instance):
    run = instance.create_run_for_job(some_job)
    _say(instance, run, "before", 2)
    instance.event_log_storage.wipe()
    _say(instance, run, "after", 2)
    assert said(instance, run.run_id) == expected("after", times=2)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_only_so_many_files_stay_open(instance):
    for _ in range(12):
        _say(instance, instance.create_run_for_job(some_job), "one", 1)
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    names = {os.readlink(link) for link in links if os.path.islink(link)}
    ours = os.path.join(instance.root_directory, "history", "runs", "")
    runs = {name for name in names if name.endswith(".db") and name.startswith(ours)}
    assert 0 < len(runs) <= 8

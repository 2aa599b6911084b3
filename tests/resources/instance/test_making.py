"""An instance after accidents: healed where it holds nothing, named where it is damaged."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from cs_assets.commands.running import instance_of
from resources.home import Home
from resources.instance.making import DamagedInstance
from tests.resources.instance.test_dead_runs import some_job

FILES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def missing(path: Path) -> None:
    path.unlink()


def half_made(path: Path) -> None:
    """As a kill between two tables leaves it."""
    with sqlite3.connect(path) as db:
        found = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for name in found[len(found) // 2 :]:
            db.execute(f"DROP TABLE {name}")
    db.close()


def a_page_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def no_database(path: Path) -> None:
    path.write_bytes(b"what a disk gives back after a power cut" * 200)


@pytest.mark.parametrize(
    "accidents",
    [(empty, missing, half_made), (half_made, empty, missing), (missing, half_made, empty)],
)
def test_what_holds_nothing_yet_is_made_again(home: Home, accidents) -> None:
    for name, accident in zip(FILES, accidents, strict=True):
        accident(home.dagster / name)
    left = home.dagster / ".new-killed"
    left.mkdir()
    os.utime(left, (time.time() - 3600,) * 2)
    with instance_of(home) as instance:
        instance.create_run_for_job(some_job)
        assert len(instance.get_runs()) == 1
        assert instance.event_log_storage.get_concurrency_keys() == set()
        assert not instance.all_instigator_state()
    assert not list(home.dagster.glob(".new-*"))


@pytest.mark.parametrize("accident", [a_page_short, no_database])
def test_what_is_damaged_is_named_with_what_mends_it(home: Home, accident) -> None:
    file = home.dagster / FILES[0]
    with instance_of(home) as instance:
        for _ in range(40):
            instance.create_run_for_job(some_job)
    accident(file)
    with (
        pytest.raises(DamagedInstance, match=r"runs\.db is damaged \(.*\): move it away, and"),
        instance_of(home) as instance,
    ):
        instance.get_runs()
    file.unlink()
    with instance_of(home) as instance:
        assert instance.get_runs() == []


def test_settings_that_were_emptied_are_those_of_a_new_home(home: Home) -> None:
    file = home.dagster / "dagster.yaml"
    whole = file.read_bytes()
    file.write_bytes(b"")
    with instance_of(home):
        assert file.read_bytes() == whole

"""A home whose Dagster instance is there already: making its files takes half a second."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from cs_assets.commands.running import instance_of
from resources.home import Home


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ready") / "home"
    with instance_of(Home(root).ensure()) as instance:
        instance.get_runs(limit=1)
    # Connections that are closed later would take their logs away while a home is copied.
    for database in root.rglob("*.db"):
        with contextlib.closing(sqlite3.connect(database, timeout=30)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    closed = root.with_name("closed")
    return shutil.copytree(root, closed, ignore=shutil.ignore_patterns("*-wal", "*-shm"))


@pytest.fixture
def home(tmp_path: Path, ready_home: Path) -> Home:
    shutil.copytree(ready_home, tmp_path / "home")
    return Home(tmp_path / "home")

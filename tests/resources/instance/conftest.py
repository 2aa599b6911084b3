"""A home whose Dagster instance is there already: making its files takes half a second."""

import shutil
from pathlib import Path

import pytest

from cs_assets.commands.running import instance_of
from resources.home import Home


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ready") / "home"
    with instance_of(Home(root).ensure()) as instance:
        instance.get_runs(limit=1)
    return root


@pytest.fixture
def home(tmp_path: Path, ready_home: Path) -> Home:
    shutil.copytree(ready_home, tmp_path / "home")
    return Home(tmp_path / "home")

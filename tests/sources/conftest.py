"""A folder with the sample tenant's source files."""

import shutil
from pathlib import Path

import pytest

from cs_assets.sample.tables import write_sources


@pytest.fixture(scope="session")
def pristine_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "sources"
    write_sources(folder)
    return folder


@pytest.fixture
def sources(pristine_sources: Path, tmp_path: Path) -> Path:
    """The sample's source files, free to be spoiled."""
    folder = tmp_path / "sources"
    shutil.copytree(pristine_sources, folder)
    return folder

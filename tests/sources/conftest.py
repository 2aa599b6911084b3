"""Folders with the sample tenant's source files, free to be spoiled."""

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
def full_sources(pristine_sources: Path, tmp_path: Path) -> Path:
    """Every row of the sample."""
    folder = tmp_path / "full"
    shutil.copytree(pristine_sources, folder)
    return folder


@pytest.fixture
def sources(pristine_sources: Path, tmp_path: Path) -> Path:
    """The sample with its longest tables cut short, for tests that read it often."""
    folder = tmp_path / "sources"
    shutil.copytree(pristine_sources, folder)
    for name in ("conversions", "attributions", "historical_engagement", "module_usage"):
        lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / f"{name}.csv").write_text("".join(lines[:40]), encoding="utf-8")
    return folder

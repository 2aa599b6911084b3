"""The wheel holds everything that runs: packages, SQL, configuration, templates, fonts."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.built_wheel import built, tracked
from tests.waiting import PATIENCE

PACKAGES = ("cs_assets", "resources", "sensors", "schedules", "sql")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return built(tmp_path_factory.mktemp("built"))
    except LookupError as error:
        pytest.skip(str(error))


def test_it_holds_every_file_of_the_packages(wheel):
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(PACKAGES)}
    packed = {name for name in packed if ".dist-info/" not in name}
    known = {name for name in tracked() if name.split("/")[0] in PACKAGES}
    assert packed == known


def test_it_works_where_it_is_unpacked(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import cs_assets, sql; from cs_assets.definitions import defs; "
        "print(cs_assets.__file__, len(defs().resolve_all_asset_specs()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={"PATH": "", "PYTHONPATH": str(tmp_path / "site")},
    )
    assert done.returncode == 0, done.stderr
    place, assets = done.stdout.split()
    assert place.startswith(str(tmp_path / "site"))
    assert int(assets) > 40

"""A home is its owner's alone: what is made, what was there, and what cannot be changed."""

import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cs_assets.acting import acting_user
from cs_assets.errors import UsageError
from resources import private
from resources.settings import Settings

_OPENS = """
import sys
from pathlib import Path
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.files import write_atomically
from resources.home import Home
home = Home(Path(sys.argv[1])).ensure()
with DuckDBWarehouse(path=str(home.warehouse)).session("test"):
    pass
from resources.ledger_resource import LedgerResource
from resources.settings import Settings
with LedgerResource(settings=Settings.load()).open():
    pass
write_atomically(home.outbox / "a.eml", b"x")
home.artifacts.mkdir(exist_ok=True)
(home.artifacts / "page.html").write_text("x")
"""


def _opened(home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.umask(0o022)\n{_OPENS}", str(home)],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "CS_ASSETS_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def _open_to_others(home: Path) -> list[str]:
    return [str(p) for p in [home, *home.rglob("*")] if p.lstat().st_mode & 0o077]


def test_a_new_home_is_private_and_an_open_one_is_closed_and_that_is_said_once(tmp_path: Path):
    home = tmp_path / "home"
    assert _opened(home) == ""
    assert _open_to_others(home) == []
    assert (home / "warehouse.duckdb").exists()
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    (home / "notes.txt").touch()
    (home / "notes.txt").chmod(0o644)
    said = _opened(home)
    assert "were open to others (the home 755)" in said
    assert said.count("\n") == 1
    assert _open_to_others(home) == [str(home / "notes.txt")]  # not ours
    assert _opened(home) == ""


def test_links_out_of_the_home_and_shared_folders_are_left_alone(tmp_path: Path, monkeypatch):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.csv").touch()
    for path in (outside, outside / "a.csv"):
        path.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / "sources").symlink_to(outside)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    monkeypatch.setattr(private, "_kept", set())
    own = tmp_path / "user"
    own.mkdir()
    own.chmod(0o755)
    monkeypatch.setenv("HOME", str(own))
    umask = os.umask(0o022)
    try:
        for folder in (home, shared, own, tmp_path / "none"):
            private.keep_private(folder)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((outside / "a.csv").stat().st_mode) == 0o755
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE(own.stat().st_mode) == 0o755
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_what_cannot_be_changed_does_not_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(private, "_kept", set())
    monkeypatch.setattr(Path, "chmod", refused)
    private.keep_private(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_a_user_of_whom_the_system_knows_neither_name_nor_folder_can_work(tmp_path, monkeypatch):
    """As in a container that is run under a number."""

    def unknown(number: object) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert acting_user() == f"user {os.getuid()}"
    home = tmp_path / "home"
    (home / "outbox").mkdir(parents=True)
    home.chmod(0o755)
    private.keep_private(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    with pytest.raises(UsageError, match="name it in full"):
        _ = Settings.load(cs_assets_home=Path("~/home")).home

"""What ``up`` says before it becomes the UI."""

import datetime as dt
import socket
import subprocess
import sys

import pytest

from cs_assets.commands.serving.services import alone
from cs_assets.errors import UsageError
from resources.backup import restore
from resources.home import Home
from tests.cycle.conftest import command

_SERVES = """
import sys, time
from pathlib import Path
from cs_assets.commands.serving.services import alone
from resources.home import Home
with alone(Home(Path(sys.argv[1])).ensure()):
    print("here", flush=True)
    time.sleep(600)
"""


def test_a_port_in_use_is_named_and_nothing_is_served(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("up", "--port", str(port), "--home", str(tmp_path / "home"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"cs-assets: 127.0.0.1:{port}: ")
    assert done.stderr.rstrip().endswith("choose another with --port")


def test_a_home_is_served_once_and_again_after_a_kill(tmp_path):
    home = Home(tmp_path / "home")
    serves = [sys.executable, "-c", _SERVES, str(home.root)]
    with subprocess.Popen(serves, stdout=subprocess.PIPE) as first:
        try:
            assert first.stdout.readline() == b"here\n"  # bounded: it ends by itself
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            done = command("up", "--port", str(port), "--desk-port", "0", "--home", str(home.root))
            with pytest.raises(UsageError, match=f"served by cs-assets up .process {first.pid}."):
                restore(tmp_path / "x.tar", home, replace=True, now=dt.datetime(2026, 11, 16))
        finally:
            first.kill()
    assert done.returncode == 2
    assert f"is served already, by cs-assets up (process {first.pid}) since" in done.stderr
    assert done.stderr.rstrip().endswith("stop that first, or name another --home")
    with alone(home):
        pass

"""What ``up`` says before it becomes the UI."""

import socket

from tests.cycle.conftest import command


def test_a_port_in_use_is_named_and_nothing_is_served(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("up", "--port", str(port), "--home", str(tmp_path / "home"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"cs-assets: 127.0.0.1:{port}: ")
    assert done.stderr.rstrip().endswith("choose another with --port")

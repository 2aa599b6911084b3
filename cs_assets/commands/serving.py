"""Serves the Dagster UI and daemon over the home's data, bound to this machine."""

import os
import signal
import socket
import sys

from cs_assets.commands.running import instance_of
from cs_assets.errors import UsageError
from resources.settings import Settings

_WORKSPACE = """load_from:
  - python_module:
      module_name: cs_assets.definitions
      location_name: cs
"""


def serve(host: str, port: int) -> None:
    """Become ``dagster dev`` on ``host:port``; does not return. Raises for a port in use."""
    _check_free(host, port)
    home = Settings.load().home.ensure()
    with instance_of(home, _tell):  # so that nothing served waits for what has died
        pass
    workspace = home.dagster / "workspace.yaml"
    workspace.write_text(_WORKSPACE, encoding="utf-8")
    os.environ["CS_ASSETS_HOME"] = str(home.root)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    # A shell without a terminal starts background commands deaf to it, and Dagster then stays so.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(  # noqa: S606 - our own interpreter, fixed arguments
        sys.executable,
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "dagster",
            "dev",
            "-w",
            str(workspace),
            "-h",
            host,
            "-p",
            str(port),
        ],
    )


def _tell(said: str) -> None:
    sys.stderr.write(f"! {said}\n")


def _check_free(host: str, port: int) -> None:
    """Dagster would say that it serves, and go on without a UI."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{host}:{port}: {reason}; choose another with --port") from error

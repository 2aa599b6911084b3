"""Serves the Dagster UI and daemon over the home's data, bound to this machine."""

import os
import sys

from cs_assets.running import prepare_instance
from resources.settings import Settings

_WORKSPACE = """load_from:
  - python_module:
      module_name: cs_assets.definitions
      location_name: cs
"""


def serve(host: str, port: int) -> None:
    """Become ``dagster dev`` on ``host:port``; does not return."""
    home = Settings.load().home.ensure()
    prepare_instance(home)
    workspace = home.dagster / "workspace.yaml"
    workspace.write_text(_WORKSPACE, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["CS_ASSETS_HOME"] = str(home.root)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
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

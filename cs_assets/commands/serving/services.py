"""Serves the Dagster UI: code server, daemon and webserver.

``dagster dev`` would do the same, but its webserver answers everybody, and its makers advise
against serving by it. A service that dies is started again; one that keeps dying ends all.
"""

import os
import socket
import sys
import tempfile
from pathlib import Path

import yaml

from cs_assets.commands.running import instance_of
from cs_assets.commands.serving.guard import Allowed, local_origins
from cs_assets.commands.serving.watching import Service, told_to_stop, watch
from cs_assets.commands.terminal import echo
from cs_assets.errors import UsageError
from resources.settings import Settings

LOCATION = {"module_name": "cs_assets.definitions", "location_name": "cs"}


def serve(host: str, port: int) -> None:
    """Serve on ``host:port`` until SIGINT, SIGTERM or SIGHUP. Raises for a port in use."""
    settings = Settings.load()
    origins = local_origins(host, port) + settings.ui_origins
    Allowed(origins)
    _check_free(host, port)
    home = settings.home.ensure()
    with instance_of(home, _tell):  # so that nothing served waits for what has died
        pass
    os.environ["CS_ASSETS_HOME"] = str(home.root)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    # A socket's path may have 100 letters; and only its owner may reach the code server.
    with tempfile.TemporaryDirectory(prefix="cs-assets-") as folder, told_to_stop() as stopped:
        path = Path(folder) / "code"
        workspace = Path(folder) / "workspace.yaml"
        workspace.write_text(yaml.safe_dump(_workspace(path)), encoding="utf-8")
        echo(f"Serving http://{_shown(host)}:{port} from {home.root}; Ctrl-C stops it")
        watch(_services(host, port, path, workspace, origins), stopped)
    echo("Stopped")


def _workspace(path: Path) -> dict[str, object]:
    server = {"socket": str(path), "location_name": LOCATION["location_name"]}
    return {"load_from": [{"grpc_server": server}]}


def _services(
    host: str, port: int, path: Path, workspace: Path, origins: list[str]
) -> list[Service]:
    code = ["code-server", "start", "-m", LOCATION["module_name"], "--socket", str(path)]
    code += ["--location-name", LOCATION["location_name"], "--log-level", "warning"]
    code += ["--inject-env-vars-from-instance", "--startup-timeout", "180"]
    daemon = ["run", "-w", str(workspace), "--log-level", "info"]
    return [
        Service("code server", ["dagster", *code]),
        Service("daemon", ["dagster._daemon", *daemon], after=path),
        Service("webserver", ["webserver", host, str(port), str(workspace), *origins], after=path),
    ]


def _tell(said: str) -> None:
    sys.stderr.write(f"! {said}\n")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _check_free(host: str, port: int) -> None:
    """The webserver would only say so among much else, and be started again."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{host}:{port}: {reason}; choose another with --port") from error

"""Serves the Dagster UI: code server, daemon and webserver.

``dagster dev`` would do the same, but its webserver answers everybody, and its makers advise
against serving by it. A service that dies is started again; one that keeps dying ends all.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import yaml

from cs_assets.commands.running import instance_of
from cs_assets.commands.serving import desk
from cs_assets.commands.serving.guard import Allowed, local_origins
from cs_assets.commands.serving.ports import check_free, shown
from cs_assets.commands.serving.watching import Service, told_to_stop, watch
from cs_assets.commands.terminal import echo
from cs_assets.errors import Unavailable, UsageError
from resources.duckdb.fair_lock import fair_lock, holder
from resources.home import Home
from resources.settings import Settings

_DESK_HOST = "127.0.0.1"
LOCATION = {"module_name": "cs_assets.definitions", "location_name": "cs"}


@dataclass(frozen=True)
class Served:
    """Where the UI is served; 0 for what is not: the desk, and the UI that takes nothing."""

    host: str
    port: int
    desk_port: int = 0
    reading_port: int = 0


def serve(at: Served, *, team: bool = False) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP. Raises for a port in use, or a home served already.

    The desk is served beside it, if what it needs is installed. ``team``: on PostgreSQL or not.
    """
    settings = Settings.load()
    if team:
        _of_a_team(settings)
    host = at.host
    ports = [port for port in (at.port, at.reading_port) if port]
    origins = [one for port in ports for one in local_origins(host, port)] + settings.ui_origins
    Allowed(origins)
    for port in ports:
        check_free(host, port)
    home = settings.home.ensure()
    with alone(home):
        _serve(at, settings, home, origins)


@contextlib.contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the one that serves a home: a second daemon would start again what the first has.

    Raises ``UsageError`` that names the other.
    """
    with contextlib.ExitStack() as turn:
        try:
            turn.enter_context(fair_lock(home.served, label="cs-assets up", timeout=0))
        except Unavailable:
            raise UsageError(
                f"{home.root} is served already, by {holder(home.served)}: "
                "stop that first, or name another --home"
            ) from None
        yield


def _serve(at: Served, settings: Settings, home: Home, origins: list[str]) -> None:
    host = at.host
    with instance_of(home, _tell):  # so that nothing served waits for what has died
        pass
    os.environ["CS_ASSETS_HOME"] = str(home.root)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    # On a crowded machine a run takes more than Dagster's minute to begin; a dead server is known
    # at once all the same.
    os.environ.setdefault("DAGSTER_GRPC_TIMEOUT_SECONDS", "300")
    # A socket's path may have 100 letters; and only its owner may reach the code server.
    with (
        tempfile.TemporaryDirectory(prefix="cs-assets-") as folder,
        _desk(settings, at.desk_port) as pages,
        told_to_stop() as stopped,
    ):
        path = Path(folder) / "code"
        workspace = Path(folder) / "workspace.yaml"
        workspace.write_text(yaml.safe_dump(_workspace(path)), encoding="utf-8")
        echo(f"Serving http://{shown(host)}:{at.port} from {home.root}; Ctrl-C stops it")
        if at.reading_port:
            echo(f"Serving http://{shown(host)}:{at.reading_port}, where nothing can be changed")
        watch([*_services(at, path, workspace, origins), *pages], stopped)
    echo("Stopped")


def _of_a_team(settings: Settings) -> None:
    """Raises ``UsageError`` for what several people or machines cannot share."""
    if settings.dagster_database_url is None:
        raise UsageError("--team: set DAGSTER_DATABASE_URL, the PostgreSQL that the team shares")
    if find_spec("dagster_postgres") is None:
        raise UsageError("--team needs its extra: pip install 'cs-assets[postgres]'")
    if settings.delivery_database_url is None:
        raise UsageError(
            "--team: set DELIVERY_DATABASE_URL too, so that there is one delivery ledger for all"
        )


@contextlib.contextmanager
def _desk(settings: Settings, port: int) -> Iterator[list[Service]]:
    """The desk's processes, to this machine alone; what keeps it from being served is told."""
    if not port:
        yield []
        return
    try:
        if not desk.is_installed():
            raise UsageError(desk.why_not_installed())
        check_free(_DESK_HOST, port)
    except UsageError as error:
        _tell(f"the desk is not served: {error.told()}")
        yield []
        return
    with desk.services(settings, _DESK_HOST, port) as found:
        for one in found:
            one.is_needed = False
        echo(f"Serving the desk on http://{_DESK_HOST}:{port}")
        yield found


def _workspace(path: Path) -> dict[str, object]:
    server = {"socket": str(path), "location_name": LOCATION["location_name"]}
    return {"load_from": [{"grpc_server": server}]}


def _services(at: Served, path: Path, workspace: Path, origins: list[str]) -> list[Service]:
    code = ["code-server", "start", "-m", LOCATION["module_name"], "--socket", str(path)]
    code += ["--location-name", LOCATION["location_name"], "--log-level", "warning"]
    code += ["--inject-env-vars-from-instance", "--startup-timeout", "180"]
    daemon = ["run", "-w", str(workspace), "--log-level", "info"]
    shown_by = [("webserver", at.port), ("reader", at.reading_port)]
    return [
        Service("code server", ["dagster", *code]),
        Service("daemon", ["dagster._daemon", *daemon], after=path),
        *(
            Service(name, [name, at.host, str(port), str(workspace), *origins], after=path)
            for name, port in shown_by
            if port
        ),
    ]


def _tell(said: str) -> None:
    sys.stderr.write(f"! {said}\n")

"""The served UI under attack, and how it ends: the real command, over a home of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.forged_requests import MUTATION, forged, rightful, send
from tests.figures import Figure

#: Seconds within which the UI must answer, or be gone.
_PATIENCE = 240.0
_SCHEDULES = (
    "{repositoriesOrError{... on RepositoryConnection"
    "{nodes{schedules{name scheduleState{status}}}}}}"
)


class Served(NamedTuple):
    """A running ``cs-assets up``."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path


@contextlib.contextmanager
def served() -> Iterator[Served]:
    """The UI over an empty home; whatever is left of it afterwards is ended."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with (
            socket.create_server(("127.0.0.1", 0)) as free,
            socket.create_server(("127.0.0.1", 0)) as of_desk,
        ):
            port, desk_port = free.getsockname()[1], of_desk.getsockname()[1]
        ports = ["--port", str(port), "--desk-port", str(desk_port)]
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "cs_assets.cli", "up", *ports],
                env=os.environ | {"CS_ASSETS_HOME": str(Path(folder) / "home"), "TMPDIR": folder},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        try:
            _until_it_answers(process, port, log)
            yield Served(process, port, log)
        finally:
            for child in _of(process.pid, folder):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            process.kill()
            process.wait(10)


def forged_requests() -> Figure:
    """R-58: what a web page can make a browser send; then the same mutation by right, to see it."""
    with served() as ui:
        attacks = forged(ui.port)
        accepted = [one.name for one in attacks if send(one.request, ui.port) != 403]
        running = _running(ui.port)
        refused = [one.name for one in rightful(ui.port) if send(one.request, ui.port) > 200]
        refused = [name for name in refused if name != "the UI's websocket"]
        _ask(ui.port, MUTATION.replace("NAME", "gong_schedule"))
        works = _running(ui.port) == ["gong_schedule"]
    value = f"{len(accepted)} accepted, {len(running)} effects"
    value += "".join(f"; {name}" for name in [*accepted, *refused][:3])
    return Figure(
        "R-58",
        f"{len(attacks)} forged requests to the served UI, {len(refused)} of its own refused",
        value,
        "0 accepted, 0 effects",
        not accepted and not running and not refused and works and len(attacks) >= 40,
    )


def ends_clean() -> Figure:
    """R-65: told to stop in each way, and killed: nothing is left, nothing is thrown."""
    left, traces, slowest = 0, 0, 0.0
    ways = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
    for way in ways:
        with served() as ui:
            folder = str(ui.log.parent)
            began = time.monotonic()
            ui.process.send_signal(way)
            status = ui.process.wait(_PATIENCE)
            while (there := _of(ui.process.pid, folder)) and time.monotonic() - began < 30:
                time.sleep(0.2)
            slowest = max(slowest, time.monotonic() - began)
            left += len(there) + (status != 0 and way != signal.SIGKILL)
            traces += ui.log.read_text(errors="replace").count("Traceback")
    return Figure(
        "R-65",
        f"processes left and tracebacks after {len(ways)} ways of ending the UI",
        f"{left}, {traces}; slowest {slowest:.0f} s",
        "0, 0",
        left == traces == 0,
    )


def _until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError):
            if _ask(port, "{version}"):
                return
        time.sleep(0.5)
    raise AssertionError(f"the UI does not answer: {log.read_text(errors='replace')[-2000:]}")


def _ask(port: int, query: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def _running(port: int) -> list[str]:
    """The schedules that are switched on."""
    nodes = _ask(port, _SCHEDULES)["repositoriesOrError"]["nodes"]
    return [
        schedule["name"]
        for node in nodes
        for schedule in node["schedules"]
        if schedule["scheduleState"]["status"] == "RUNNING"
    ]


def _of(parent: int, folder: str) -> list[int]:
    """Processes that work for this home, but for ``up`` itself."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (parent, os.getpid()):
            with contextlib.suppress(OSError):
                if f"CS_ASSETS_HOME={folder}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found


BY_ID = {"R-58": forged_requests, "R-65": ends_clean}

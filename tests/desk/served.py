"""The desk served by its command, as people have it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tests.waiting import PATIENCE, first_line, until


def children(process: int) -> dict[str, int]:
    """Child processes by what their command line names."""
    found = {}
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            line = Path(f"/proc/{child}/cmdline").read_text()
            found["pages" if "desk.front.pages" in line else "front"] = int(child)
    return found


@contextlib.contextmanager
def served_desk(home):
    """The command, and the desk's address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cs_assets.cli", "desk", "--port", str(port)]
    served = subprocess.Popen(
        [*command, "--home", str(home)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=home,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        assert address in first_line(served)
        until(lambda: is_up(address), "the desk")
        yield served, address
    finally:
        served.send_signal(signal.SIGTERM)
        told, _ = served.communicate(timeout=PATIENCE)
    assert served.returncode == 0, told
    assert "Traceback" not in told


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_stcore/health", timeout=60).text == "ok"
    except httpx.HTTPError:
        return False


def resident_megabytes(process: int) -> float:
    """Memory of a process that is in use."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

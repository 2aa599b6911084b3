"""The desk as it is served: by the command, with Streamlit, and after something has died."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cs_assets.commands.serving import desk
from cs_assets.errors import UsageError
from resources.settings import Settings
from tests.desk.streamlit_client import opened, shown
from tests.waiting import PATIENCE, first_line, until


def children(process: int) -> dict[str, int]:
    """Child processes by what their command line names."""
    found = {}
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        line = Path(f"/proc/{child}/cmdline").read_text()
        found["pages" if "desk.front.pages" in line else "front"] = int(child)
    return found


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_stcore/health", timeout=60).text == "ok"
    except httpx.HTTPError:
        return False


def test_the_desk_is_served_outlives_its_pages_and_ends_whole(company_home):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cs_assets.cli", "desk", "--port", str(port)]
    served = subprocess.Popen(
        [*command, "--home", str(company_home)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=company_home,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        assert address in first_line(served)
        until(lambda: is_up(address), "the desk")
        with opened(address) as page:
            told = shown(page, "")
        assert "not known who you are" not in told
        before = children(served.pid)
        os.kill(before["pages"], signal.SIGKILL)
        until(lambda: children(served.pid).get("pages", before["pages"]) != before["pages"],
              "new pages")  # fmt: skip
        until(lambda: is_up(address), "the desk again")
        after = children(served.pid)
        assert after["front"] == before["front"]
    finally:
        served.send_signal(signal.SIGTERM)
        told, _ = served.communicate(timeout=PATIENCE)
    assert served.returncode == 0, told
    assert "Traceback" not in told
    assert not any(Path(f"/proc/{one}").exists() for one in after.values())


def test_without_sign_in_the_desk_is_for_this_machine_alone(company_home):
    own = Settings(cs_assets_home=company_home)
    with pytest.raises(UsageError, match="unless people sign in"), desk.services(own, "0.0.0.0", 1):
        pass


def test_a_machine_without_the_extra_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(desk, "_NEEDS", ("no_such_module",))
    with pytest.raises(UsageError, match=r"cs-assets\[desk\]"):
        desk.serve("127.0.0.1", 1)

"""How served processes live and end, with small ones in place of Dagster's."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cs_assets.commands.serving import code_watch
from tests.waiting import PATIENCE, until

#: Starts what ``up`` starts, but two of this folder's modules, with a question mark what is not
#: needed; prints when they run.
_DRIVER = """
import sys
from cs_assets.commands.serving.watching import Service, told_to_stop, watch
with told_to_stop() as stopped:
    watch([Service(n.strip("?"), [n.strip("?")], is_needed="?" not in n) for n in sys.argv[1:]],
          stopped)
"""
#: Notes itself and a child of its own, then sleeps; takes being told to stop noisily.
_SLEEPER = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.default_int_handler)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
pathlib.Path(sys.argv[0] + f".{os.getpid()}.{child.pid}").touch()
time.sleep(300)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sleeper.py").write_text(_SLEEPER)
    (tmp_path / "dying.py").write_text("print('no disk'); raise SystemExit(3)\n")
    return tmp_path


def start(folder: Path, *services: str) -> subprocess.Popen[str]:
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", _DRIVER, *services],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{root}:{folder}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def noted(folder: Path, count: int = 1) -> list[int]:
    """Ids of the sleepers and of their children, once there are so many sleepers."""
    until(lambda: len(list(folder.glob("*.*.*"))) >= count, "the services' start")
    files = [path.name.split(".")[-2:] for path in folder.glob("*.*.*")]
    return [int(number) for pair in files for number in pair]


def gone(processes: list[int], seconds: float = PATIENCE) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if not any(_lives(process) for process in processes):
            return True
        time.sleep(0.05)
    return False


def _lives(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("way", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_children_and_theirs_end_with_the_parent_however_it_ends(folder, way):
    parent = start(folder, "sleeper")
    processes = noted(folder)
    parent.send_signal(getattr(signal, way))
    printed, _ = parent.communicate(timeout=PATIENCE)
    assert gone(processes)
    assert "Traceback" not in printed
    assert parent.returncode == (-signal.SIGKILL if way == "SIGKILL" else 0)


def test_without_what_is_not_needed_the_rest_goes_on(folder):
    parent = start(folder, "sleeper", "?dying")
    assert parent.stdout is not None
    pipe, heard = parent.stdout.fileno(), bytearray()
    os.set_blocking(pipe, False)

    def is_told() -> bool:
        with contextlib.suppress(BlockingIOError):
            heard.extend(os.read(pipe, 65536))
        return b"It is not started again" in heard

    until(is_told, "dying thrice")
    processes = noted(folder)
    assert all(map(_lives, processes))
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(PATIENCE) == 0
    assert gone(processes)


def test_a_service_that_dies_is_started_again(folder):
    parent = start(folder, "sleeper")
    first = noted(folder)
    os.kill(first[0], signal.SIGKILL)
    every = noted(folder, count=2)
    parent.send_signal(signal.SIGTERM)
    printed, _ = parent.communicate(timeout=PATIENCE)
    assert gone(every)
    assert "The sleeper ended with status -9; starting it again" in printed


def test_one_that_keeps_dying_ends_all_with_its_reason(folder):
    parent = start(folder, "sleeper", "dying")
    processes = noted(folder)
    printed, _ = parent.communicate(timeout=PATIENCE)
    assert parent.returncode != 0
    assert "no disk" in printed
    assert "the dying ended 3 times in 120 seconds, last with status 3" in printed
    assert gone(processes)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [("ok ok gone gone gone gone", 6), ("gone gone ok gone ok " + 4 * "gone ", 9)],
)
def test_a_code_server_whose_code_has_gone_ends_and_one_that_never_had_it_stays(
    monkeypatch, answers, asked
):
    monkeypatch.setattr(code_watch, "_LOOK_SECONDS", 0)
    left, ended = answers.split(), []

    def ask() -> None:
        if left.pop(0) == "gone":
            raise ConnectionError

    code_watch.watch_code(ask, lambda: ended.append(asked - len(left)))
    assert ended == [asked]

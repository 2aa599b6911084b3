"""Runs commands in forks of one process that has imported everything: much cheaper than new ones.

On a disk that is full for a while (``no_space.c`` preloaded), or with the home on a read-only
medium. Nothing that uses threads is opened in the parent, so that a fork is as good as a new
process.
"""

import ctypes
import importlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.figures import NotHere
from tests.waiting import PATIENCE, exit_status, first_line

_ROOT = Path(__file__).parents[2]
#: Seconds after which a command counts as hung, on whatever machine.
_HUNG = 400.0
#: Imported once, so that each fork finds it.
_WANTED = ("cs_assets.definitions", "cs_assets.reviews.on_demand", "resources.models.writer")


@dataclass(frozen=True)
class Done:
    """How a command ended; ``status`` None: it did not."""

    status: int | None
    writes: int
    """Calls that needed room below the home; none without the preloaded library."""
    said: str

    @property
    def last_line(self) -> str:
        return (self.said.strip().splitlines() or [""])[-1]


class Commands:
    """The process that forks for each command."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        more = {
            "PYTHONPATH": str(_ROOT),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "COLUMNS": "160",
            "PYTHONUTF8": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forked_commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**kept, **more, **environment},
        )

    def run(
        self,
        home: Path,
        arguments: Sequence[str],
        *,
        full_from: int = 0,
        full_times: int = 0,
        read_only: bool = False,
    ) -> Done:
        """Run one command; the disk is full for so many calls from that one on."""
        task = {
            "arguments": list(arguments),
            "home": str(home),
            "full": [full_from, full_times],
            "read_only": read_only,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(first_line(self._process)))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(PATIENCE)


@contextmanager
def commands(**environment: str) -> Iterator[Commands]:
    """The process, for as long as it is wanted."""
    opened = Commands(environment)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def commands_on_a_filling_disk(**environment: str) -> Iterator[Commands]:
    """The same with the library compiled and preloaded; ``NotHere`` where that cannot be."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise NotHere("a full disk is made by a preloaded library: Linux and a C compiler (cc)")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "no_space.so"
        source = str(Path(__file__).with_name("no_space.c"))
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"],
            check=True,
            timeout=PATIENCE,
        )
        with commands(LD_PRELOAD=str(library), **environment) as opened:
            yield opened


# ---- in the process itself


def _serve() -> None:
    """A task a line from standard input, an answer a line to standard output."""
    for name in _WANTED:
        importlib.import_module(name)
    cli = importlib.import_module("cs_assets.cli")
    cli.mount_rooms()
    cli.mount_rooms = lambda: None
    for line in sys.stdin:
        print(json.dumps(_done(json.loads(line))), flush=True)


def _done(task: dict[str, Any]) -> dict[str, Any]:
    saying, counting = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.close(saying[0])
        os.close(counting[0])
        _run(task, saying[1], counting[1])
    os.close(saying[1])
    os.close(counting[1])
    said, ended = _all_of(saying[0], _HUNG)
    if not ended:
        os.kill(child, signal.SIGKILL)
    counted, _ = _all_of(counting[0], 10)
    status = os.waitstatus_to_exitcode(exit_status(child))
    return {
        "status": status if ended else None,
        "writes": int(counted or b"0"),
        "said": said.decode(errors="replace")[-20_000:],
    }


def _run(task: dict[str, Any], said: int, counted: int) -> None:
    """The command in this fork; ends it."""
    for handle in (1, 2):
        os.dup2(said, handle)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ["CS_ASSETS_HOME"] = task["home"]
    sys.argv = ["cs-assets", *task["arguments"]]
    status, seen = 1, 0
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if task["read_only"]:
            _close_to_writing(library, os.fsencode(task["home"]))
        if hasattr(library, "no_space_arm"):
            first, times = map(ctypes.c_long, task["full"])
            library.no_space_arm(os.fsencode(task["home"]), first, times)
        importlib.import_module("cs_assets.cli").main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # it would be the test's own fault
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if hasattr(library, "no_space_seen"):
            library.no_space_seen.restype = ctypes.c_long
            seen = library.no_space_seen()
        os.write(counted, str(seen).encode())
        os._exit(status)


def _close_to_writing(library: ctypes.CDLL, folder: bytes) -> None:
    """Mount the folder upon itself, read-only, for this process: even root cannot write there."""
    new_namespace, private, bind, remount, read_only, recursive = (
        0x20000, 1 << 18, 4096, 32, 1, 16384,
    )  # fmt: skip
    for made in (
        lambda: library.unshare(new_namespace),
        lambda: library.mount(None, b"/", None, recursive | private, None),
        lambda: library.mount(folder, folder, None, bind, None),
        lambda: library.mount(None, folder, None, remount | bind | read_only, None),
    ):
        if made():
            raise OSError(ctypes.get_errno(), "only root on Linux can mount a folder read-only")


def _all_of(handle: int, seconds: float) -> tuple[bytes, bool]:
    """What comes until the other end is closed, and whether that was in time."""
    found, ends = b"", time.monotonic() + seconds
    with os.fdopen(handle, "rb", buffering=0) as file:
        while (left := ends - time.monotonic()) > 0:
            if not select.select([handle], [], [], left)[0]:
                break
            some = file.read(65536)
            if not some:
                return found, True
            found += some
    return found, False


if __name__ == "__main__":
    _serve()

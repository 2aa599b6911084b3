"""Which process something belongs to, and whether that process is still there."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TypeVar

_Read = TypeVar("_Read")
_PROC = Path("/proc")


class Fate(Enum):
    """What became of a process."""

    ALIVE = "alive"
    GONE = "gone"
    ELSEWHERE = "elsewhere"
    """It ran where this process cannot look: another machine, or another container."""


@dataclass(frozen=True)
class Process:
    """One process among all that ever ran: a pid alone is given to others later.

    ``machine`` is a digest of what tells machines (and containers) of one name apart,
    ``started`` the start as the system counts it, with the boot it counts from.
    """

    host: str
    machine: str
    pid: int
    started: str

    @staticmethod
    def read(text: str) -> "Process | None":
        """A process out of ``text()``; None for anything else."""
        try:
            found = json.loads(text)
            read = Process(**found)
        except (ValueError, TypeError):
            return None
        kinds = (str, str, int, str)
        values = (read.host, read.machine, read.pid, read.started)
        return read if all(map(isinstance, values, kinds)) and read.pid > 0 else None

    def text(self) -> str:
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        return f"process {self.pid} of {self.host}"

    def fate(self) -> Fate:
        """Whether it still runs; of another machine's process nothing is said."""
        if (self.host, self.machine) != _here():
            return Fate.ELSEWHERE
        return Fate.ALIVE if _started(self.pid) == self.started else Fate.GONE


def this_process() -> Process:
    """The process that asks."""
    host, machine = _here()
    return Process(host, machine, os.getpid(), _started(os.getpid()) or "")


def started_at(pid: int) -> float | None:
    """Seconds since the epoch at which ``pid`` started, by the clock of now; None if it is gone.

    Less exact than ``Process``: a clock that was set in between moves it.
    """
    if not _PROC.joinpath("self").exists():
        return _asked(pid, "etimes=", _ago)
    stat = _stat(pid)
    if stat is None:
        return None
    return _booted_at() + int(stat[19]) / os.sysconf("SC_CLK_TCK")


@cache
def _here() -> tuple[str, str]:
    """Host name, and a digest of the machine's id and of the namespace in which pids count.

    A container made anew counts its pids anew: what ran in the one before would be nobody's.
    ``CS_ASSETS_MACHINE`` says that of this name there is one at a time.
    """
    if named := os.environ.get("CS_ASSETS_MACHINE"):
        return named, hashlib.sha256(f"named {named}".encode()).hexdigest()[:16]
    parts = [_first("/etc/machine-id"), ""]
    try:
        parts[1] = os.readlink(_PROC / "self" / "ns" / "pid")
    except OSError:  # no such thing on this system
        parts[1] = platform.system()
    return platform.node(), hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _started(pid: int) -> str | None:
    """When ``pid`` started, or None when there is no such process (a zombie is none)."""
    if not _PROC.joinpath("self").exists():
        return _asked(pid, "lstart=", str.strip)
    stat = _stat(pid)
    return None if stat is None else f"{stat[19]}@{_first('/proc/sys/kernel/random/boot_id')}"


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on (proc(5)), None without a live process."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")  # a name cut short
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the name before may hold blanks and brackets
    return None if fields[0] in "ZX" else fields


def _booted_at() -> float:
    for line in (_PROC / "stat").read_text().splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    raise OSError("/proc/stat names no boot time")


def _asked(pid: int, column: str, read: Callable[[str], _Read]) -> _Read | None:
    """What ``ps`` says where there is no /proc."""
    done = subprocess.run(  # noqa: S603 - fixed arguments and a number
        ["ps", "-o", column, "-p", str(int(pid))],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return read(done.stdout) if done.stdout.strip() else None


def _ago(seconds: str) -> float:
    import time

    return time.time() - float(seconds)


def _first(path: str) -> str:
    try:
        return Path(path).read_text().split("\n")[0].strip()
    except OSError:
        return ""

"""R-55: the disk is full at a moment of a command; then there is room, and it is run again.

The moments are writes: a library that is preloaded (``no_space.c``) counts what needs room below
the home folder and refuses it with ENOSPC from one of them on, once or until the command ends.
"""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.faults.cycle_state import State, read_state
from tests.figures import Figure, NotHere
from tests.snowflake import small_tenant

WEEK = "2026-11-09"
_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
#: Seconds after which a command counts as hung, on whatever machine.
_HUNG = 400.0
#: A disk that stays full until the command ends.
_STAYS = 10**9


@dataclass(frozen=True)
class Done:
    """How a command ended; ``status`` None: it did not."""

    status: int | None
    writes: int
    said: str

    @property
    def last_line(self) -> str:
        return (self.said.strip().splitlines() or [""])[-1]


class Machine:
    """A process that forks for each command, with the preloaded library."""

    def __init__(self, library: Path) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        more = {
            "LD_PRELOAD": str(library),
            "PYTHONPATH": str(_ROOT),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "CS_ASSETS_START_WEEK": WEEK,
            "COLUMNS": "160",
            "PYTHONUTF8": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.full_disk_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env=kept | more,
        )

    def run(self, home: Path, arguments: Sequence[str], first: int = 0, times: int = 0) -> Done:
        task = {
            "arguments": [_filled_in(one, home) for one in arguments],
            "environment": {"CS_ASSETS_HOME": str(home)},
            "first": first,
            "times": times,
            "seconds": _HUNG,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)


def _filled_in(argument: str, home: Path) -> str:
    """HOME is the home, KEY the key of a delivery that was sent in it."""
    if argument != "KEY":
        return argument.replace("HOME", str(home))
    with contextlib.closing(sqlite3.connect(home / "delivery.sqlite")) as ledger:
        first = "SELECT MIN(delivery_key) FROM delivery WHERE revision = 1 AND state = 'sent'"
        return str(ledger.execute(first).fetchone()[0])


@contextmanager
def machine() -> Iterator[Machine]:
    """The library compiled and the process that has it; raises ``NotHere`` without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise NotHere("a full disk is made by a preloaded library: Linux and a C compiler (cc)")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "no_space.so"
        source = str(_HERE / "no_space.c")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"], check=True
        )
        opened = Machine(library)
        try:
            yield opened
        finally:
            opened.close()


# ---- homes and commands


@dataclass(frozen=True)
class Command:
    """A command and the home that it is run in."""

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[Machine, Path], None]
    made: tuple[str, ...] = ()
    """Files below the home that it makes, beside tables and mails."""
    looking: tuple[str, ...] = ("deliveries list", "calls list", "route --to-decide")
    """What must work in its homes afterwards."""


def _with_files(machine: Machine, home: Path) -> None:
    """The small tenant's files, nothing run."""
    small_tenant.put(Home(home).ensure())


def _with_sources(machine: Machine, home: Path) -> None:
    from resources.sources.files import load_folder

    _with_files(machine, home)
    load_folder(home / "sources", DuckDBWarehouse(path=str(home / "warehouse.duckdb")))


def _with_a_week(machine: Machine, home: Path) -> None:
    _with_files(machine, home)
    done = machine.run(home, _WEEKLY.arguments)
    if done.status != 0:
        raise AssertionError(f"an undisturbed cycle ended with {done}")


_WEEKLY = Command("run_weekly", ("run", "weekly", "--week", WEEK), _with_files)
COMMANDS = (
    _WEEKLY,
    Command("route", ("route",), _with_sources, looking=("deliveries list", "route --to-decide")),
    Command(
        "resend",
        ("deliveries", "resend", "KEY", "--allow-late", "--note", "again"),
        _with_a_week,
    ),
    Command(
        "report",
        ("report", "--all", "--week", WEEK, "--pdf", "HOME/asked", "--html", "--output",
         "HOME/asked"),
        _with_a_week,
        ("asked",),
    ),
)  # fmt: skip


@dataclass
class Tally:
    """What came of the cases of one command."""

    cases: int = 0
    refused: int = 0
    """Commands that the full disk ended."""
    in_doubt: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Usual:
    """What the command leaves behind undisturbed, run once and run again."""

    states: tuple[State, ...]
    files: frozenset[str]
    writes: int


def full_disk(each: int = 300, commands: Sequence[Command] = COMMANDS, seed: int = 55) -> Figure:
    """R-55: broken homes after a full disk, of so many moments of each command."""
    with machine() as at:
        tallies = {one.name: _cases(at, one, each, random.Random(seed)) for one in commands}
    wrong = [f"{name}:{text}" for name, one in tallies.items() for text in one.wrong]
    counts = ";".join(
        f"{name}_{one.cases}_moments_{one.refused}_refused" for name, one in tallies.items()
    )
    doubt = sum(one.in_doubt for one in tallies.values())
    return Figure(
        "R-55",
        "homes_broken_by_a_disk_that_was_full",
        f"{len(wrong)};{counts};{doubt}_mails_in_doubt" + "".join(f";{t}" for t in wrong[:5]),
        "0",
        not wrong,
    )


BY_ID = {"R-55": full_disk}


def _cases(at: Machine, command: Command, count: int, moments: random.Random) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        before = Path(folder) / "before"
        command.prepare(at, before)
        usual = _usual(at, command, before)
        for number in range(count):
            first = moments.randint(1, usual.writes)
            times = _STAYS if number % 2 else 1
            home = _copy(before)
            trouble = _case(at, command, home, (first, times), usual, tally)
            if trouble:
                tally.wrong.append(f"write_{first}_of_{usual.writes}_x{times}:{trouble}")
            tally.cases += 1
            shutil.rmtree(home.parent)
    return tally


def _usual(at: Machine, command: Command, before: Path) -> Usual:
    """Two homes after the command, and one after two of them: what differs says nothing."""
    states, writes = [], 0
    for times in (1, 1, 2):
        home = _copy(before)
        for _ in range(times):
            done = at.run(home, command.arguments)
            if done.status != 0:
                raise AssertionError(f"undisturbed, {command.name} ended with {done}")
            writes = writes or done.writes
        states.append(read_state(Home(home)))
        files = _files(home, command)
        shutil.rmtree(home.parent)
        if times == 1:
            once = files
    return Usual(tuple(states), once, writes)


def _case(
    at: Machine, command: Command, home: Path, full: tuple[int, int], usual: Usual, tally: Tally
) -> str:
    """What is wrong after one full disk, or nothing."""
    hit = at.run(home, command.arguments, *full)
    if trouble := _ended_badly(hit):
        return trouble
    tally.refused += hit.status != 0
    again = at.run(home, command.arguments)
    if again.status != 0:
        return f"again_{again.status}_{again.said[-300:]}|first_said_{hit.last_line}"
    for words in command.looking:
        looked = at.run(home, words.split())
        if looked.status != 0:
            return f"{words}_{looked.status}_{looked.last_line}"
    state = read_state(Home(home))
    tally.in_doubt += len(state.in_doubt)
    found = {
        "tables": state.unlike(usual.states),
        "files": sorted(usual.files ^ _files(home, command)),
        "in_doubt": sorted(state.in_doubt),
        "left_over": [str(path.name) for path in home.rglob(".*") if path.is_file()],
    }
    return ";".join(f"{name}={what}" for name, what in found.items() if what)


def _ended_badly(done: Done) -> str:
    if done.status is None:
        return f"no_end_{done.last_line}"
    if done.status == 0:
        return ""
    if done.status != 1 or "Traceback" in done.said or "unexpected" in done.said:
        return f"status_{done.status}_{done.said[-400:]}"
    if "disk full: " not in done.said:
        return f"did_not_say_so_{done.said[-400:]}"
    return ""


def _files(home: Path, command: Command) -> frozenset[str]:
    """Names of mails and of what people read."""
    folders = ("outbox", "artifacts", *command.made)
    return frozenset(
        str(path.relative_to(home))
        for folder in folders
        for path in (home / folder).rglob("*")
        if path.is_file()
    )


def _copy(before: Path) -> Path:
    home = Path(tempfile.mkdtemp(prefix="full-")) / "home"
    shutil.copytree(before, home)
    return home

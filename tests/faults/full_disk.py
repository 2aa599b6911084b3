"""R-55: the disk is full at a moment of a command; then there is room, and it is run again.

The moments are writes: a library that is preloaded (``no_space.c``) counts what needs room below
the home folder and refuses it with ENOSPC from one of them on, once or until the command ends.
"""

import contextlib
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.faults.cycle_state import State, read_state
from tests.faults.forked_commands import Commands, Done, commands_on_a_filling_disk
from tests.figures import Figure
from tests.snowflake import small_tenant

WEEK = "2026-11-09"
#: A disk that stays full until the command ends.
_STAYS = 10**9


# ---- homes and commands


@dataclass(frozen=True)
class Command:
    """A command and the home that it is run in."""

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[Commands, Path], None]
    made: tuple[str, ...] = ()
    """Files below the home that it makes, beside tables and mails."""
    looking: tuple[str, ...] = ("deliveries list", "calls list", "route --to-decide")
    """What must work in its homes afterwards."""

    def asked(self, home: Path) -> list[str]:
        """The arguments: HOME is the home, KEY the key of a delivery that was sent in it."""
        filled = [one.replace("HOME", str(home)) for one in self.arguments]
        if "KEY" not in filled:
            return filled
        with contextlib.closing(sqlite3.connect(home / "delivery.sqlite")) as ledger:
            first = "SELECT MIN(delivery_key) FROM delivery WHERE revision = 1 AND state = 'sent'"
            key = str(ledger.execute(first).fetchone()[0])
        return [key if one == "KEY" else one for one in filled]


def _with_files(at: Commands, home: Path) -> None:
    """The small tenant's files, nothing run."""
    small_tenant.put(Home(home).ensure())


def _with_sources(at: Commands, home: Path) -> None:
    from resources.sources.files import load_folder

    _with_files(at, home)
    load_folder(home / "sources", DuckDBWarehouse(path=str(home / "warehouse.duckdb")))


def _with_a_week(at: Commands, home: Path) -> None:
    _with_files(at, home)
    done = at.run(home, _WEEKLY.arguments)
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


def full_disk(each: int = 300, wanted: Sequence[Command] = COMMANDS, seed: int = 55) -> Figure:
    """R-55: so many moments of each command."""
    with commands_on_a_filling_disk(CS_ASSETS_START_WEEK=WEEK) as at:
        tallies = [_prepared_and_tried(at, one, each, random.Random(seed)) for one in wanted]
    return _figure(tallies)


def full_disk_of_resend(at: Commands, home: Path, each: int, seed: int = 55) -> Figure:
    """R-55, short: one command in copies of a home whose week was sent, its tables aside."""
    resend = next(one for one in COMMANDS if one.name == "resend")
    return _figure([_cases(at, resend, home, each, random.Random(seed), tables=False)])


BY_ID = {"R-55": full_disk}


@dataclass
class Tally:
    """What came of the cases of one command."""

    name: str
    cases: int = 0
    refused: int = 0
    """Commands that the full disk ended."""
    in_doubt: int = 0
    wrong: list[str] = field(default_factory=list)


def _figure(tallies: Sequence[Tally]) -> Figure:
    wrong = [f"{one.name}:{text}" for one in tallies for text in one.wrong]
    counts = ";".join(f"{one.name}_{one.cases}_moments_{one.refused}_refused" for one in tallies)
    doubt = sum(one.in_doubt for one in tallies)
    return Figure(
        "R-55",
        "homes_broken_by_a_disk_that_was_full",
        f"{len(wrong)};{counts};{doubt}_mails_in_doubt" + "".join(f";{t}" for t in wrong[:5]),
        "0",
        not wrong,
    )


# ---- the cases of one command


@dataclass(frozen=True)
class Usual:
    """What the command leaves behind undisturbed: twice run once, and once run twice."""

    states: tuple[State, ...]
    files: frozenset[str]
    writes: int


def _prepared_and_tried(
    at: Commands, command: Command, count: int, moments: random.Random
) -> Tally:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        before = Path(folder) / "before"
        command.prepare(at, before)
        return _cases(at, command, before, count, moments)


def _cases(
    at: Commands, command: Command, before: Path, count: int, moments: random.Random,
    *, tables: bool = True,
) -> Tally:  # fmt: skip
    tally = Tally(command.name)
    usual = _usual(at, command, before, tables=tables)
    for number in range(count):
        first = moments.randint(1, usual.writes)
        times = _STAYS if number % 2 else 1
        with _copy(before) as home:
            if trouble := _case(at, command, home, (first, times), usual, tally):
                tally.wrong.append(f"write_{first}_of_{usual.writes}_x{times}:{trouble}")
        tally.cases += 1
    return tally


def _usual(at: Commands, command: Command, before: Path, *, tables: bool) -> Usual:
    """What differs between the homes says nothing."""
    states, files, writes = [], [], []
    for times in (1, 1, 2) if tables else (1,):
        with _copy(before) as home:
            for _ in range(times):
                done = at.run(home, command.asked(home))
                if done.status != 0:
                    raise AssertionError(f"undisturbed, {command.name} ended with {done}")
                writes.append(done.writes)
            states.append(read_state(Home(home), tables=tables))
            files.append(_files(home, command))
    return Usual(tuple(states), files[0], writes[0])


def _case(
    at: Commands, command: Command, home: Path, full: tuple[int, int], usual: Usual, tally: Tally
) -> str:
    """What is wrong after one full disk, or nothing."""
    arguments = command.asked(home)
    hit = at.run(home, arguments, full_from=full[0], full_times=full[1])
    if trouble := _ended_badly(hit):
        return trouble
    tally.refused += hit.status != 0
    again = at.run(home, arguments)
    if again.status != 0:
        return f"again_{again.status}_{again.said[-300:]}|first_said_{hit.last_line}"
    for words in command.looking:
        looked = at.run(home, words.split())
        if looked.status != 0:
            return f"{words}_{looked.status}_{looked.last_line}"
    state = read_state(Home(home), tables=bool(usual.states[0].tables))
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


@contextlib.contextmanager
def _copy(before: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="full-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        shutil.copytree(before, home)
        yield home

"""R-55: the disk is full at a moment of a command; then there is room, and it is run again.

The moments are writes: a library that is preloaded (``no_space.c``) counts what needs room below
the home folder and refuses it with ENOSPC from one of them on, once, some times or until the
command ends. They are drawn from all writes of an undisturbed command, in copies of a home where
all that goes before the command is done. A command that takes long meets several full disks in a
row before the run that must make everything good.
"""

import contextlib
import queue
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cs_assets.commands.running import instance_of
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.faults import processes
from tests.faults.cycle_state import State, read_state
from tests.faults.forked_commands import Commands, Done, commands_on_a_filling_disk
from tests.figures import Figure
from tests.snowflake import small_tenant

WEEK = "2026-11-09"
#: How many writes in a row find no room; the last: until the command ends.
_LASTS = (1, 2, 3, 5, 8, 13, 10**9)
#: Commands that run at a time.
_SIDE_BY_SIDE = 2
#: One home in so many has no Dagster instance yet, where a command makes one.
_NEW_HOMES = 10


# ---- homes and commands


@dataclass(frozen=True)
class Command:
    """A command and the home that it is run in."""

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[Commands, Path], None]
    in_a_row: int = 1
    """Full disks that a home meets before the run that must succeed."""
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


_WEEKLY = Command("run_weekly", ("run", "weekly", "--week", WEEK), _with_files, in_a_row=5)
COMMANDS = (
    _WEEKLY,
    Command(
        "route", ("route",), _with_sources, in_a_row=3,
        looking=("deliveries list", "route --to-decide"),
    ),
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
        made=("asked",),
    ),
)  # fmt: skip


def full_disk(each: int = 300, wanted: Sequence[Command] = COMMANDS, seed: int = 55) -> Figure:
    """R-55: so many moments of each command."""
    with contextlib.ExitStack() as stack:
        workers: queue.SimpleQueue[Commands] = queue.SimpleQueue()
        for _ in range(_SIDE_BY_SIDE):
            opened = commands_on_a_filling_disk(CS_ASSETS_START_WEEK=WEEK)
            workers.put(stack.enter_context(opened))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="full-")))
        tallies = [
            _prepared_and_tried(workers, one, folder / one.name, each, random.Random(seed))
            for one in wanted
        ]
    return _figure(tallies)


def full_disk_of_resend(at: Commands, home: Path, each: int, seed: int = 55) -> Figure:
    """R-55, short: one command in copies of a home whose week was sent, its tables aside."""
    resend = next(one for one in COMMANDS if one.name == "resend")
    tally, usual = Tally(resend.name), _usual(at, resend, home, tables=False)
    for full in _moments(usual.writes, each, random.Random(seed)):
        tally.enter(_after(at, resend, home, [full], usual), [full])
    return _figure([tally])


BY_ID = {"R-55": full_disk}


@dataclass
class Outcome:
    """What came of a home: what is wrong, or nothing."""

    trouble: str = ""
    refused: int = 0
    """Commands that the full disk ended."""
    in_doubt: int = 0


@dataclass
class Tally:
    """What came of the homes of one command."""

    name: str
    moments: int = 0
    homes: int = 0
    refused: int = 0
    in_doubt: int = 0
    wrong: list[str] = field(default_factory=list)

    def enter(self, outcome: Outcome, fulls: Sequence["Full"]) -> None:
        self.moments += len(fulls)
        self.homes += 1
        self.refused += outcome.refused
        self.in_doubt += outcome.in_doubt
        if outcome.trouble:
            at = "+".join(f"{full.first}x{full.times}" for full in fulls)
            self.wrong.append(f"write_{at}:{outcome.trouble}")


def _figure(tallies: Sequence[Tally]) -> Figure:
    wrong = [f"{one.name}:{text}" for one in tallies for text in one.wrong]
    counts = ";".join(
        f"{one.name}_{one.moments}_moments_in_{one.homes}_homes_{one.refused}_refused"
        for one in tallies
    )
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
class Full:
    """The disk is full from a write on, for so many writes."""

    first: int
    times: int


@dataclass(frozen=True)
class Usual:
    """What the command leaves behind undisturbed: twice run once, and once run twice."""

    states: tuple[State, ...]
    files: frozenset[str]
    writes: int


def _prepared_and_tried(
    workers: "queue.SimpleQueue[Commands]", command: Command, folder: Path, count: int,
    chance: random.Random,
) -> Tally:  # fmt: skip
    """The homes of a command, some at a time; most have a Dagster instance, as homes in use do."""
    at = workers.get()
    command.prepare(at, folder / "new")
    shutil.copytree(folder / "new", folder / "used")
    with instance_of(Home(folder / "used")):
        pass
    usual = _usual(at, command, folder / "used", tables=True)
    with _copy(folder / "new") as home:
        new_writes = at.run(home, command.asked(home)).writes
    workers.put(at)
    tally, planned = Tally(command.name), []
    few = count // _NEW_HOMES
    for name, writes, moments in (("used", usual.writes, count - few), ("new", new_writes, few)):
        fulls = _moments(writes, moments, chance)
        planned += [
            (folder / name, fulls[at : at + command.in_a_row])
            for at in range(0, moments, command.in_a_row)
        ]

    def one(case: tuple[Path, list[Full]]) -> None:
        at = workers.get()
        try:
            outcome = _after(at, command, case[0], case[1], usual)
        finally:
            workers.put(at)
        tally.enter(outcome, case[1])

    processes.side_by_side(one, planned)
    return tally


def _moments(writes: int, count: int, chance: random.Random) -> list[Full]:
    """Drawn from all writes and lengths, none twice while there are others."""
    places = range(writes * len(_LASTS))
    drawn = chance.sample(places, min(count, len(places)))
    drawn += chance.choices(places, k=count - len(drawn))
    return [Full(1 + place // len(_LASTS), _LASTS[place % len(_LASTS)]) for place in drawn]


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


def _after(
    at: Commands, command: Command, before: Path, fulls: Sequence[Full], usual: Usual
) -> Outcome:
    """A copy of a home after full disks, and after the same command with room again."""
    outcome = Outcome()
    with _copy(before) as home:
        arguments, said = command.asked(home), ""
        for full in fulls:
            hit = at.run(home, arguments, full_from=full.first, full_times=full.times)
            outcome.refused += hit.status != 0
            if trouble := _ended_badly(hit):
                return Outcome(f"{full}_{trouble}", outcome.refused)
            said = hit.last_line
        outcome.trouble = _not_mended(at, command, home, said)
        if not outcome.trouble:
            state = read_state(Home(home), tables=bool(usual.states[0].tables))
            outcome.in_doubt = len(state.in_doubt)
            outcome.trouble = _unlike(usual, state, home, command)
    return outcome


def _not_mended(at: Commands, command: Command, home: Path, said: str) -> str:
    """What does not work though there is room again."""
    again = at.run(home, command.asked(home))
    if again.status != 0:
        return f"again_{again.status}_{again.said[-300:]}|before_said_{said}"
    for words in command.looking:
        looked = at.run(home, words.split())
        if looked.status != 0:
            return f"{words}_{looked.status}_{looked.last_line}"
    return ""


def _unlike(usual: Usual, state: State, home: Path, command: Command) -> str:
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

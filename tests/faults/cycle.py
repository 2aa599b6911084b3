"""The weekly cycle stopped from outside, and the same command again.

R-51 SIGKILL, SIGHUP and SIGTERM at random moments of ``run weekly``, mails on
R-52 the same while daemon and webserver serve the same home; it is they who end the dead run.
     A home is stopped some times in a row before it is left in peace.
"""

import atexit
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cache
from pathlib import Path

from resources.home import Home
from tests.faults import processes
from tests.faults.cycle_state import State, read_state
from tests.faults.smtp_server import Mail, SmtpFaultServer
from tests.faults.wires import Wire, open_wire
from tests.figures import Figure
from tests.snowflake import small_tenant
from tests.timed_commands import Ended, ended

WEEK = "2026-11-09"
SIGNALS = (signal.SIGKILL, signal.SIGHUP, signal.SIGTERM)
#: Seconds after which a command counts as hung, on whatever machine: beside ten busy processes
#: a cycle of half a minute has taken eleven.
_HUNG = 2400.0
#: Seconds within which a command that was told to stop must have ended.
_STOPPING = 400.0
#: Of so many moments one lies between two mails, which is a small part of a cycle's time.
_AMONG_MAILS = 3

_START = (
    "import runpy, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "sys.argv[0] = 'cs-assets'; runpy.run_module('cs_assets.cli', run_name='__main__')"
)


@dataclass
class Site:
    """A home with the small tenant in its first week, its mail server, and how commands see both.

    Eight customers, six accounts that wait for a CSM, two dozen calls, nineteen mails.
    """

    home: Home
    wire: Wire

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {
            "CS_ASSETS_HOME": str(self.home.root),
            "CS_ASSETS_START_WEEK": WEEK,
            "CS_ASSETS_ENVIRONMENT": "production",
            "EMAIL_PROVIDER": "smtp",
            "MAIL_FROM": "reports@cs.test",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": self.wire.address,
            "SMTP_TLS": "none",
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "COLUMNS": "160",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with open(self.home.root / "said", "ab") as said:
            return subprocess.Popen(
                [sys.executable, "-c", _START, *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def mails(self) -> list[Mail]:
        """The mails that the server took."""
        server = self.wire.server
        assert isinstance(server, SmtpFaultServer)
        return server.mails

    @property
    def keys(self) -> list[str]:
        """Their delivery keys."""
        found = [message_from_bytes(mail.content)["X-Delivery-Key"] for mail in list(self.mails)]
        return ["".join(key.split()) for key in found]

    @property
    def said(self) -> str:
        return (self.home.root / "said").read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class Case:
    """A signal, and when: after a share of the processor time of a whole cycle, or of its mails."""

    number: int
    signal: signal.Signals
    share: float
    among_mails: bool


@dataclass
class Tally:
    """What came of all cases."""

    wrong: list[str] = field(default_factory=list)
    in_doubt: int = 0
    ratios: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    ended_within: list[float] = field(default_factory=list)

    def enter(self, cases: Sequence[Case], problem: str) -> None:
        """What is wrong with a home after these, or nothing; told at once, as figures take long."""
        at = "+".join(f"case_{one.number}_{one.signal.name}_{one.share:.3f}" for one in cases)
        if problem:
            self.wrong.append(f"{at}:{problem}")
        sys.stderr.write(f"{time.strftime('%H:%M')} {at} {problem or 'as_undisturbed'}\n")

    def figure(self, id_: str, name: str, cases: int) -> Figure:
        hung = sum("no end" in text for text in self.wrong)
        value = (
            f"{len(self.wrong)}_of_{cases}_wrong;{hung}_hung;{self.in_doubt}_mails_held_in_doubt;"
            f"slowest_again_{max(self.ratios, default=0):.2f}x_processor_"
            f"{max(self.walls, default=0):.0f}s_wall"
        )
        if self.ended_within:
            value += f";dead_run_ended_within_{max(self.ended_within):.1f}s"
        value += "".join(f";{text}" for text in self.wrong[:3])
        passed = not self.wrong and max(self.ratios, default=9) <= 2
        passed = passed and max(self.ended_within, default=0) <= 10
        target = "0_wrong;0_hung;again_<=2x" + (";ended_<=10s" if self.ended_within else "")
        return Figure(id_, name, value, target, passed)


def stopped(cases: int = 60, seed: int = 51) -> Figure:
    """R-51: a home for each case."""
    usual = undisturbed()
    tally = Tally()

    def one(case: Case) -> None:
        with site() as at:
            _stop_and_repeat(at, [case], usual, tally)

    processes.side_by_side(one, _cases(cases, seed))
    return tally.figure("R-51", f"run_weekly_stopped_{cases}_times_and_run_again", cases)


def stopped_while_served(
    cases: int = 60, in_a_row: int = 3, homes: int = 2, seed: int = 52
) -> Figure:
    """R-52: homes that are served all the while; tables and mails are new for each row of cases."""
    usual = undisturbed()
    tally = Tally()
    planned = _cases(cases, seed)
    rows = [planned[start : start + in_a_row] for start in range(0, cases, in_a_row)]

    def one(part: Sequence[Sequence[Case]]) -> None:
        with site() as at, _served(at):
            for row in part:
                _afresh(at)
                _stop_and_repeat(at, row, usual, tally, served=True)

    processes.side_by_side(one, [rows[start::homes] for start in range(homes)])
    name = f"run_weekly_stopped_{cases}_times_in_{len(rows)}_cycles_while_served"
    return tally.figure("R-52", name, cases)


BY_ID: dict[str, Callable[[], Figure]] = {"R-51": stopped, "R-52": stopped_while_served}


# --- one case ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Usual:
    """What undisturbed cycles leave behind and take."""

    states: tuple[State, State, State]
    """Two homes after one cycle, and one after two: what differs among these says nothing."""
    mails: frozenset[str]
    processor: float


def undisturbed() -> Usual:
    """Cycles nobody stops."""
    states, took = [], []
    for times in (1, 2):
        with site() as at:
            for _ in range(times):
                cycle = _run(at)
                if cycle.status != 0:
                    raise AssertionError(f"an undisturbed cycle ended with {cycle}: {at.said}")
                took.append(cycle.processor)
                states.append(read_state(at.home))
            mails = frozenset(at.keys)
    return Usual((states[0], states[1], states[2]), mails, sum(took) / len(took))


def _stop_and_repeat(
    at: Site, cases: Sequence[Case], usual: Usual, tally: Tally, *, served: bool = False
) -> None:
    """Stop a cycle, and the same command again, and enter what is wrong when none is stopped.

    Served, every other dead run is awaited until the daemon has ended it; the next command finds
    the others as the signal left them.
    """
    earlier = 1.0
    while True:
        for case in cases:
            problem = _stop(at, case, case.share * earlier, usual)
            if problem is not None:
                break
            if served and case.number % 2 == 0:
                tally.ended_within.append(_until_ended(at))
        if problem != _DONE_BEFORE:
            break
        earlier *= 0.8
        _afresh(at)
    if problem is None:
        again = _run(at)
        tally.ratios.append(again.processor / usual.processor)
        tally.walls.append(again.wall)
        problem = _problem(at, again, usual, tally, stopped=len(cases))
    tally.enter(cases, problem)


_DONE_BEFORE = "done before its moment"


def _stop(at: Site, case: Case, share: float, usual: Usual) -> str | None:
    """Send the signal at its moment; what is wrong with how the command ended."""
    process = at.start("run", "weekly", "--week", WEEK)
    _wait_for(process, at, case, share, usual)
    with contextlib.suppress(ProcessLookupError):
        if case.signal is signal.SIGHUP:  # a terminal that is closed tells all its processes
            os.killpg(process.pid, case.signal)
        else:
            os.kill(process.pid, case.signal)
    status = ended(process, _STOPPING).status
    stopped_by = {-case.signal, 128 + case.signal}  # the former before it heeds signals
    if status is None:
        return "no end when told to stop"
    if status == 0:
        return _DONE_BEFORE
    return None if status in stopped_by else f"told to stop it ended with {status}"


def _wait_for(
    process: subprocess.Popen[bytes], at: Site, case: Case, share: float, usual: Usual
) -> None:
    """Until the case's moment, or the end if that comes before."""
    wanted = share * usual.processor
    mails = len(at.mails) + int(share * (len(usual.mails) - len(at.mails))) + 1
    ends = time.monotonic() + _HUNG
    while _is_there(process.pid) and time.monotonic() < ends:
        if len(at.mails) >= mails if case.among_mails else _processor(process.pid) >= wanted:
            return
        time.sleep(0.002)


def _problem(at: Site, again: Ended, usual: Usual, tally: Tally, stopped: int) -> str:
    """What is not as after a cycle that nobody stopped."""
    if again.status is None:
        return "no end"
    if again.status != 0:
        return f"status_{again.status}_{at.said[-200:]}"
    state = read_state(at.home)
    mails = at.keys
    twice = sorted({mail for mail in mails if mails.count(mail) > 1})
    tally.in_doubt += len(state.in_doubt)
    lost = usual.mails - set(mails) - state.in_doubt
    found = {
        "mails_twice": twice,
        "mails_lost": sorted(lost),
        "mails_unknown_before": sorted(set(mails) - usual.mails),
        "in_doubt_beyond_those_that_were_going_out": sorted(state.in_doubt)[stopped:],
        "tables": state.unlike(usual.states),
        "runs_unfinished": state.unfinished_runs,
        "slots_held": state.held_slots,
    }
    return ";".join(f"{name}={what}" for name, what in found.items() if what)


def _until_ended(at: Site) -> float:
    """Seconds until the daemon has ended the run that died."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        state = read_state(at.home, tables=False)
        if not state.unfinished_runs and not state.held_slots:
            break
        time.sleep(0.2)
    return time.monotonic() - began


def _run(at: Site) -> Ended:
    return ended(at.start("run", "weekly", "--week", WEEK), _HUNG)


def _is_there(pid: int) -> bool:
    """Whether it still runs; nothing is asked of its exit status, which is for ``ended``."""
    fields = _stat(pid)
    return fields is not None and fields[0] not in "ZX"


def _processor(pid: int) -> float:
    """Processor seconds of a process so far; none once it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def _cases(count: int, seed: int) -> list[Case]:
    moments = random.Random(seed)
    return [
        Case(
            number,
            SIGNALS[number % len(SIGNALS)],
            moments.uniform(0.0, 0.98),
            number // len(SIGNALS) % _AMONG_MAILS == 0,
        )
        for number in range(count)
    ]


# --- places ------------------------------------------------------------------------------


@contextmanager
def site() -> Iterator[Site]:
    """A home with what a cycle reads, and a mail server."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        open_wire("smtp") as wire,
    ):
        home = Home(Path(folder) / "home")
        shutil.copytree(_seed(), home.root)
        yield Site(home, wire)


@cache
def _seed() -> Path:
    """The small tenant's files, made once and copied."""
    folder = Path(tempfile.mkdtemp(prefix="tenant-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    small_tenant.put(Home(folder / "home").ensure())
    return folder / "home"


def _afresh(at: Site) -> None:
    """The home as it was before its first cycle, but for its Dagster instance; no mail so far."""
    at.mails.clear()
    for path in at.home.root.iterdir():
        if path.name not in ("dagster", "said", "sources", "gong"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _served(at: Site) -> Iterator[None]:
    """``cs-assets up`` over the home; yields once its daemon is at work."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = at.start("up", "--port", str(port), "--desk-port", "0")
    try:
        ends = time.monotonic() + 180
        while not _daemon_runs(port):
            if process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"nothing is served: {at.said[-500:]}")
            time.sleep(0.5)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        if ended(process, 60).status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _daemon_runs(port: int) -> bool:
    asked = json.dumps(
        {"query": "{instance{daemonHealth{allDaemonStatuses{daemonType healthy}}}}"}
    ).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", asked, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            health = json.load(answer)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return any(one["daemonType"] == "MONITORING" and one["healthy"] for one in health)

"""A weekly cycle beside a desk that twenty people use: what each costs the other."""

import contextlib
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException
from websockets.sync.client import unix_connect

from cs_assets.desk import app, session
from cs_assets.desk.viewer import signed
from tests.desk.streamlit_client import shown
from tests.desk.viewing import viewer
from tests.figures import Figure
from tests.judge.finished_home import WEEK, finished_home
from tests.timed_commands import ended
from tests.waiting import PATIENCE, until

_ROOT = Path(__file__).parents[2]
#: Twenty people of the sample company, by role.
_CSMS = tuple(f"csm:CSM00{n}" for n in range(1, 5))
_LEADERS = ("manager:WD0900", "manager:4726638792111416045", "manager:4531220312054606851")
_REPS = (
    "rep:3448798680768352534", "rep:4237476665647125939", "rep:4591551933306684763",
    "rep:6065924313712655857", "rep:7635930750332398601", "rep:8071012359332926970",
    "rep:8739647957786990315", "rep:9937022003859731429",
)  # fmt: skip
PEOPLE = (*_CSMS, *_LEADERS, *_REPS, *["operations"] * 5)
#: Seconds from one page to the next, of each person.
_PACE = (10.0, 20.0)


@dataclass
class Used:
    """How long pages took, in seconds, from asking to the last of what they show."""

    taken: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cycle:
    """Seconds of one weekly cycle."""

    processor: float
    waited: float
    """For its turn at the warehouse."""
    wall: float

    @property
    def cost(self) -> float:
        """Its own work and what it waited for; what others do on the processor is not counted."""
        return self.processor + self.waited


def beside_each_other(turns: int = 2, only: str = "") -> tuple[list[Figure], str]:
    """Cycles without and with the desk in use, in turns; both figures, and how they came about.

    ``only``: a part of the cycle, as ``run week --only`` has it.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        finished = stack.enter_context(finished_home())
        quiet, beside, used = [], [], Used()
        for turn in range(turns):
            for is_used in (False, True):
                home = folder / f"home{turn}{is_used}"
                shutil.copytree(finished, home)
                with _in_use(home, used) if is_used else contextlib.nullcontext():
                    (beside if is_used else quiet).append(_cycle(home, only))
                shutil.rmtree(home)
    return [_slowed(quiet, beside, len(used.taken)), _paged(used)], str(
        (quiet, beside, used.failed[:3])
    )


def _slowed(quiet: list[Cycle], beside: list[Cycle], pages: int) -> Figure:
    before, after = (min(one.cost for one in some) for some in (quiet, beside))
    waits = [f"{one.waited:.2f}" for one in beside]
    return Figure(
        "P-desk-02",
        f"weekly cycle beside a desk in use by {len(PEOPLE)} people: processor time and waits for "
        f"the warehouse, {len(beside)} turns each ({before:.1f} s without, {after:.1f} s with; "
        f"waited {', '.join(waits)} s; {pages} pages)",
        f"{100 * (after / before - 1):+.1f}%", "<= +5%", pages > 0 and after <= 1.05 * before,
    )  # fmt: skip


def _paged(used: Used) -> Figure:
    taken = sorted(used.taken)
    p95 = taken[max(0, -(-len(taken) * 95 // 100) - 1)] if taken else float("inf")
    return Figure(
        "P-desk-01c",
        f"page, p95 of {len(taken)} that {len(PEOPLE)} people open while a cycle runs "
        f"(slowest {max(taken, default=0):.1f} s; {len(used.failed)} failed)",
        f"{p95:.2f} s", "<= 1.5 s", p95 <= 1.5 and not used.failed,
    )  # fmt: skip


def _cycle(home: Path, only: str) -> Cycle:
    said, waits = home / "said", home / "waits"
    part = ["--only", only] if only else []
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.desk_waits", str(waits), "run", "week",
             "--week", WEEK, "--home", str(home), *part],
            env=_environment(home), stdout=file, stderr=file,
        )  # fmt: skip
    cycle = ended(process, 1800)
    if cycle.status != 0:
        raise AssertionError(f"a cycle ended with {cycle.status}: {said.read_text()[-2000:]}")
    return Cycle(cycle.processor, sum(map(float, waits.read_text().split())), cycle.wall)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT), "DAGSTER_DISABLE_TELEMETRY": "1", "CS_ASSETS_HOME": str(home),
    }  # fmt: skip


@contextlib.contextmanager
def _in_use(home: Path, used: Used) -> Iterator[None]:
    """The desk's pages over a home, and people who open one after the other until this ends."""
    with tempfile.TemporaryDirectory() as folder:
        socket, key = Path(folder) / "pages", Path(folder) / "key"
        key.write_bytes(secrets.token_bytes(32))
        command = [sys.executable, "-m", "cs_assets.desk.front.pages", str(socket), str(key)]
        pages = subprocess.Popen(command, env=_environment(home))
        over = threading.Event()
        try:
            until(socket.exists, "the pages")
            threads = [
                threading.Thread(
                    target=_looks, args=(who, number, socket, key.read_bytes(), over, used)
                )
                for number, who in enumerate(PEOPLE)
            ]
            for one in threads:
                one.start()
            try:
                yield
            finally:
                over.set()
                for one in threads:
                    one.join(PATIENCE)
        finally:
            pages.terminate()
            pages.wait(PATIENCE)


def _looks(
    who: str, number: int, socket: Path, key: bytes, over: threading.Event, used: Used
) -> None:
    chance = random.Random(number)
    token = signed(viewer(who), key)
    pages = app.PAGES[viewer(who).asker.role]
    try:
        with unix_connect(
            str(socket), "ws://localhost/_stcore/stream", max_size=None, ping_interval=None,
            additional_headers={session.HEADER: token}, subprotocols=["streamlit", "xsrf"],
        ) as page:  # fmt: skip
            over.wait(chance.uniform(0, _PACE[0]))
            is_first = True
            while not over.is_set():
                asked = time.monotonic()
                told = shown(page, chance.choice(pages))
                if not is_first:  # the first loads what is loaded once, and once a session
                    used.taken.append(time.monotonic() - asked)
                is_first = False
                if "cannot be reached right now" in told or "Something went wrong" in told:
                    used.failed.append(f"{who}: {told[:200]}")
                over.wait(chance.uniform(*_PACE))
    except (OSError, WebSocketException, TimeoutError) as error:
        used.failed.append(f"{who}: {error}")


def figures() -> list[Figure]:
    made, how = beside_each_other()
    print(f"  {how}")
    return made


BY_ID = {"P-desk-02": figures, "P-desk-01c": figures}

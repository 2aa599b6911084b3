"""Real SIGKILL at every boundary, and at random: R-01, R-02, R-06, R-38."""

import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults import child, processes
from tests.faults.child import Run
from tests.faults.http_server import KillAt, Reply, Request
from tests.faults.processes import finish, side_by_side
from tests.faults.wires import WIRES, Wire, open_wire
from tests.figures import Figure
from tests.waiting import until

#: Where the process dies, and what must be true of that delivery after restarting:
#: the states it may end in and how often it may have gone out.
POINTS: dict[str, tuple[set[str], set[int]]] = {
    "before_plan_commit": ({"sent"}, {1}),
    "after_plan_commit": ({"sent"}, {1}),
    "before_claim_commit": ({"sent"}, {1}),
    "after_claim_commit": ({"unknown"}, {0}),
    "before_send": ({"unknown"}, {0}),
    "after_answer": ({"unknown"}, {1}),
    "within_journal_line": ({"unknown"}, {1}),
    "before_journal_fsync": ({"sent"}, {1}),
    "after_journal": ({"sent"}, {1}),
    "before_settle_commit": ({"sent"}, {1}),
    "after_settle_commit": ({"sent"}, {1}),
}
SMTP_POINTS: dict[str, tuple[set[str], set[int]]] = {
    "smtp_after_mail_from": ({"unknown"}, {0}),
    "smtp_after_rcpt_to": ({"unknown"}, {0}),
    "smtp_after_data": ({"unknown"}, {0}),
    "smtp_before_final_dot": ({"unknown"}, {0}),
    "smtp_after_final_dot": ({"unknown"}, {1}),
}
#: Moments at which the server kills the client.
WIRE_MOMENTS: dict[KillAt, tuple[set[str], set[int]]] = {
    # A small request is in the socket already when the server looks up.
    KillAt.CONNECTED: ({"unknown"}, {0, 1}),
    KillAt.HALF_READ: ({"unknown"}, {0, 1}),
    KillAt.READ: ({"unknown"}, {1}),
    KillAt.ANSWERED: ({"unknown", "sent"}, {1}),
}
_COUNT = 3


def start(todo: Run) -> BaseProcess:
    return processes.start(child.run_until_stopped, todo)


def ledger_states(home: Path) -> dict[str, str]:
    """State by artefact, read without the code under test."""
    with sqlite3.connect(home / "delivery.sqlite") as connection:
        return dict(connection.execute("SELECT artefact_id, state FROM delivery").fetchall())


@contextmanager
def place(wire: str) -> Iterator[tuple[Path, Wire]]:
    with tempfile.TemporaryDirectory() as folder, open_wire(wire) as opened:
        yield Path(folder), opened


def until_quiet(home: Path, wire: Wire, count: int) -> None:
    """Restart, each time later than any lease, until a run changes nothing."""
    before: object = None
    for attempt in range(1, 6):
        finish(start(Run(str(home), wire.name, wire.address, count, hours_later=attempt)))
        now = (ledger_states(home), wire.taken)
        if now == before:
            return
        before = now


def one_named_kill(case: tuple[str, str | KillAt]) -> str:
    """Kill at a point of a wire, restart until quiet; returns what is wrong, or nothing."""
    name, point = case
    states, wires = _expected(point)
    with place(name) as (home, wire):
        crash_at = point if isinstance(point, str) else ""
        if isinstance(point, KillAt):
            wire.kill_at(point)
        process = start(Run(str(home), name, wire.address, _COUNT, crash_at=crash_at))
        wire.server.kill(int(process.pid or 0))
        status = finish(process)
        if status != -signal.SIGKILL:
            return f"{name}/{point}: was not killed ({status})"
        until_quiet(home, wire, _COUNT)
        found, taken = ledger_states(home), wire.taken
    first, others = found["CUST_00001"], [found[f"CUST_{n:05d}"] for n in range(2, _COUNT + 1)]
    once = all(taken[f"CUST_{n:05d}"] == 1 for n in range(2, _COUNT + 1))
    if (
        first not in states
        or taken["CUST_00001"] not in wires
        or set(others) != {"sent"}
        or not once
    ):
        return f"{name}/{point}: {found} {dict(taken)}"
    return ""


def _expected(point: str | KillAt) -> tuple[set[str], set[int]]:
    if isinstance(point, KillAt):
        return WIRE_MOMENTS[point]
    return POINTS.get(point) or SMTP_POINTS[point]


def points_of(wire: str) -> list[str | KillAt]:
    """Every commit and network boundary of a wire."""
    return [*POINTS, *([*SMTP_POINTS, KillAt.READ] if wire == "smtp" else WIRE_MOMENTS)]


@cache
def all_named_kills(*, in_turn: bool = False) -> dict[tuple[str, str | KillAt], str]:
    """What is wrong at each point of each wire, or an empty text; made once for all readers.

    ``in_turn``: a point of the code, which is the same code for all, on one wire only.
    """
    cases = [
        (wire, point)
        for number, wire in enumerate(WIRES)
        for place, point in enumerate(points_of(wire))
        if not in_turn or point not in POINTS or place % len(WIRES) == number
    ]
    return dict(zip(cases, side_by_side(one_named_kill, cases), strict=True))


def named_kills(*, in_turn: bool = False) -> Figure:
    """R-01: SIGKILL at every commit and network boundary, on every transport."""
    troubles = all_named_kills(in_turn=in_turn)
    wrong = [trouble for trouble in troubles.values() if trouble]
    fewest = min(len(points_of(wire)) for wire in WIRES)
    where = "those of the code in turn" if in_turn else f"at least {fewest} of each"
    return Figure(
        "R-01",
        f"named kill points ({where} of {len(WIRES)} transports): lost, duplicated or unexplained",
        f"{len(wrong)} of {len(troubles)}{': ' + '; '.join(wrong[:3]) if wrong else ''}",
        "0",
        not wrong and fewest >= 14,
    )


@dataclass(frozen=True)
class Killed:
    """What became of one weekly run under random kills."""

    kills: int
    lost: int
    duplicated: int
    unknown: int


_WEEK = 100
"""Deliveries of a weekly run."""


def one_run_killed_at_random(seed: int) -> Killed:
    """A weekly run that is killed up to three times at random moments, then left in peace."""
    rng, kills, name = random.Random(seed), 0, WIRES[seed % len(WIRES)]
    with place(name) as (home, wire):
        child.write_artefacts(home, _WEEK, wire.channel)
        for later in range(3):
            process = start(Run(str(home), name, wire.address, _WEEK, hours_later=later))
            # By what the provider has seen, because time alone would mostly miss the run.
            _wait_until(wire, process, more=rng.randrange(_WEEK // 2), seconds=5)
            time.sleep(rng.uniform(0, 0.02))
            processes.kill(process)
            kills += finish(process) == -signal.SIGKILL
        for later in (4, 5):
            finish(start(Run(str(home), name, wire.address, _WEEK, hours_later=later)))
        states, taken = ledger_states(home), wire.taken
    everybody = [f"CUST_{number:05d}" for number in range(1, _WEEK + 1)]
    held = {who for who, state in states.items() if state == "unknown"}
    lost = [who for who in everybody if taken[who] == 0 and who not in held]
    open_still = [who for who in everybody if states.get(who) not in ("sent", "unknown")]
    twice = [who for who, times in taken.items() if times > 1]
    return Killed(kills, len(lost) + len(open_still), len(twice), len(held))


def _wait_until(wire: Wire, process: BaseProcess, *, more: int, seconds: float) -> None:
    """Until the provider has got ``more`` messages, or the process has ended."""
    before, until = wire.received, time.monotonic() + seconds
    while wire.received < before + more and time.monotonic() < until:
        if connection.wait([process.sentinel], 0.001):
            return


def random_kills(runs: int = 20) -> Figure:
    """R-02: SIGKILL at random moments of weekly runs; nothing lost, nothing twice."""
    found = side_by_side(one_run_killed_at_random, range(runs))
    kills, unknown = sum(run.kills for run in found), sum(run.unknown for run in found)
    lost, duplicated = sum(run.lost for run in found), sum(run.duplicated for run in found)
    return Figure(
        "R-02",
        f"{runs} runs of {_WEEK} with {kills} random kills: lost, duplicates, unknown",
        f"{lost}, {duplicated}, {unknown}",
        f"0, 0, <= {kills}",
        lost == 0 and duplicated == 0 and unknown <= kills and kills >= 2 * runs,
    )


def claim_race(processes: int = 8, count: int = 500) -> Figure:
    """R-06: many processes start on the same keys; each key goes out once."""
    with place("slack-webhook") as (home, wire):
        child.write_artefacts(home, count, "slack")
        began = time.monotonic()
        runs = [start(Run(str(home), wire.name, wire.address, count)) for _ in range(processes)]
        failures = sum(finish(run) != 0 for run in runs)
        seconds = time.monotonic() - began
        times = Counter(wire.taken.values())
    return Figure(
        "R-06",
        f"{processes} processes race for {count} keys in {seconds:.1f} s: keys not sent exactly "
        "once, failed processes",
        f"{count - times[1]}, {failures}",
        "0, 0",
        times == Counter({1: count}) and failures == 0,
    )


def termination() -> Figure:
    """R-38: SIGTERM while a provider is slow: settled within 10 s, nothing new is claimed."""
    wrong, slowest = [], 0.0
    for name in ("slack-webhook", "sendgrid"):
        with place(name) as (home, wire):
            wire.script(_slow)
            process = start(Run(str(home), name, wire.address, 5, client_seconds=30))
            until(lambda: wire.taken, "the first request")
            began = time.monotonic()
            os.kill(int(process.pid or 0), signal.SIGTERM)
            finish(process, 20)
            slowest = max(slowest, time.monotonic() - began)
            states, taken = ledger_states(home), sum(wire.taken.values())
            if Counter(states.values()) != Counter(unknown=1, pending=4) or taken != 1:
                wrong.append(f"{name}: {states}")
    return Figure(
        "R-38",
        f"SIGTERM in flight: runs not settled as 1 unknown, 4 pending; slowest {slowest:.1f} s",
        f"{len(wrong)} of 2{': ' + '; '.join(wrong) if wrong else ''}",
        "0, <= 10 s",
        not wrong and slowest <= 10,
    )


def _slow(request: Request) -> Reply:
    time.sleep(15)
    return Reply(200, b"ok")

"""Real SIGKILL at every boundary, and at random: R-01, R-02, R-06, R-38."""

import multiprocessing
import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults import child
from tests.faults.child import Run
from tests.faults.http_server import KillAt, Reply, Request
from tests.faults.wires import WIRES, Wire, open_wire
from tests.figures import Figure

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


def _context() -> multiprocessing.context.ForkServerContext:
    """Processes forked from a server that has imported delivery already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preload"])
    return context


def start(todo: Run) -> BaseProcess:
    process = _context().Process(target=child.run_until_stopped, args=(todo,))
    process.start()
    return process


def finish(process: BaseProcess, seconds: float = 60) -> int:
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError("a delivery run did not end")
    return int(process.exitcode or 0)


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


def one_named_kill(name: str, point: str | KillAt) -> str:
    """Kill at ``point``, restart until quiet; returns what is wrong, or nothing."""
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


def named_kills() -> Figure:
    """R-01: SIGKILL at every commit and network boundary, on every transport."""
    cases, wrong = 0, []
    for name in WIRES:
        points: list[str | KillAt] = list(POINTS)
        points += [*SMTP_POINTS, KillAt.READ] if name == "smtp" else list(WIRE_MOMENTS)
        for point in points:
            cases += 1
            if trouble := one_named_kill(name, point):
                wrong.append(trouble)
    return Figure(
        "R-01",
        "named kill points x transports: lost, duplicated or unexplained",
        f"{len(wrong)} of {cases}{': ' + '; '.join(wrong[:3]) if wrong else ''}",
        "0",
        not wrong and cases >= 70,
    )


def random_kills(runs: int = 20, count: int = 100, kills_each: int = 3, seed: int = 1) -> Figure:
    """R-02: SIGKILL at random moments of a weekly run; nothing lost, nothing twice."""
    rng = random.Random(seed)
    lost = duplicated = unknown = kills = 0
    for number in range(runs):
        name = WIRES[number % len(WIRES)]
        with place(name) as (home, wire):
            child.write_artefacts(home, count, wire.channel)
            for later in range(kills_each):
                process = start(Run(str(home), name, wire.address, count, hours_later=later))
                time.sleep(rng.uniform(0.05, 0.6))
                if process.is_alive():
                    os.kill(int(process.pid or 0), signal.SIGKILL)
                    kills += 1
                process.join()
            until_quiet_after(home, wire, count, kills_each + 1)
            states, taken = ledger_states(home), wire.taken
            duplicated += sum(times > 1 for times in taken.values())
            held = {who for who, state in states.items() if state == "unknown"}
            unknown += len(held)
            lost += sum(
                taken[f"CUST_{n:05d}"] == 0 and f"CUST_{n:05d}" not in held
                for n in range(1, count + 1)
            )
            lost += count - len(states)
    return Figure(
        "R-02",
        f"{runs} runs of {count} with {kills} random kills: lost, duplicates, unknown",
        f"{lost}, {duplicated}, {unknown}",
        f"0, 0, <= {kills}",
        lost == 0 and duplicated == 0 and unknown <= kills,
    )


def until_quiet_after(home: Path, wire: Wire, count: int, first_hour: int) -> None:
    for later in range(first_hour, first_hour + 2):
        finish(start(Run(str(home), wire.name, wire.address, count, hours_later=later)))


def claim_race(processes: int = 8, count: int = 500) -> Figure:
    """R-06: many processes start on the same keys; each key goes out once."""
    with place("slack-webhook") as (home, wire):
        child.write_artefacts(home, count, "slack")
        began = time.monotonic()
        runs = [start(Run(str(home), wire.name, wire.address, count)) for _ in range(processes)]
        failures = sum(finish(run, 120) != 0 for run in runs)
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
            while not wire.taken:
                time.sleep(0.02)
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

"""A delivery run in a process of its own, to be killed. Imports nothing but delivery."""

import contextlib
import datetime as dt
import signal
from dataclasses import dataclass
from pathlib import Path

from cs_assets.delivery import crash_points, delivering
from cs_assets.delivery.clock import SystemClock
from tests.faults.scene import MONDAY_AFTER, artefact, open_outbox
from tests.faults.wires import make_courier


@dataclass(frozen=True)
class Run:
    """What the child is to do."""

    home: str
    wire: str
    address: str
    count: int
    crash_at: str = ""
    hours_later: float = 0.0
    client_seconds: float = 5.0


class ShiftedClock(SystemClock):
    """The machine's clock, moved to the week of the artefacts."""

    def __init__(self, hours_later: float) -> None:
        self._shift = MONDAY_AFTER + dt.timedelta(hours=hours_later) - super().now()

    def now(self) -> dt.datetime:
        return super().now() + self._shift


def run(todo: Run) -> None:
    """Plan and send ``count`` artefacts; dies where told."""
    signal.signal(signal.SIGTERM, _stop)
    crash_points.arm(todo.crash_at)
    home = Path(todo.home)
    channel = "slack" if todo.wire.startswith("slack") else "email"
    courier = make_courier(todo.wire, todo.address, home, todo.client_seconds)
    clock = ShiftedClock(todo.hours_later)
    with open_outbox(home, {channel: courier}, clock) as outbox:
        artefacts = [artefact(home, n, channel=channel) for n in range(1, todo.count + 1)]
        plan = delivering.plan(outbox, artefacts, allow_late=False)
        planned = outbox.ledger.plan(plan.deliveries, clock.now(), "child")
        delivering.sender(outbox).run(planned.keys)


def run_until_stopped(todo: Run) -> None:
    """As ``run``; ends quietly when terminated."""
    with contextlib.suppress(KeyboardInterrupt):
        run(todo)


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def write_artefacts(home: Path, count: int, channel: str) -> None:
    """The files of ``count`` artefacts, so that children race for sending only."""
    for number in range(1, count + 1):
        artefact(home, number, channel=channel)

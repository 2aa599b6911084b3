"""R-53: a channel that is down for a while, at a random moment, on every transport.

The real clients meet a real server, a port where nobody listens, a name that does not
exist, or a server that says "not now". Time stands still but for sends and waits. After the
run only what the sensor on waiting deliveries does happens; nobody gives a command.
"""

import datetime as dt
import random
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_assets.delivery import waiting
from cs_assets.delivery.couriers import Courier, MailCourier, Prepared, SlackCourier
from cs_assets.delivery.delivering import Outbox, Report, deliver
from cs_assets.delivery.model import Answer, Delivery, State
from resources.mail.providers.console import ConsoleMail
from resources.slack.console import ConsoleSlack
from tests.faults.doubles import FixedClock
from tests.faults.processes import side_by_side
from tests.faults.scene import MONDAY_AFTER, WEEK, artefact, default_policy, open_outbox
from tests.faults.wires import WIRES, Wire, make_courier, open_wire, temporary_refusals
from tests.figures import Figure

DURATIONS = {
    "5 s": dt.timedelta(seconds=5),
    "5 min": dt.timedelta(minutes=5),
    "2 h": dt.timedelta(hours=2),
}
#: What it means to be down.
HOW = ("refused", "no such name", "not now")
#: A send takes this long, so that an outage of seconds is met by several.
_SEND = dt.timedelta(seconds=0.3)


@dataclass(frozen=True)
class Case:
    """One outage."""

    wire: str
    duration: str
    how: str
    seed: int
    count: int


@dataclass
class Outage:
    """A channel's courier that is down from the ``after``-th message on, for a while."""

    wire: Wire
    up: Courier
    down: Courier
    how: str
    after: int
    lasts: dt.timedelta
    clock: FixedClock
    began: dt.datetime | None = None
    refused: int = 0
    refusals: list[Any] = field(default_factory=list)

    @property
    def provider(self) -> str:
        return self.up.provider

    def prepare(self, delivery: Delivery) -> Prepared:
        return self.up.prepare(delivery)

    def send(self, prepared: Prepared) -> Answer:
        self.clock.moment += _SEND
        if self.began is None and self.wire.received >= self.after:
            self.began = self.clock.now()
        if self.began is None or self.clock.now() >= self.began + self.lasts:
            return self.up.send(prepared)
        self.refused += 1
        if self.how == "not now":
            self.wire.script(self.refusals[self.refused % len(self.refusals)])
            return self.up.send(prepared)
        return self.down.send(prepared)

    def close(self) -> None:
        self.up.close()
        self.down.close()


def one_outage(case: Case) -> str:
    """What is wrong afterwards, or an empty text."""
    rng = random.Random(f"{case}")
    with tempfile.TemporaryDirectory() as folder, open_wire(case.wire) as wire:
        home, clock = Path(folder), FixedClock(MONDAY_AFTER)
        courier = Outage(
            wire,
            wire.courier(home),
            make_courier(case.wire, _nowhere(case), home),
            case.how,
            after=rng.randrange(case.count),
            lasts=DURATIONS[case.duration],
            clock=clock,
            refusals=[refusal for refusal, _ in temporary_refusals(case.wire)],
        )
        other = "slack" if wire.channel == "email" else "email"
        couriers: dict[str, Courier] = {wire.channel: courier, other: _files(other, home)}
        with open_outbox(home, couriers, clock) as outbox:
            said = _live_through(case, outbox, wire, clock)
            return _trouble(case, outbox, courier, said, home)


def _live_through(case: Case, outbox: Outbox, wire: Wire, clock: FixedClock) -> list[str]:
    """The run, and then the sensor's runs until nothing waits; what the run's log says."""
    artefacts = [artefact(outbox.home, n, channel=wire.channel) for n in range(1, case.count + 1)]
    said: list[str] = []

    def run(log: list[str]) -> Report:
        given_up = waiting.give_up(outbox, "weekly_report")
        report = deliver(
            outbox,
            artefacts,
            kind="weekly_report",
            period_start=WEEK,
            run_id="run",
            warn=log.append,
        )
        ways = {"slack_channel": "#ops", "email": "ops@cs.example"}
        waiting.tell(outbox, given_up, **ways)
        return report

    run(said)
    for _ in range(100):
        clock.move(minutes=outbox.policy.waiting.try_every_minutes)
        found = waiting.waiting_of(outbox.ledger, outbox.environments, outbox.policy, clock.now())
        due = waiting.due(found, outbox.ledger.outages(), clock.now())
        if not found:
            break
        if due.alerts:
            waiting.send_waiting_alerts(outbox, due.alerts)
        if due.periods:
            run([])
    return said


def _trouble(case: Case, outbox: Outbox, courier: Outage, said: list[str], home: Path) -> str:
    states = {one.state for one in outbox.ledger.find(report_kind="weekly_report")}
    taken = courier.wire.taken
    alerts = outbox.ledger.find(report_kind="delivery_alert")
    told = [one for one in alerts if one.state is State.SENT]
    outlasted = case.duration == "2 h"
    in_log = [line for line in said if "takes nothing at the moment" in line]
    wrong = [
        name
        for name, is_so in {
            f"states {sorted(states)}": states == {State.SENT},
            f"taken {sum(taken.values())}": _once(courier, case.count),
            f"told {len(told)} times": len(told) == outlasted,
            "an alert is open": not any(one.state is State.PENDING for one in alerts),
            f"logged {len(in_log)} times": len(in_log) == 1,
            "was never down": courier.refused > 0,
            "is still out": not outbox.ledger.outages(),
        }.items()
        if not is_so
    ]
    return f"{case.wire}/{case.duration}/{case.how}: {', '.join(wrong)}" if wrong else ""


def _once(courier: Outage, count: int) -> bool:
    """Each was accepted once: what the wire saw less what it refused."""
    if courier.how == "not now":
        return True  # the states say it: accepted is one answer, and each has one
    return sum(courier.wire.taken.values()) == len(courier.wire.taken) == count


def _nowhere(case: Case) -> str:
    """An address that nobody answers at, as the wire writes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    # A name that no resolver is asked for (tests may ask none); boto3 would refuse to try it.
    named = case.how == "no such name" and case.wire != "ses"
    host = "x" * 64 + ".invalid" if named else "127.0.0.1"
    return f"{host}:{port}" if case.wire == "smtp" else f"http://{host}:{port}"


def _files(channel: str, home: Path) -> Courier:
    """The other channel, which works: the alert goes there."""
    if channel == "slack":
        return SlackCourier(ConsoleSlack(home / "outbox"), home)
    return MailCourier(
        ConsoleMail(home / "outbox"),
        home,
        sender="reports@cs.example",
        reply_to=None,
        policy=default_policy(),
    )


def outages(seeds: int = 4, count: int = 72) -> Figure:
    """R-53: every transport, duration and way of being down, at ``seeds`` random moments each."""
    cases = [
        Case(wire, duration, how, seed, count)
        for wire in WIRES
        for duration in DURATIONS
        for how in HOW
        for seed in range(seeds)
    ]
    return figure_of(cases)


def some_outages(count: int = 6) -> Figure:
    """The same for each transport and duration once, the way of being down in turn."""
    pairs = [(wire, duration) for wire in WIRES for duration in DURATIONS]
    cases = [
        Case(wire, duration, HOW[(number + number // len(DURATIONS)) % len(HOW)], 0, count)
        for number, (wire, duration) in enumerate(pairs)
    ]
    return figure_of(cases)


def figure_of(cases: list[Case]) -> Figure:
    wrong = [trouble for trouble in side_by_side(one_outage, cases) if trouble]
    durations = ", ".join(dict.fromkeys(case.duration for case in cases))
    return Figure(
        "R-53",
        f"outages of {durations} on {len(WIRES)} transports after which something failed, was not "
        "sent once by itself, or was not told once",
        f"{len(wrong)} of {len(cases)}{': ' + '; '.join(wrong[:4]) if wrong else ''}",
        "0",
        not wrong,
    )

"""Alerts: about a failed run, about a channel that is down; sent once, as deliveries are."""

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from cs_assets.delivery import delivering
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Delivery, Parts, State
from cs_assets.delivery.planning import Artefact

RUN_FAILURE = "run_failure_alert"
DELIVERY = "delivery_alert"
KINDS = (RUN_FAILURE, DELIVERY)

#: An alert may not hold up who sends it; what is not taken in this time waits as all does.
_SECONDS = 20.0


class Alert(Protocol):
    """What a person is told once. ``name`` makes it this one; it is a file's name too."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def day(self) -> dt.date: ...

    @property
    def subject(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class RunFailure:
    """Which run failed, where."""

    run_id: str
    job: str
    partition: str
    failed_steps: tuple[str, ...]
    failed_on: dt.date

    kind = RUN_FAILURE

    @property
    def name(self) -> str:
        return self.run_id

    @property
    def day(self) -> dt.date:
        return self.failed_on

    @property
    def subject(self) -> str:
        where = f" for {self.partition}" if self.partition else ""
        return f"{self.job}{where} failed"

    @property
    def text(self) -> str:
        steps = ", ".join(self.failed_steps) or "the run itself"
        return (
            f"{self.subject}.\n\nFailed: {steps}\nRun: {self.run_id}\n\n"
            "The reason stands in the run's page of the Dagster UI.\n"
        )


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with the platform itself; ``name`` stays while it lasts."""

    name: str
    day: dt.date
    subject: str
    advice: str

    kind = RUN_FAILURE

    @property
    def text(self) -> str:
        return f"{self.subject}.\n\n{self.advice}\n"


def send_alert(
    outbox: Outbox, alert: Alert, *, slack_channel: str | None, email: str | None
) -> str:
    """Send ``alert`` once: to Slack, and by mail when Slack surely did not take it.

    Returns what was done, as a line for the log.
    """
    ways = [("slack", slack_channel if "slack" in outbox.couriers else None), ("email", email)]
    said = []
    for channel, recipient in ways:
        if recipient:
            state = _deliver(outbox, _store(outbox.home, alert, channel, recipient))
            said.append(f"alert {alert.name} through {channel}: {state}")
            if state in (State.SENT, State.UNKNOWN):
                _nobody_is_told_twice(outbox, alert.kind, alert.name)
                break
    return "; ".join(said) or "no ALERT_SLACK_CHANNEL or ALERT_EMAIL is set: nobody was told"


def send_waiting_alerts(
    outbox: Outbox, waiting: list[Delivery], say: Callable[[str], None] = lambda line: None
) -> int:
    """Try the alerts among ``waiting`` again; how many were sent. One way is enough for each."""
    sent = 0
    sender = delivering.sender(_in_a_hurry(outbox), say)
    for name in dict.fromkeys(one.identity.artefact_id for one in waiting):
        ways = [one for one in waiting if one.identity.artefact_id == name]
        for one in ways:
            tally = sender.run([one.delivery_key])
            if tally.sent or tally.unknown:
                sent += len(tally.sent)
                _nobody_is_told_twice(outbox, one.identity.report_kind, name)
                break
    return sent


def _nobody_is_told_twice(outbox: Outbox, kind: str, name: str) -> None:
    """What still waits of an alert that went another way is not needed any more."""
    for other in outbox.ledger.find(report_kind=kind, states=[State.PENDING]):
        if other.identity.artefact_id == name:
            outbox.ledger.fail_unsent(
                other.delivery_key,
                outbox.clock.now(),
                "told another way",
                state=State.CANCELLED,
            )


def _in_a_hurry(outbox: Outbox) -> Outbox:
    return replace(outbox, policy=outbox.policy.model_copy(update={"run_seconds": _SECONDS}))


def _deliver(outbox: Outbox, artefact: Artefact) -> str:
    """The state that the alert is in afterwards."""
    report = delivering.deliver(
        _in_a_hurry(outbox),
        [artefact],
        kind=artefact.kind,
        period_start=artefact.period_start,
        run_id=artefact.artefact_id,
        allow_late=True,  # about something that is over, as far as it may be
    )
    (state,) = (
        str(row["state"])
        for row in report.rows.to_dict("records")
        if (row["artefact_id"], row["channel"]) == (artefact.artefact_id, artefact.channel)
    )
    return state


def _store(home: Path, alert: Alert, channel: str, recipient: str) -> Artefact:
    """The alert as an artefact; its text lies below the home folder like every other."""
    relative = Path("artifacts") / "alerts" / f"{alert.name}.txt"
    path = home / relative
    content = alert.text.encode()
    if path.exists():  # told before: the same words
        content = path.read_bytes()
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(content)
        os.replace(temporary, path)
    return Artefact(
        kind=alert.kind,
        artefact_id=alert.name,
        period_start=alert.day,
        period_end=alert.day,
        channel=channel,
        audience_id="operations",
        recipient=recipient,
        parts=Parts(subject=alert.subject, text_path=str(relative)),
        content_sha256=hashlib.sha256(content).hexdigest(),
        verdict="send",
    )

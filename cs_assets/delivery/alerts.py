"""An alert about a failed run, sent once by the same protocol as every delivery."""

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cs_assets.delivery import delivering
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Parts, State
from cs_assets.delivery.planning import Artefact

KIND = "run_failure_alert"


@dataclass(frozen=True)
class Alert:
    """Which run failed, where."""

    run_id: str
    job: str
    partition: str
    failed_steps: tuple[str, ...]
    failed_on: dt.date

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
            said.append(f"alert about run {alert.run_id} through {channel}: {state}")
            if state in (State.SENT, State.UNKNOWN):
                break
    return "; ".join(said) or "no ALERT_SLACK_CHANNEL or ALERT_EMAIL is set: nobody was told"


def _deliver(outbox: Outbox, artefact: Artefact) -> str:
    """The state that the alert is in afterwards."""
    report = delivering.deliver(
        outbox,
        [artefact],
        kind=KIND,
        period_start=artefact.period_start,
        run_id=artefact.artefact_id,
    )
    (state,) = (
        str(row["state"])
        for row in report.rows.to_dict("records")
        if (row["artefact_id"], row["channel"]) == (artefact.artefact_id, artefact.channel)
    )
    return state


def _store(home: Path, alert: Alert, channel: str, recipient: str) -> Artefact:
    """The alert as an artefact; its text lies below the home folder like every other."""
    relative = Path("artifacts") / "alerts" / f"{alert.run_id}.txt"
    path = home / relative
    content = alert.text.encode()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(content)
        os.replace(temporary, path)
    sha256 = hashlib.sha256(content).hexdigest()
    return Artefact(
        kind=KIND,
        artefact_id=alert.run_id,
        period_start=alert.failed_on,
        period_end=alert.failed_on,
        channel=channel,
        audience_id="operations",
        recipient=recipient,
        parts=Parts(subject=alert.subject, text_path=str(relative)),
        content_sha256=sha256,
        verdict="send",
    )

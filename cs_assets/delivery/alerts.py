"""An alert about a failed run, sent once by the same protocol as every delivery."""

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cs_assets.delivery import delivering
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Parts
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
    """Send ``alert`` to Slack when a channel is named and set up, else by mail; once.

    Returns what was done, as a line for the log.
    """
    if slack_channel and "slack" in outbox.couriers:
        channel, recipient = "slack", slack_channel
    elif email:
        channel, recipient = "email", email
    else:
        return "no ALERT_SLACK_CHANNEL or ALERT_EMAIL is set: nobody was told"
    artefact = _store(outbox.home, alert, channel, recipient)
    report = delivering.deliver(
        outbox,
        [artefact],
        kind=KIND,
        period_start=alert.failed_on,
        run_id=alert.run_id,
    )
    states = {
        row["state"]
        for row in report.rows.to_dict("records")
        if row["artefact_id"] == alert.run_id and row["channel"] == channel
    }
    return f"alert about run {alert.run_id} through {channel}: {', '.join(sorted(states))}"


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

"""The words of delivery: a delivery, its states, and what a provider can answer."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a delivery stands. ``pending`` means: surely nobody has it yet."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How one attempt ended. Nothing else may leave a transport."""

    ACCEPTED = "accepted"
    """The provider took it: never send again."""
    REJECTED_PERMANENT = "rejected_permanent"
    """The provider surely did not take it and never will."""
    REJECTED_TRANSIENT = "rejected_transient"
    """The provider surely did not take it now: try again later, same key."""
    UNKNOWN = "unknown"
    """It may have been taken: hold for evidence or a person."""
    CONFIG_ERROR = "config_error"
    """Key, sender, region or TLS are wrong: every other would fail alike, stop the channel."""


@dataclass(frozen=True)
class Answer:
    """What came of one attempt. Texts are redacted before they are stored."""

    outcome: Outcome
    provider_message_id: str = ""
    code: str = ""
    """HTTP status, SMTP reply or error word."""
    error_class: str = ""
    error_text: str = ""
    retry_after: float | None = None
    """Seconds that the provider asked to wait; not yet bounded."""
    stop_batch: bool = False
    """A quota of hours is used up: leave the others pending, do not spin."""
    whole_channel: bool = False
    """Every other delivery of the channel would meet the same now: wait together."""


@dataclass(frozen=True)
class Parts:
    """The files of an artefact, below the home folder, and the hash of all of them together."""

    subject: str
    text_path: str
    html_path: str | None = None
    payload_path: str | None = None
    attachment_path: str | None = None
    """Files to attach, a line each."""
    attachment_name: str | None = None
    """Their names for the reader, a line each."""
    sha256: str = ""

    @property
    def attachments(self) -> tuple[tuple[str, str], ...]:
        """Path and name of each file to attach."""
        paths = (self.attachment_path or "").splitlines()
        names = (self.attachment_name or "").splitlines()
        names += [path.rpartition("/")[2] for path in paths[len(names) :]]
        return tuple(zip(paths, names, strict=False))


@dataclass(frozen=True)
class Identity:
    """What makes a delivery this one: who gets what, by which way, for which period.

    Run, attempt, time and content are no part of it: a second run of any kind
    finds the same key.
    """

    environment: str
    """``production``, ``development``, or ``rehearsal`` when nothing leaves the machine."""
    report_kind: str
    period_start: dt.date
    artefact_id: str
    audience: str
    channel: str
    recipient: str
    revision: int = 1
    """1; a deliberate new sending by a person makes the next."""

    @property
    def key(self) -> str:
        """sha256 of the canonical JSON of all parts, in hex."""
        parts = [
            self.environment,
            self.report_kind,
            self.period_start.isoformat(),
            self.artefact_id,
            self.audience,
            self.channel,
            normalised(self.recipient),
            self.revision,
        ]
        text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def normalised(recipient: str) -> str:
    """A recipient as it counts for identity: without outer blanks, in lower case."""
    return recipient.strip().casefold()


@dataclass(frozen=True)
class NewDelivery:
    """A delivery to be planned. ``cancelled_because`` is set when it must not go out."""

    identity: Identity
    period_end: dt.date
    parts: Parts
    cancelled_because: str = ""
    not_before: dt.datetime | None = None
    """When the quiet hours of its reader are over."""


@dataclass(frozen=True)
class Delivery:
    """A row of the ledger."""

    delivery_key: str
    identity: Identity
    period_end: dt.date
    parts: Parts
    state: State
    attempts: int
    provider: str | None
    provider_message_id: str | None
    next_attempt_at: dt.datetime
    lease_owner: str | None
    lease_expires_at: dt.datetime | None
    last_outcome: str | None
    last_error_class: str | None
    last_error_text: str | None
    planned_at: dt.datetime
    first_attempt_at: dt.datetime | None
    settled_at: dt.datetime | None
    run_id: str | None


@dataclass(frozen=True)
class Outage:
    """A channel that takes nothing at the moment."""

    environment: str
    channel: str
    since: dt.datetime
    """When it was first refused."""
    refusals: int
    next_try_at: dt.datetime
    needs_person: bool
    """Settings are wrong or a quota is used up: waiting alone may not help."""
    reason: str


@dataclass(frozen=True)
class Claim:
    """The right to make one attempt: fenced by owner, attempt number and time."""

    delivery_key: str
    owner: str
    attempt: int
    expires_at: dt.datetime


@dataclass(frozen=True)
class Receipt:
    """One attempt's answer as the journal keeps it."""

    delivery_key: str
    attempt: int
    owner: str
    provider: str
    received_at: dt.datetime
    answer: Answer

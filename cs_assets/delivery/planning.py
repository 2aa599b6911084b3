"""Decides, for each artefact, whether it is planned, cancelled or held, and why.

Nothing here reads a file, a table or a clock; all of it is passed in.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cs_assets import mail_addresses as addresses
from cs_assets.delivery.artefact_files import UnusableArtefact
from cs_assets.delivery.model import Identity, NewDelivery, Parts

REHEARSAL = "rehearsal"


@dataclass(frozen=True)
class Artefact:
    """A row of ``ops.artefacts`` with the verdict of ``ops.send_gate`` about it."""

    kind: str
    artefact_id: str
    period_start: dt.date
    period_end: dt.date
    channel: str
    audience_id: str
    recipient: str | None
    parts: Parts
    content_sha256: str
    verdict: str | None
    reasons: tuple[str, ...] = ()
    judged_sha256: str | None = None
    time_zone: str | None = None
    """Of the recipient, where the workers' table has it."""


@dataclass(frozen=True)
class Held:
    """An artefact that is not planned, with the reasons."""

    artefact: Artefact
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """What the decision depends on beside the artefact."""

    environments: dict[str, str | None]
    """By channel: ``production``, ``development``, ``rehearsal``; None: channel not set up."""
    allow_list: tuple[str, ...]
    is_late: Callable[[dt.date], bool]
    waits: Callable[[str], bool]
    """Whether the delivery of this key was planned in time and has not got through yet."""
    allow_late: bool
    hash_of: Callable[[Parts], str]
    """Hash of an artefact's files; raises ``UnusableArtefact``."""
    quiet_until: Callable[[Identity], dt.datetime | None] = lambda who: None
    """When the quiet hours of a reader are over; None: now."""


@dataclass(frozen=True)
class Plan:
    """What to plan and what is held."""

    deliveries: tuple[NewDelivery, ...]
    held: tuple[Held, ...]


def plan(artefacts: Iterable[Artefact], around: Surroundings) -> Plan:
    """The plan for ``artefacts``, in their order."""
    deliveries: list[NewDelivery] = []
    held: list[Held] = []
    for artefact in artefacts:
        reasons = hold_reasons(artefact, around)
        if reasons:
            held.append(Held(artefact, reasons))
            continue
        try:
            deliveries.append(_delivery(artefact, around))
        except UnusableArtefact as error:
            held.append(Held(artefact, (str(error),)))
    return Plan(tuple(deliveries), tuple(held))


def hold_reasons(artefact: Artefact, around: Surroundings) -> tuple[str, ...]:
    """Why ``artefact`` may not be sent; empty when it may."""
    if artefact.verdict is None:
        return ("no verdict: nothing has judged this artefact",)
    if artefact.verdict != "send":
        return artefact.reasons or ("held by the gate, without a reason",)
    if artefact.judged_sha256 and artefact.judged_sha256 != artefact.content_sha256:
        return ("the verdict is about other content; judge it again",)
    reasons = []
    if not (artefact.recipient or "").strip():
        reasons.append("no recipient is known")
    if around.environments.get(artefact.channel) is None:
        reasons.append(f"the channel {artefact.channel} is not set up")
    late = not around.allow_late and around.is_late(artefact.period_end)
    if late and not around.waits(_identity(artefact, around).key):
        reasons.append(f"late: the period ended on {artefact.period_end}; allow late sending")
    return tuple(reasons)


def _identity(artefact: Artefact, around: Surroundings) -> Identity:
    return Identity(
        environment=around.environments.get(artefact.channel) or "",
        report_kind=artefact.kind,
        period_start=artefact.period_start,
        artefact_id=artefact.artefact_id,
        audience=artefact.audience_id,
        channel=artefact.channel,
        recipient=(artefact.recipient or "").strip(),
    )


def _delivery(artefact: Artefact, around: Surroundings) -> NewDelivery:
    identity = _identity(artefact, around)
    parts = replace(artefact.parts, sha256=around.hash_of(artefact.parts))
    why = _why_cancelled(identity.environment, identity.recipient, around.allow_list)
    quiet = around.quiet_until(identity)
    return NewDelivery(identity, artefact.period_end, parts, why, not_before=quiet)


def _why_cancelled(environment: str, recipient: str, allow_list: tuple[str, ...]) -> str:
    """Outside production only listed recipients are reached; a rehearsal reaches nobody."""
    if environment in ("production", REHEARSAL) or addresses.allowed(recipient, allow_list):
        return ""
    return "not in the allow-list of this environment"

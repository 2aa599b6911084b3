"""Sending anew on purpose: which deliveries, and why some of them not."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cs_assets.delivery import artefact_files, delivering
from cs_assets.delivery.artefact_files import UnusableArtefact
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Delivery, Identity, State
from cs_assets.delivery.quiet import Quiet
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.sending import Tally


@dataclass(frozen=True)
class Intent:
    """What resending would do with one delivery."""

    delivery: Delivery
    would: str
    """``send anew`` (a revision), ``send`` (nobody has it yet), ``done``, or ``nothing``."""
    why: str = ""


def newest_revisions(found: Iterable[Delivery], known: Iterable[Delivery]) -> list[Delivery]:
    """Those of ``found`` that have no later revision among ``known``: the others are history."""
    newest: dict[Identity, int] = {}
    for delivery in known:
        same = replace(delivery.identity, revision=1)
        newest[same] = max(newest.get(same, 1), delivery.identity.revision)
    return [
        delivery
        for delivery in found
        if delivery.identity.revision >= newest.get(replace(delivery.identity, revision=1), 1)
    ]


@dataclass(frozen=True)
class Order:
    """Who sends again, and why: the same words again are the same order."""

    by: str
    note: str


def asked_for(ledger: Ledger, key: str, order: Order | None) -> Delivery:
    """The delivery of that key; or its newest revision if that is open or of the same order.

    So a command that was cut short goes on when it is given again, and sends nothing twice.
    """
    asked = ledger.get(key)
    same = replace(asked.identity, revision=1)
    known = ledger.find(
        report_kind=asked.identity.report_kind, period_start=asked.identity.period_start
    )
    revisions = [one for one in known if replace(one.identity, revision=1) == same]
    newest = max(revisions, key=lambda one: one.identity.revision)
    is_open = newest.state in (State.PENDING, State.SENDING, State.UNKNOWN)
    return newest if is_open or _is_of(ledger, newest, order) else asked


def _is_of(ledger: Ledger, delivery: Delivery, order: Order | None) -> bool:
    """Whether this order made the revision."""
    revision = delivery.identity.revision
    if order is None or revision == 1:
        return False
    earlier = [replace(delivery.identity, revision=number).key for number in range(1, revision)]
    made = {
        Order(row["decided_by"], row["note"])
        for key in earlier
        for row in ledger.decisions(key)
        if row["decision"] == f"resend as revision {revision}"
    }
    return order in made


def intents(
    outbox: Outbox, found: Sequence[Delivery], *, allow_late: bool, order: Order | None = None
) -> list[Intent]:
    """What would become of each; writes nothing."""
    now = outbox.clock.now()
    overdue = {one.delivery_key for one in outbox.ledger.overdue(now - outbox.policy.give_up_after)}
    return [
        Intent(delivery, "done", "the same command has sent it")
        if delivery.state is State.SENT and _is_of(outbox.ledger, delivery, order)
        else _intent(outbox, delivery, overdue, now.date(), allow_late)
        for delivery in found
    ]


def _intent(
    outbox: Outbox, delivery: Delivery, overdue: set[str], today: dt.date, allow_late: bool
) -> Intent:
    if why := _why_nothing(outbox, delivery, overdue, today, allow_late):
        return Intent(delivery, "nothing", why)
    if delivery.state is State.PENDING:
        return Intent(delivery, "send", delivery.last_error_text or "")
    return Intent(delivery, "send anew", f"it is {delivery.state}")


def _why_nothing(
    outbox: Outbox, delivery: Delivery, overdue: set[str], today: dt.date, allow_late: bool
) -> str:
    """Why it may not be sent; empty when it may."""
    own = delivery.identity.environment
    here = outbox.environments.get(delivery.identity.channel)
    if own != here:
        return f"it belongs to {own}, the settings in force mean {here or 'no such channel'}"
    if delivery.state is State.UNKNOWN:
        return "it may have been sent; decide first whether it was (deliveries resolve)"
    if delivery.state is State.SENDING:
        return "an attempt is under way"
    if delivery.delivery_key in overdue:
        return "it has waited too long; the next run gives it up, then it can be sent anew"
    waits = delivery.state is State.PENDING
    if not waits and not allow_late and outbox.policy.is_late(delivery.period_end, today):
        ended = f"its period ended on {delivery.period_end}"
        return f"{ended}; to send it all the same, allow what is late (--allow-late)"
    try:
        artefact_files.read(delivery.parts, outbox.home)
    except UnusableArtefact as error:
        return str(error)
    return ""


def resend(outbox: Outbox, todo: Sequence[Intent], order: Order) -> tuple[list[str], Tally]:
    """Make revisions where that is intended, and send; the keys and what came of them.

    Quiet hours are for what goes out by itself: who orders it has chosen the hour.
    """
    keys = []
    for intent in todo:
        old, now = intent.delivery, outbox.clock.now()
        if intent.would == "send":
            outbox.ledger.make_due(old.delivery_key, now)
            keys.append(old.delivery_key)
        elif intent.would == "send anew":
            parts = replace(old.parts, sha256=artefact_files.read(old.parts, outbox.home).sha256)
            new = outbox.ledger.make_revision(
                old.delivery_key, parts=parts, by=order.by, note=order.note, now=now
            )
            keys.append(new.delivery_key)
        elif intent.would == "done":
            keys.append(old.delivery_key)
    return keys, delivering.sender(outbox, quiet=Quiet({})).run(keys)

"""Owners of accounts on their way to a CRM: one change, one delivery, one write.

The ledger makes each decision go out once. What is unclear is decided by looking at the record, and
never by writing again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from cs_assets.delivery import artefact_files, delivering, waiting
from cs_assets.delivery.couriers import Prepared
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.message.letter import Unsendable
from cs_assets.delivery.model import Answer, Delivery, Identity, NewDelivery, Parts, State
from cs_assets.delivery.sending import Tally

CHANNEL, KIND = "crm", "crm_owner"
#: Files of changes, below the home folder.
_FOLDER = "artifacts/crm"
#: After an attempt without an answer, how long the CRM may still be at it.
_SETTLES_IN = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class OwnerChange:
    """An account's owner as decided; owners by mail address, ``before`` None where it had none.

    ``decision`` names the decision: 16 hex digits, the same whenever it is planned.
    """

    decision: str
    account: str
    owner: str
    before: str | None
    decided_on: dt.date

    def payload(self) -> bytes:
        """As a file holds it."""
        told = asdict(self) | {"decided_on": self.decided_on.isoformat()}
        return json.dumps(told, sort_keys=True).encode()


class OwnerTransport(Protocol):
    """One CRM. ``set_owner`` writes once at most; whatever it reads before that is repeatable."""

    provider: str

    def set_owner(self, change: OwnerChange) -> Answer: ...

    def has_owner(self, change: OwnerChange) -> bool | None:
        """Whether the record has the owner now; None where that cannot be told."""
        ...

    def close(self) -> None: ...


class CrmCourier:
    """Carries changes of owners to a CRM."""

    def __init__(self, transport: OwnerTransport, home: Path) -> None:
        self._transport, self._home = transport, home
        self.provider = transport.provider

    def prepare(self, delivery: Delivery) -> Prepared:
        change = self.change_of(delivery)
        words = f"{change.owner}\n{change.before or ''}"
        return Prepared(change, hashlib.sha256(change.payload()).hexdigest(), words)

    def change_of(self, delivery: Delivery) -> OwnerChange:
        """The change that was planned; raises ``Unsendable`` or ``UnusableArtefact``."""
        payload = artefact_files.read_as_planned(delivery.parts, self._home).payload
        try:
            told = json.loads(payload or b"")
            return OwnerChange(**told | {"decided_on": dt.date.fromisoformat(told["decided_on"])})
        except (ValueError, TypeError, KeyError) as error:
            raise Unsendable(f"{delivery.parts.payload_path}: is no change of an owner") from error

    def is_taken(self, delivery: Delivery) -> bool | None:
        """Whether the CRM has the owner; None where that cannot be told."""
        return self._transport.has_owner(self.change_of(delivery))

    def send(self, prepared: Prepared) -> Answer:
        assert isinstance(prepared.message, OwnerChange)
        return self._transport.set_owner(prepared.message)

    def close(self) -> None:
        self._transport.close()


@dataclass(frozen=True)
class HandedOver:
    """What one run did, and how many of its decisions stand where afterwards."""

    tally: Tally
    by_state: dict[str, int]


def hand_over(
    outbox: Outbox,
    changes: Sequence[OwnerChange],
    run_id: str,
    say: Callable[[str], None] = lambda line: None,
) -> HandedOver:
    """Plan the changes and write those that the CRM surely has not; safe to repeat."""
    environment = outbox.environments[CHANNEL]
    assert environment is not None
    _decide_unclear(outbox)
    waiting.give_up(outbox, KIND)
    found = [_delivery(change, environment, outbox.home) for change in changes]
    planned = outbox.ledger.plan(found, outbox.clock.now(), run_id)
    again = [
        one.delivery_key
        for one in outbox.ledger.find(report_kind=KIND, states=[State.PENDING])
        if one.identity.revision > 1
    ]
    tally = delivering.sender(outbox, say).run([*planned.keys, *again])
    states = [outbox.ledger.get(key).state for key in (*planned.keys, *again)]
    return HandedOver(tally, {str(s.value): states.count(s) for s in State if s in states})


def _delivery(change: OwnerChange, environment: str, home: Path) -> NewDelivery:
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = f"{_FOLDER}/{change.decision}.txt"
    payload = f"{_FOLDER}/{change.decision}.json"
    subject = f"Owner of {change.account}"
    (home / text).write_text(f"{subject}\n", encoding="utf-8")
    (home / payload).write_bytes(change.payload())
    bare = Parts(subject, text, payload_path=payload)
    parts = Parts(
        subject, text, payload_path=payload, sha256=artefact_files.read(bare, home).sha256
    )
    identity = Identity(
        environment, KIND, change.decided_on, change.decision, "crm", CHANNEL, change.account
    )
    return NewDelivery(identity, change.decided_on, parts)


def _decide_unclear(outbox: Outbox) -> None:
    """Decide what is unclear by the record itself, once the CRM cannot be at it any more."""
    courier = outbox.couriers[CHANNEL]
    now = outbox.clock.now()
    if not isinstance(courier, CrmCourier):
        return
    for unclear in outbox.ledger.find(report_kind=KIND, states=[State.UNKNOWN]):
        begun = unclear.first_attempt_at or unclear.planned_at
        if unclear.identity.environment != outbox.environments[CHANNEL]:
            continue
        if now - begun < _SETTLES_IN:
            continue
        taken = courier.is_taken(unclear)
        if taken is not None:
            note = f"the record {'has' if taken else 'does not have'} the owner"
            outbox.ledger.resolve(
                unclear.delivery_key, sent=taken, by="evidence", note=note, now=now
            )

"""One delivery run for one kind and period: plan, recover, send, and what came of it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cs_assets.delivery import artefact_files, planning, reporting
from cs_assets.delivery.clock import Clock, SystemClock
from cs_assets.delivery.couriers import Courier
from cs_assets.delivery.model import Delivery, NewDelivery, State
from cs_assets.delivery.planning import Artefact, Held, Plan, Surroundings
from cs_assets.delivery.policy import DeliveryPolicy
from cs_assets.delivery.quiet import Quiet
from cs_assets.delivery.reasons import Reasons
from cs_assets.delivery.record import audit
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger, Planned
from cs_assets.delivery.sending import Sender, Tally


@dataclass(frozen=True)
class Outbox:
    """All that a run needs beside the artefacts: ledger, couriers, rules, home folder."""

    ledger: Ledger
    journal: Journal
    couriers: Mapping[str, Courier]
    """By channel (``email``, ``slack``, ``sms``); a channel that is not set up is missing."""
    environments: Mapping[str, str | None]
    allow_list: tuple[str, ...]
    policy: DeliveryPolicy
    home: Path
    clock: Clock = SystemClock()  # noqa: RUF009 (has no state)


@dataclass(frozen=True)
class Report:
    """What one run did, and all rows of its kind and period afterwards."""

    tally: Tally
    planned: Planned
    held: tuple[Held, ...]
    rows: pd.DataFrame

    @property
    def counts(self) -> reporting.Counts:
        return reporting.counts(self.rows)


Say = Callable[[str], None]


def sender(
    outbox: Outbox,
    say: Say = lambda line: None,
    warn: Say = lambda line: None,
    quiet: Quiet | None = None,
) -> Sender:
    """Sends what is planned through the outbox's couriers."""
    return Sender(
        ledger=outbox.ledger,
        journal=outbox.journal,
        couriers=outbox.couriers,
        clock=outbox.clock,
        policy=outbox.policy,
        environments=outbox.environments,
        say=say,
        warn=warn,
        quiet=quiet or _quiet(outbox, ()),
    )


def plan(outbox: Outbox, found: Sequence[Artefact], *, allow_late: bool) -> Plan:
    """What would be planned and held; writes nothing."""
    now, quiet = outbox.clock.now(), _quiet(outbox, found)
    waiting = {
        delivery.delivery_key
        for delivery in outbox.ledger.waiting(now - outbox.policy.give_up_after)
    }

    def is_late(period_end: dt.date) -> bool:
        return outbox.policy.is_late(period_end, now.date())

    return planning.plan(
        found,
        Surroundings(
            environments=dict(outbox.environments),
            allow_list=outbox.allow_list,
            is_late=is_late,
            waits=waiting.__contains__,
            allow_late=allow_late,
            hash_of=lambda parts: artefact_files.read(parts, outbox.home).sha256,
            quiet_until=lambda who: quiet.over_at(who, now),
        ),
    )


def _quiet(outbox: Outbox, found: Sequence[Artefact]) -> Quiet:
    """When the recipients of ``found`` may be reached."""
    zones = {
        one.recipient.strip().casefold(): one.time_zone
        for one in found
        if one.recipient and one.time_zone
    }
    return replace(outbox.policy.quiet(zones), again_at=outbox.ledger.text_again_at)


def _open_revisions(
    planned: Sequence[NewDelivery], pending: Sequence[Delivery]
) -> list[NewDelivery]:
    """What a person sends anew and nobody has yet, if the same may be sent now."""
    by_key = {new.identity.key: new for new in planned}
    found = []
    for delivery in pending:
        new = by_key.get(replace(delivery.identity, revision=1).key)
        if new is not None and delivery.identity.revision > 1:
            found.append(replace(new, identity=delivery.identity))
    return found


def deliver(
    outbox: Outbox,
    found: Sequence[Artefact],
    *,
    kind: str,
    period_start: dt.date,
    run_id: str,
    allow_late: bool = False,
    say: Say = lambda line: None,
    warn: Say = lambda line: None,
) -> Report:
    """Plan and send what ``found`` holds; safe to repeat, at any time, by anybody.

    ``say`` receives log lines without addresses or content, ``warn`` those for who waits.
    """
    todo = plan(outbox, found, allow_late=allow_late)
    pending = outbox.ledger.find(
        report_kind=kind, period_start=period_start, states=[State.PENDING]
    )
    expected = [*todo.deliveries, *_open_revisions(todo.deliveries, pending)]
    planned = outbox.ledger.plan(expected, outbox.clock.now(), run_id)
    for channel, courier in outbox.couriers.items():
        say(f"{channel} goes through {courier.provider}")
    tally = sender(outbox, say, warn, _quiet(outbox, found)).run(planned.keys)
    now = outbox.clock.now()
    known = outbox.ledger.find(report_kind=kind, period_start=period_start)
    rows = reporting.delivery_rows(
        known,
        todo.held,
        outbox.environments.get("email") or planning.REHEARSAL,
        Reasons(now, outbox.ledger.outages()),
        audit.seen(known, outbox.ledger.events_of([one.delivery_key for one in known]), now),
    )
    return Report(tally, planned, todo.held, rows)

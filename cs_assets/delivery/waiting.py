"""What waits: which of it may be tried now, when it is given up, and who is told, once.

A delivery that surely nobody has stays pending until it is taken. Every delivery run takes
up what waits of its kind; the sensor on waiting deliveries starts such a run when nothing
else does.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cs_assets.delivery.alerts import DELIVERY, KINDS, send_alert, send_waiting_alerts
from cs_assets.delivery.clock import is_awaited
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Delivery, Outage
from cs_assets.delivery.policy import DeliveryPolicy
from cs_assets.delivery.record.ledger import Ledger

__all__ = ["Due", "due", "give_up", "send_waiting_alerts", "tell", "waiting_of"]


@dataclass(frozen=True)
class Due:
    """What may be tried now."""

    periods: dict[str, list[dt.date]]
    """First days of the periods, by kind, oldest first."""
    alerts: list[Delivery]

    @property
    def keys(self) -> int:
        return len(self.alerts) + sum(len(days) for days in self.periods.values())


def waiting_of(
    ledger: Ledger,
    environments: Mapping[str, str | None],
    policy: DeliveryPolicy,
    now: dt.datetime,
) -> list[Delivery]:
    """All that waits in the environments in force and is not given up."""
    return [
        delivery
        for delivery in ledger.waiting(now - policy.give_up_after)
        if delivery.identity.environment == environments.get(delivery.identity.channel)
    ]


def due(
    waiting: Iterable[Delivery],
    outages: Iterable[Outage],
    now: dt.datetime,
) -> Due:
    """What of ``waiting`` may be tried: its wait (a retry, a night) and its channel's are over."""
    closed = {(out.environment, out.channel) for out in outages if is_awaited(out.next_try_at, now)}
    periods: dict[str, set[dt.date]] = {}
    alerts = []
    for delivery in waiting:
        who = delivery.identity
        waits = is_awaited(delivery.next_attempt_at, now)
        if waits or (who.environment, who.channel) in closed:
            continue
        if who.report_kind in KINDS:
            alerts.append(delivery)
        else:
            periods.setdefault(who.report_kind, set()).add(who.period_start)
    return Due({kind: sorted(days) for kind, days in sorted(periods.items())}, alerts)


def give_up(outbox: Outbox, report_kind: str) -> list[Delivery]:
    """Settle as failed what of a kind has waited longer than the policy allows; what that was."""
    now, days = outbox.clock.now(), outbox.policy.waiting.give_up_after_days
    outages = {(out.environment, out.channel): out.reason for out in outbox.ledger.outages()}
    given_up = []
    for delivery in outbox.ledger.overdue(now - outbox.policy.give_up_after):
        who = delivery.identity
        ours = who.environment == outbox.environments.get(who.channel)
        if not ours or who.report_kind not in (report_kind, *KINDS):
            continue
        known = outages.get((who.environment, who.channel))
        why = delivery.last_error_text or delivery.last_error_class or known or "it was not tried"
        reason = f"given up: nobody took it for {days:g} days ({why})"
        if outbox.ledger.fail_unsent(delivery.delivery_key, now, reason):
            given_up.append(delivery)
    return given_up


@dataclass(frozen=True)
class ChannelDown:
    """A channel takes nothing, and deliveries wait for it."""

    outage: Outage
    waiting: int
    planned_on: dt.date
    """The first of what waits; what comes later is told anew when this is over."""
    given_up_on: dt.datetime
    try_every_minutes: float

    kind = DELIVERY

    @property
    def name(self) -> str:
        began = f"{self.outage.since:%Y%m%dT%H%M%S}"
        return f"{self.outage.channel}-down-{began}-{self.planned_on:%Y%m%d}"

    @property
    def day(self) -> dt.date:
        return self.outage.since.date()

    @property
    def subject(self) -> str:
        since = f"{self.outage.since:%Y-%m-%d %H:%M} UTC"
        return f"{self.outage.channel} takes nothing since {since}: {self.waiting} wait"

    @property
    def text(self) -> str:
        return (
            f"{self.subject}.\n\nReason: {self.outage.reason or 'not told'}\n\n"
            f"They are tried again every {self.try_every_minutes:g} minutes and by every delivery "
            f"run. What nobody has taken by {self.given_up_on:%Y-%m-%d %H:%M} UTC is given up, and "
            "you are told once more.\n\nSee: cs-assets deliveries list --state waiting\n"
        )


@dataclass(frozen=True)
class GivenUp:
    """Deliveries of a channel were given up."""

    channel: str
    count: int
    days: float
    planned_on: dt.date

    kind = DELIVERY

    @property
    def name(self) -> str:
        return f"{self.channel}-given-up-{self.planned_on:%Y%m%d}"

    @property
    def day(self) -> dt.date:
        return self.planned_on

    @property
    def subject(self) -> str:
        return f"{self.channel}: {self.count} given up after {self.days:g} days"

    @property
    def text(self) -> str:
        return (
            f"{self.subject}. Surely nobody has them.\n\n"
            "See the reasons: cs-assets deliveries list --state failed\n"
            "Send them when the channel works: cs-assets deliveries resend --state failed "
            f"--channel {self.channel} --note TEXT (first with --dry-run)\n"
        )


def tell(
    outbox: Outbox, given_up: list[Delivery], *, slack_channel: str | None, email: str | None
) -> list[str]:
    """Tell a person of channels that are down with deliveries waiting, and of what was given up.

    Once for each outage, and once more when its deliveries are given up; lines for the log.
    What needs new settings is told by the run that fails for it.
    """
    policy, now = outbox.policy, outbox.clock.now()
    waiting = _by_channel(waiting_of(outbox.ledger, outbox.environments, policy, now))
    alerts: list[ChannelDown | GivenUp] = []
    for outage in outbox.ledger.outages():
        ours = outage.environment == outbox.environments.get(outage.channel)
        if ours and not outage.needs_person and (found := waiting.get(outage.channel)):
            first = min(one.planned_at for one in found)
            alerts.append(
                ChannelDown(
                    outage,
                    len(found),
                    first.date(),
                    first + policy.give_up_after,
                    policy.waiting.try_every_minutes,
                )
            )
    for channel, found in _by_channel(given_up).items():
        first = min(one.planned_at for one in found)
        days = policy.waiting.give_up_after_days
        alerts.append(GivenUp(channel, len(found), days, first.date()))
    return [send_alert(outbox, alert, slack_channel=slack_channel, email=email) for alert in alerts]


def _by_channel(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    """Without alerts: nobody is told that they could not be told."""
    found: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.identity.report_kind not in KINDS:
            found.setdefault(delivery.identity.channel, []).append(delivery)
    return found

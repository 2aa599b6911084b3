"""Why a delivery is where it is, in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cs_assets.delivery.clock import is_awaited
from cs_assets.delivery.model import Delivery, Outage, State

_QUIET = "quiet hours until "


@dataclass(frozen=True)
class Reasons:
    """What holds up what waits, at one moment (UTC, without zone)."""

    now: dt.datetime
    outages: Iterable[Outage] = ()

    def of(self, delivery: Delivery) -> str | None:
        """The reason; None for what was sent, or where there is none.

        What waits behind others of a channel that is out waits for the same reason as they.
        """
        if delivery.state is State.SENT:
            return None
        known = delivery.last_error_text or delivery.last_error_class or None
        if delivery.state not in (State.PENDING, State.SENDING):
            return known
        who = delivery.identity
        if delivery.attempts == 0 and is_awaited(delivery.next_attempt_at, self.now):
            return f"{_QUIET}{delivery.next_attempt_at:%Y-%m-%d %H:%M} UTC"
        out = {(out.environment, out.channel): out.reason for out in self.outages}
        return out.get((who.environment, who.channel)) or known


def is_quiet(reason: object) -> bool:
    """Whether it is of something that waits for a morning, as it should."""
    return str(reason).startswith(_QUIET)

"""Who was sent what, and whether it arrived and was opened, as providers told afterwards.

Events are what somebody else wrote into a file: one that is dated before the mail went out, or
after now, is no opening. Mail programmes that load every picture (machine opens) and clicks of
scanners are nobody's reading, and are not counted as such.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.delivery.model import Delivery

#: What providers call it; the words of SES and SendGrid.
_DELIVERED = frozenset({"delivered", "delivery"})
_OPENED = frozenset({"open"})
#: Clocks of providers and ours may differ by so much.
_SLACK = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Seen:
    """What became of one delivery. Times are UTC; nothing told is ``None``, which is not "no"."""

    delivered_at: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    """When it was first opened."""
    opens: int = 0


def seen(
    deliveries: Iterable[Delivery], events: Iterable[Mapping[str, Any]], now: dt.datetime
) -> dict[str, Seen]:
    """By delivery key. ``events``: rows with ``delivery_key``, ``event`` and ``happened_at``."""
    sent = {one.delivery_key: one.first_attempt_at for one in deliveries if one.first_attempt_at}
    arrived: dict[str, list[dt.datetime]] = {}
    opened: dict[str, list[dt.datetime]] = {}
    for row in events:
        key, at = str(row["delivery_key"]), dt.datetime.fromisoformat(str(row["happened_at"]))
        if key not in sent or not sent[key] - _SLACK <= at <= now + _SLACK:
            continue
        if row["event"] in _DELIVERED:
            arrived.setdefault(key, []).append(at)
        elif row["event"] in _OPENED:
            opened.setdefault(key, []).append(at)
    return {
        key: Seen(
            min(arrived.get(key, ()), default=None),
            min(opened.get(key, ()), default=None),
            len(opened.get(key, ())),
        )
        for key in sent
    }


def audit_rows(deliveries: Sequence[Delivery], found: Mapping[str, Seen]) -> list[dict[str, Any]]:
    """One row a delivery: what went to whom, when, and what was told of it since."""
    rows = []
    for one in deliveries:
        told = found.get(one.delivery_key, Seen())
        who = one.identity
        rows.append(
            {
                "period_start": who.period_start, "report_kind": who.report_kind,
                "artefact_id": who.artefact_id, "recipient": who.recipient,
                "state": str(one.state), "sent_at": one.settled_at if one.state == "sent" else None,
                "delivered_at": told.delivered_at, "opened_at": told.opened_at,
                "opens": told.opens, "delivery_key": one.delivery_key,
            }
        )  # fmt: skip
    return rows

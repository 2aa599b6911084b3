"""The delivery ledger: what is to be sent, what was tried, and what came of it.

Every method is one transaction, on the disk when it returns. What is read, attempts and
their recovery lie in modules of their own; here is what plans, decides and hears back.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cs_assets.delivery import crash_points
from cs_assets.delivery.model import Delivery, NewDelivery, Outage, Parts, State
from cs_assets.delivery.record.fence import Fence, Fenced
from cs_assets.delivery.record.reading import LedgerError
from cs_assets.delivery.record.rows import moment_text, new_row, part_columns
from cs_assets.delivery.record.store import Row
from cs_assets.erasure.hashes import hashed_address

__all__ = ["Ledger", "LedgerError", "Planned"]


@dataclass(frozen=True)
class Planned:
    """What planning came to, as keys."""

    keys: tuple[str, ...]
    """All that the period expects, in the order given."""
    new: frozenset[str]
    renewed: frozenset[str]
    """Still pending, so surely not sent: they take the newest content."""
    refused: frozenset[str]
    """Not pending any more and the content differs: the first content stays."""


class Ledger(Fenced):
    """The ledger in ``store``.

    Planning: all deliveries that a period expects, in one transaction; what is there stays.
    Decisions of people and of evidence, each kept with who made it and why. Suppressed
    addresses and providers' events. Channels that take nothing at the moment: all runs and
    processes know the same.
    """

    def plan(self, deliveries: Sequence[NewDelivery], now: dt.datetime, run_id: str) -> Planned:
        """Record all that is expected, in one transaction; what is there stays."""
        new, renewed, refused = set(), set(), set()
        with self._store.transaction():
            fence = self.fence()
            for delivery in deliveries:
                key = delivery.identity.key
                if self._insert(key, delivery, now, run_id, fence):
                    new.add(key)
                elif self._renew(key, delivery.parts):
                    renewed.add(key)
                elif self._content_of(key) != delivery.parts.sha256:
                    refused.add(key)
            crash_points.reached("before_plan_commit")
        crash_points.reached("after_plan_commit")
        keys = tuple(delivery.identity.key for delivery in deliveries)
        return Planned(keys, frozenset(new), frozenset(renewed), frozenset(refused))

    def _insert(
        self,
        key: str,
        delivery: NewDelivery,
        now: dt.datetime,
        run_id: str,
        fence: Fence | None = None,
    ) -> bool:
        who, values = delivery.identity, new_row(key, delivery, now, run_id)
        if fence is not None and fence.holds(delivery):
            values |= {"state": State.UNKNOWN, "last_error_text": fence.reason}
        inserted = self._store.execute(_insert_statement(tuple(values)), list(values.values()))
        self._store.execute(
            "INSERT INTO delivery_expected (environment, report_kind, period_start, delivery_key)"
            " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [who.environment, who.report_kind, who.period_start.isoformat(), key],
        )
        return inserted == 1

    def _renew(self, key: str, parts: Parts) -> bool:
        columns = part_columns(parts)
        assignments = ", ".join(f"{name} = ?" for name in columns)
        return (
            self._store.execute(
                f"UPDATE delivery SET {assignments}"  # noqa: S608 (names are constants)
                " WHERE delivery_key = ? AND state = 'pending' AND artifact_sha256 <> ?",
                [*columns.values(), key, parts.sha256],
            )
            == 1
        )

    def _content_of(self, key: str) -> str:
        rows = self._store.rows(
            "SELECT artifact_sha256 FROM delivery WHERE delivery_key = ?", [key]
        )
        return str(rows[0]["artifact_sha256"])

    def resolve(self, key: str, *, sent: bool, by: str, note: str, now: dt.datetime) -> None:
        """Decide an ``unknown``: it was sent, or it was not and may be sent by the next run."""
        state = State.SENT if sent else State.PENDING
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = ?, settled_at = ?, next_attempt_at = ?"
                " WHERE delivery_key = ? AND state = 'unknown'",
                [state, moment_text(now) if sent else None, moment_text(now), key],
            )
            if changed != 1:
                raise LedgerError(self._why_not(key, "resolved", "unknown"))
            self._decide(key, "sent" if sent else "not-sent", by, note, now)

    def make_revision(
        self, key: str, *, parts: Parts | None, by: str, note: str, now: dt.datetime
    ) -> Delivery:
        """Plan the same delivery again on purpose; with the artefact's present ``parts``."""
        with self._store.transaction():
            old = self.get(key)
            if old.state not in (State.SENT, State.FAILED, State.CANCELLED):
                raise LedgerError(self._why_not(key, "sent again", "sent, failed or cancelled"))
            newest = self._newest_revision(old)
            identity = replace(old.identity, revision=newest + 1)
            new = NewDelivery(identity, old.period_end, parts or old.parts)
            self._insert(identity.key, new, now, f"by {by}")
            self._decide(key, f"resend as revision {identity.revision}", by, note, now)
        return self.get(identity.key)

    def _newest_revision(self, delivery: Delivery) -> int:
        who = delivery.identity
        rows = self._store.rows(
            "SELECT MAX(revision) AS newest FROM delivery WHERE environment = ? AND report_kind = ?"
            " AND period_start = ? AND artefact_id = ? AND audience = ? AND channel = ?"
            " AND LOWER(recipient) = LOWER(?)",
            [
                who.environment,
                who.report_kind,
                who.period_start.isoformat(),
                who.artefact_id,
                who.audience,
                who.channel,
                who.recipient,
            ],
        )
        return int(rows[0]["newest"])

    def _decide(self, key: str, decision: str, by: str, note: str, now: dt.datetime) -> None:
        self._store.execute(
            "INSERT INTO delivery_decision (delivery_key, decided_at, decision, decided_by, note)"
            " VALUES (?, ?, ?, ?, ?)",
            [key, moment_text(now), decision, by, note],
        )

    def _why_not(self, key: str, verb: str, wanted: str) -> str:
        state = self.get(key).state
        return f"delivery {key[:12]} is {state} and cannot be {verb}; it would have to be {wanted}"

    def suppress(self, address: str, *, reason: str, source: str, now: dt.datetime) -> bool:
        """Send nothing more to ``address``; False when it is suppressed already."""
        return (
            self._store.execute(
                "INSERT INTO delivery_suppression (address, reason, source, recorded_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [address.strip().casefold(), reason, source, moment_text(now)],
            )
            == 1
        )

    def unsuppress(self, address: str) -> bool:
        """Allow sending to ``address`` again; False when it was not suppressed."""
        return (
            self._store.execute(
                "DELETE FROM delivery_suppression WHERE address = ?", [address.strip().casefold()]
            )
            == 1
        )

    def why_suppressed(self, address: str) -> str | None:
        """The reason why nothing is sent to ``address``; None when it is not suppressed."""
        rows = self._store.rows(
            "SELECT reason FROM delivery_suppression WHERE address IN (?, ?)",
            [address.strip().casefold(), hashed_address(address)],
        )
        return str(rows[0]["reason"]) if rows else None

    def suppressed(self) -> dict[str, str]:
        """Suppressed addresses, each with the reason."""
        return {
            str(row["address"]): str(row["reason"])
            for row in self._store.rows("SELECT address, reason FROM delivery_suppression")
        }

    def record_event(
        self,
        *,
        event_id: str,
        delivery_key: str | None,
        event: str,
        address: str | None,
        happened_at: dt.datetime,
        provider: str,
        detail: str,
    ) -> bool:
        """Keep a provider's event; False when it was there already."""
        at = moment_text(happened_at)
        return (
            self._store.execute(
                "INSERT INTO delivery_event (event_id, delivery_key, event, address, happened_at,"
                " provider, detail) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    event_id,
                    delivery_key,
                    event,
                    address,
                    at,
                    provider,
                    detail,
                ],
            )
            == 1
        )

    def events(self, key: str) -> list[Row]:
        """What providers told about a delivery, oldest first."""
        return self._store.rows(
            "SELECT event, happened_at, provider, detail FROM delivery_event"
            " WHERE delivery_key = ? ORDER BY happened_at",
            [key],
        )

    def outages(self) -> list[Outage]:
        """Channels that are out, in a stable order."""
        return [
            Outage(
                environment=row["environment"],
                channel=row["channel"],
                since=dt.datetime.fromisoformat(row["since"]),
                refusals=int(row["refusals"]),
                next_try_at=dt.datetime.fromisoformat(row["next_try_at"]),
                needs_person=bool(row["needs_person"]),
                reason=row["reason"],
            )
            for row in self._store.rows(
                "SELECT * FROM delivery_channel ORDER BY environment, channel"
            )
        ]

    def channel_out(self, outage: Outage) -> None:
        """The channel was refused (again); the time of the first refusal stays."""
        self._store.execute(
            "INSERT INTO delivery_channel (environment, channel, since, refusals, next_try_at,"
            " needs_person, reason) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (environment, channel) DO UPDATE SET refusals = EXCLUDED.refusals,"
            " next_try_at = EXCLUDED.next_try_at, needs_person = EXCLUDED.needs_person,"
            " reason = EXCLUDED.reason",
            [
                outage.environment,
                outage.channel,
                moment_text(outage.since),
                outage.refusals,
                moment_text(outage.next_try_at),
                int(outage.needs_person),
                outage.reason,
            ],
        )

    def channel_works(self, environment: str, channel: str) -> None:
        """The provider answered about a message: the channel is not out any more."""
        self._store.execute(
            "DELETE FROM delivery_channel WHERE environment = ? AND channel = ?",
            [environment, channel],
        )


def _insert_statement(columns: tuple[str, ...]) -> str:
    names, binds = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO delivery ({names}) VALUES ({binds}) ON CONFLICT DO NOTHING"  # noqa: S608

"""Decisions of people and of evidence; each is kept with who made it and why."""

import datetime as dt
from dataclasses import replace

from cs_assets.delivery.model import Delivery, NewDelivery, Parts, State
from cs_assets.delivery.record.planning import Planning
from cs_assets.delivery.record.reading import LedgerError
from cs_assets.delivery.record.rows import moment_text


class Decisions(Planning):
    """Decides what is unclear, and plans a delivery anew on purpose."""

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

"""The fence of a restored ledger: what may have been sent since its backup waits for a person.

A backup knows nothing of what was sent after it. Where newer evidence is lost with the machine, all
that was due between backup and restore is ``unknown``, planned already or planned again: it is
sent only when somebody, a receipt or the outbox says that it was not.
"""

import datetime as dt
from dataclasses import dataclass

from cs_assets.delivery.model import NewDelivery, Outcome, State
from cs_assets.delivery.record.recovery import Recovery
from cs_assets.delivery.record.rows import moment_text


@dataclass(frozen=True)
class Fence:
    """Since when the ledger is a restored one."""

    restored_at: dt.datetime
    reason: str

    def holds(self, delivery: NewDelivery) -> bool:
        """Whether this delivery, planned here for the first time, may have been sent before.

        Who sends anew on purpose knows what they do.
        """
        is_new = delivery.identity.revision == 1 and not delivery.cancelled_because
        return is_new and delivery.period_end < self.restored_at.date()


class Fenced(Recovery):
    """Sets the fence, and lifts it."""

    def fence(self) -> Fence | None:
        """None where nothing was restored, or all is decided."""
        rows = self._store.rows("SELECT restored_at, reason FROM delivery_fence")
        if not rows:
            return None
        return Fence(dt.datetime.fromisoformat(rows[0]["restored_at"]), rows[0]["reason"])

    def set_fence(self, backed_up_at: dt.datetime, now: dt.datetime) -> int:
        """Hold what was open at the backup; how many. What is planned later its period holds."""
        at = f"{backed_up_at:%Y-%m-%d %H:%M} UTC"
        why = f"restored from a backup of {at}: it may have been sent since"
        with self._store.transaction():
            self._store.execute("DELETE FROM delivery_fence")
            self._store.execute(
                "INSERT INTO delivery_fence (backed_up_at, restored_at, reason) VALUES (?, ?, ?)",
                [moment_text(backed_up_at), moment_text(now), why],
            )
            return self._store.execute(
                "UPDATE delivery SET state = 'unknown', last_outcome = ?, last_error_text = ?,"
                " lease_owner = NULL, lease_expires_at = NULL"
                " WHERE state IN ('pending', 'sending')",
                [Outcome.UNKNOWN, why],
            )

    def lift_fence(self, *, sent: bool, by: str, note: str, now: dt.datetime) -> int:
        """Decide all that the fence holds: it was sent, or it was not and may be. How many.

        ``sent``: the fence stays, for what is planned of these periods was sent too.
        """
        fence = self.fence()
        if fence is None:
            return 0
        held = "state = 'unknown' AND last_error_text = ?"
        with self._store.transaction():
            self._store.execute(
                "INSERT INTO delivery_decision"  # noqa: S608 (the condition is a constant)
                " (delivery_key, decided_at, decision, decided_by, note)"
                f" SELECT delivery_key, ?, ?, ?, ? FROM delivery WHERE {held}",
                [moment_text(now), "sent" if sent else "not-sent", by, note, fence.reason],
            )
            count = self._store.execute(
                "UPDATE delivery SET state = ?, settled_at = ?, next_attempt_at = ?"  # noqa: S608
                f" WHERE {held}",
                [
                    State.SENT if sent else State.PENDING,
                    moment_text(now) if sent else None,
                    moment_text(now),
                    fence.reason,
                ],
            )
            if not sent:
                self._store.execute("DELETE FROM delivery_fence")
        return count

"""Recovery: what an earlier process left open is closed by its receipts, or becomes unknown."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cs_assets.delivery.clock import FARTHEST_AHEAD
from cs_assets.delivery.model import Outcome, Receipt, State
from cs_assets.delivery.record.attempts import Attempts, state_after
from cs_assets.delivery.record.rows import moment_text


@dataclass
class _Open:
    """A row that may lack a receipt."""

    state: str
    attempts: int
    owner: str | None

    def learns_from(self, receipt: Receipt) -> bool:
        """Whether the receipt says more than the row.

        An acceptance is proof, whichever attempt it was. An attempt that the row has never
        heard of (a ledger restored from a backup) counts when it may have been taken.
        Anything else counts only for the very attempt that the row is in.
        """
        outcome = receipt.answer.outcome
        if outcome is Outcome.ACCEPTED:
            return True
        if receipt.attempt > self.attempts:
            return outcome is Outcome.UNKNOWN
        return (self.state, self.attempts, self.owner) == (
            State.SENDING,
            receipt.attempt,
            receipt.owner,
        )


class Recovery(Attempts):
    """Brings the journal's receipts in, and gives up claims that nobody holds any more."""

    def oldest_open_period(self) -> dt.date | None:
        """First day of the oldest period with a row that may lack a receipt; None: no such row."""
        rows = self._store.rows(
            "SELECT MIN(period_start) AS oldest FROM delivery"
            " WHERE state IN ('pending', 'sending', 'unknown')"
        )
        oldest = rows[0]["oldest"]
        return dt.date.fromisoformat(oldest) if oldest else None

    def replay(self, receipts: Iterable[Receipt], now: dt.datetime) -> int:
        """Bring receipts of the journal, oldest first, into rows that never learned of them.

        Returns the number of receipts that changed a row.
        """
        open_rows = {
            str(row["delivery_key"]): _Open(row["state"], int(row["attempts"]), row["lease_owner"])
            for row in self._store.rows(
                "SELECT delivery_key, state, attempts, lease_owner FROM delivery"
                " WHERE state IN ('pending', 'sending', 'unknown')"
            )
        }
        changed = 0
        for receipt in receipts:
            row = open_rows.get(receipt.delivery_key)
            if row is not None and row.learns_from(receipt):
                changed += self._learn(row, receipt, now)
        return changed

    def _learn(self, row: _Open, receipt: Receipt, now: dt.datetime) -> bool:
        """Write the receipt into its row unless another process has changed that row since."""
        answer = receipt.answer
        # A replayed receipt is no permission to send again what is unclear.
        state = state_after(answer.outcome, None if answer.outcome is Outcome.UNKNOWN else now)
        attempts = max(row.attempts, receipt.attempt)
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = ?, attempts = ?, provider = ?,"
                " provider_message_id = ?, last_outcome = ?,"
                " last_error_class = ?, last_error_text = ?, settled_at = ?,"
                " lease_owner = NULL, lease_expires_at = NULL"
                " WHERE delivery_key = ? AND state = ? AND attempts = ?",
                [
                    state,
                    attempts,
                    receipt.provider,
                    answer.provider_message_id or None,
                    answer.outcome,
                    answer.error_class or None,
                    answer.error_text or None,
                    moment_text(now) if state in (State.SENT, State.FAILED) else None,
                    receipt.delivery_key,
                    row.state,
                    row.attempts,
                ],
            )
            if changed:
                self._store.execute(
                    "INSERT INTO delivery_attempt (delivery_key, attempt, provider, started_at,"
                    " fingerprint) VALUES (?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
                    [
                        receipt.delivery_key,
                        receipt.attempt,
                        receipt.provider,
                        moment_text(receipt.received_at),
                    ],
                )
                self._finish_attempt(receipt)
        if changed:
            row.state, row.attempts, row.owner = state, attempts, None
        return changed == 1

    def heed_clock(self, now: dt.datetime, lease: dt.timedelta) -> None:
        """Wait for no moment that only a clock that was ahead can have noted.

        What waits is due, an attempt that began then has run out. A lease of ``lease`` and a day
        may be of another machine, whose clock differs.
        """
        farthest_lease = now + lease + dt.timedelta(days=1)
        with self._store.transaction():
            self._store.execute(
                "UPDATE delivery SET next_attempt_at = ?"
                " WHERE state = 'pending' AND next_attempt_at > ?",
                [moment_text(now), moment_text(now + FARTHEST_AHEAD)],
            )
            self._store.execute(
                "UPDATE delivery SET lease_expires_at = ?"
                " WHERE state = 'sending' AND lease_expires_at > ?",
                [moment_text(now - dt.timedelta(seconds=1)), moment_text(farthest_lease)],
            )

    def expire_leases(
        self, now: dt.datetime, resend_channels: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Make attempts without an answer ``unknown`` when their lease has run out.

        In a channel that is configured to send again in doubt they become ``pending``.
        """
        again, at = tuple(resend_channels), moment_text(now)
        keys = []
        with self._store.transaction():
            for row in self._store.rows(
                "SELECT delivery_key, channel FROM delivery"
                " WHERE state = 'sending' AND lease_expires_at < ?",
                [at],
            ):
                state = State.PENDING if row["channel"] in again else State.UNKNOWN
                # The condition again: on PostgreSQL the row may have been settled meanwhile.
                changed = self._store.execute(
                    "UPDATE delivery SET state = ?, last_outcome = ?, lease_owner = NULL,"
                    " lease_expires_at = NULL, last_error_text = ?"
                    " WHERE delivery_key = ? AND state = 'sending' AND lease_expires_at < ?",
                    [
                        state,
                        Outcome.UNKNOWN,
                        "the attempt ended without an answer",
                        row["delivery_key"],
                        at,
                    ],
                )
                if changed:
                    keys.append(str(row["delivery_key"]))
        return tuple(keys)

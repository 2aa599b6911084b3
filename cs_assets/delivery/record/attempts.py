"""Attempts: the right to make one, taken before the first byte, and the answer written down.

Two rules carry the promise "never twice by itself, never silently lost":

- a row goes from ``pending`` to ``sending`` by one conditional UPDATE, committed
  before the first byte goes out;
- a row leaves ``sending`` only by a receipt of that very attempt, or to ``unknown``.
"""

import datetime as dt

from cs_assets.delivery import crash_points
from cs_assets.delivery.model import Answer, Claim, Outcome, Receipt, State
from cs_assets.delivery.record.reading import TEXTS_APART, Reading
from cs_assets.delivery.record.rows import moment_text


class Attempts(Reading):
    """Claims deliveries and settles them."""

    def claim(
        self,
        key: str,
        *,
        owner: str,
        now: dt.datetime,
        lease: dt.timedelta,
        provider: str,
        fingerprint: str,
    ) -> Claim | None:
        """Take the right to make one attempt, and record it; None when another has it."""
        at, lately = moment_text(now), moment_text(now - TEXTS_APART)
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = 'sending', attempts = attempts + 1, lease_owner = ?,"
                " lease_expires_at = ?, provider = ?,"
                " first_attempt_at = COALESCE(first_attempt_at, ?)"
                " WHERE delivery_key = ? AND state = 'pending' AND next_attempt_at <= ?"
                # Two runs at once, too, text nobody twice a day.
                " AND (channel <> 'sms' OR NOT EXISTS (SELECT 1 FROM delivery o"
                " WHERE o.channel = 'sms' AND o.environment = delivery.environment"
                " AND LOWER(o.recipient) = LOWER(delivery.recipient)"
                " AND o.delivery_key <> delivery.delivery_key"
                " AND (o.state = 'sending' OR (o.state IN ('sent', 'unknown')"
                " AND COALESCE(o.settled_at, o.first_attempt_at) > ?))))",
                [owner, moment_text(now + lease), provider, at, key, at, lately],
            )
            if changed != 1:
                return None
            attempt = int(
                self._store.rows("SELECT attempts FROM delivery WHERE delivery_key = ?", [key])[0][
                    "attempts"
                ]
            )
            self._store.execute(
                "INSERT INTO delivery_attempt (delivery_key, attempt, provider, started_at,"
                " fingerprint) VALUES (?, ?, ?, ?, ?)",
                [key, attempt, provider, at, fingerprint],
            )
            crash_points.reached("before_claim_commit")
        return Claim(key, owner, attempt, now + lease)

    def settle(
        self, receipt: Receipt, now: dt.datetime, *, retry_at: dt.datetime | None = None
    ) -> bool:
        """Write an attempt's answer into its row; False when the row is not that attempt's.

        A transient refusal goes back to ``pending``, for ``retry_at``.
        An unclear one does so only when ``retry_at`` is given (at-least-once channels).
        """
        answer = receipt.answer
        state = state_after(answer.outcome, retry_at)
        settled = state in (State.SENT, State.FAILED)
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = ?, provider_message_id = ?, last_outcome = ?,"
                " last_error_class = ?, last_error_text = ?, next_attempt_at = ?, settled_at = ?,"
                " lease_owner = NULL, lease_expires_at = NULL"
                " WHERE delivery_key = ? AND state = 'sending' AND lease_owner = ?"
                " AND attempts = ?",
                [
                    state,
                    answer.provider_message_id or None,
                    answer.outcome,
                    answer.error_class or None,
                    answer.error_text or _code_of(answer),
                    moment_text(retry_at or now),
                    moment_text(now) if settled else None,
                    receipt.delivery_key,
                    receipt.owner,
                    receipt.attempt,
                ],
            )
            self._finish_attempt(receipt)
            crash_points.reached("before_settle_commit")
        return changed == 1

    def _finish_attempt(self, receipt: Receipt) -> None:
        answer = receipt.answer
        self._store.execute(
            "UPDATE delivery_attempt SET finished_at = ?, outcome = ?, provider_message_id = ?,"
            " code = ?, error_text = ? WHERE delivery_key = ? AND attempt = ?",
            [
                moment_text(receipt.received_at),
                answer.outcome,
                answer.provider_message_id or None,
                answer.code or None,
                answer.error_text or None,
                receipt.delivery_key,
                receipt.attempt,
            ],
        )

    def fail_unsent(
        self, key: str, now: dt.datetime, reason: str, *, state: State = State.FAILED
    ) -> bool:
        """Settle a pending delivery that must not or cannot be attempted."""
        return (
            self._store.execute(
                "UPDATE delivery SET state = ?, last_outcome = ?, last_error_text = ?,"
                " settled_at = ? WHERE delivery_key = ? AND state = 'pending'",
                [state, Outcome.REJECTED_PERMANENT, reason, moment_text(now), key],
            )
            == 1
        )

    def make_due(self, key: str, now: dt.datetime) -> bool:
        """Let a pending delivery be attempted at once; False when it is not pending."""
        return (
            self._store.execute(
                "UPDATE delivery SET next_attempt_at = ?"
                " WHERE delivery_key = ? AND state = 'pending'",
                [moment_text(now), key],
            )
            == 1
        )

    def tries_without_success(self, key: str) -> int:
        """How many attempts were refused for the moment or remained unclear."""
        rows = self._store.rows(
            "SELECT COUNT(*) AS n FROM delivery_attempt"
            " WHERE delivery_key = ? AND outcome IN (?, ?)",
            [key, Outcome.REJECTED_TRANSIENT, Outcome.UNKNOWN],
        )
        return int(rows[0]["n"])


def _code_of(answer: Answer) -> str | None:
    """The code of a refusal without words: a reason all the same."""
    refused = answer.outcome is not Outcome.ACCEPTED and not answer.error_class
    return answer.code or None if refused else None


def state_after(outcome: Outcome, retry_at: dt.datetime | None) -> State:
    """The state that an answer leads to; ``retry_at``: when it is tried again, if at all."""
    match outcome:
        case Outcome.ACCEPTED:
            return State.SENT
        case Outcome.REJECTED_PERMANENT:
            return State.FAILED
        case Outcome.REJECTED_TRANSIENT | Outcome.CONFIG_ERROR:
            return State.PENDING  # surely nobody has it: it waits, however often it was refused
        case Outcome.UNKNOWN:
            return State.UNKNOWN if retry_at is None else State.PENDING

"""The delivery ledger: what is to be sent, what was tried, and what came of it.

Every method is one transaction, on the disk when it returns. Two rules carry the
promise "never twice by itself, never silently lost":

- a row goes from ``pending`` to ``sending`` by one conditional UPDATE, committed
  before the first byte goes out;
- a row leaves ``sending`` only by a receipt of that very attempt, or to ``unknown``.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cs_assets.delivery import crash_points
from cs_assets.delivery.ledger_rows import delivery_of, moment_text, new_row, part_columns
from cs_assets.delivery.model import (
    Claim,
    Delivery,
    NewDelivery,
    Outcome,
    Parts,
    Receipt,
    State,
)
from cs_assets.delivery.store import Row, Store


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


class LedgerError(RuntimeError):
    """What was asked of the ledger does not fit the state of a delivery."""

    exit_status = 2


class Ledger:
    """The ledger in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def close(self) -> None:
        self._store.close()

    # ---- plan

    def plan(self, deliveries: Sequence[NewDelivery], now: dt.datetime, run_id: str) -> Planned:
        """Record all that is expected, in one transaction; what is there stays."""
        new, renewed, refused = set(), set(), set()
        with self._store.transaction():
            for delivery in deliveries:
                key = delivery.identity.key
                if self._insert(key, delivery, now, run_id):
                    new.add(key)
                elif self._renew(key, delivery.parts):
                    renewed.add(key)
                elif self._content_of(key) != delivery.parts.sha256:
                    refused.add(key)
            crash_points.reached("before_plan_commit")
        crash_points.reached("after_plan_commit")
        keys = tuple(delivery.identity.key for delivery in deliveries)
        return Planned(keys, frozenset(new), frozenset(renewed), frozenset(refused))

    def _insert(self, key: str, delivery: NewDelivery, now: dt.datetime, run_id: str) -> bool:
        who, values = delivery.identity, new_row(key, delivery, now, run_id)
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

    # ---- claim, settle

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
        at = moment_text(now)
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = 'sending', attempts = attempts + 1, lease_owner = ?,"
                " lease_expires_at = ?, provider = ?,"
                " first_attempt_at = COALESCE(first_attempt_at, ?)"
                " WHERE delivery_key = ? AND state = 'pending' AND next_attempt_at <= ?",
                [owner, moment_text(now + lease), provider, at, key, at],
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

        A transient refusal goes back to ``pending`` for ``retry_at``, or fails without it.
        An unclear one does so only when ``retry_at`` is given (at-least-once channels).
        """
        answer = receipt.answer
        state = _state_after(answer.outcome, retry_at)
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
                    answer.error_text or None,
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

    def tries_without_success(self, key: str) -> int:
        """How many attempts were refused for the moment or remained unclear."""
        rows = self._store.rows(
            "SELECT COUNT(*) AS n FROM delivery_attempt"
            " WHERE delivery_key = ? AND outcome IN (?, ?)",
            [key, Outcome.REJECTED_TRANSIENT, Outcome.UNKNOWN],
        )
        return int(rows[0]["n"])

    # ---- recover

    def has_open_attempts(self) -> bool:
        """Whether any attempt's answer may be missing here."""
        return bool(
            self._store.rows(
                "SELECT 1 AS found FROM delivery"
                " WHERE state IN ('sending', 'unknown') OR (state = 'pending' AND attempts > 0)"
                " LIMIT 1"
            )
        )

    def replay(self, receipts: Iterable[Receipt], now: dt.datetime) -> int:
        """Bring receipts of the journal into rows that never learned of them.

        An accepted one wins over ``sending``, ``unknown`` and ``pending``: it is proof.
        Any other counts only for a row that is still in that attempt.
        """
        open_attempts = {
            (str(row["delivery_key"]), int(row["attempts"])): str(row["state"])
            for row in self._store.rows(
                "SELECT delivery_key, attempts, state FROM delivery"
                " WHERE state IN ('sending', 'unknown', 'pending') AND attempts > 0"
            )
        }
        changed = 0
        for receipt in receipts:
            state = open_attempts.get((receipt.delivery_key, receipt.attempt))
            if state == State.SENDING or (
                state is not None and receipt.answer.outcome is Outcome.ACCEPTED
            ):
                changed += self._replay_one(receipt, now)
        return changed

    def _replay_one(self, receipt: Receipt, now: dt.datetime) -> int:
        answer = receipt.answer
        accepted = answer.outcome is Outcome.ACCEPTED
        # A replayed receipt is no permission to send again what is unclear.
        state = _state_after(answer.outcome, None if answer.outcome is Outcome.UNKNOWN else now)
        with self._store.transaction():
            changed = self._store.execute(
                "UPDATE delivery SET state = ?, provider_message_id = ?, last_outcome = ?,"
                " last_error_class = ?, last_error_text = ?, settled_at = ?,"
                " lease_owner = NULL, lease_expires_at = NULL"
                " WHERE delivery_key = ? AND attempts = ?"
                " AND (state = 'sending' OR (? = 1 AND state IN ('unknown', 'pending')))",
                [
                    state,
                    answer.provider_message_id or None,
                    answer.outcome,
                    answer.error_class or None,
                    answer.error_text or None,
                    moment_text(now) if state in (State.SENT, State.FAILED) else None,
                    receipt.delivery_key,
                    receipt.attempt,
                    1 if accepted else 0,
                ],
            )
            if changed:
                self._finish_attempt(receipt)
        return changed

    def expire_leases(
        self, now: dt.datetime, resend_channels: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Make attempts without an answer ``unknown`` when their lease has run out.

        In a channel that is configured to send again in doubt they become ``pending``.
        """
        again = tuple(resend_channels)
        keys = []
        with self._store.transaction():
            for row in self._store.rows(
                "SELECT delivery_key, channel FROM delivery"
                " WHERE state = 'sending' AND lease_expires_at < ?",
                [moment_text(now)],
            ):
                state = State.PENDING if row["channel"] in again else State.UNKNOWN
                self._store.execute(
                    "UPDATE delivery SET state = ?, last_outcome = ?, lease_owner = NULL,"
                    " lease_expires_at = NULL, last_error_text = ? WHERE delivery_key = ?",
                    [
                        state,
                        Outcome.UNKNOWN,
                        "the attempt ended without an answer",
                        row["delivery_key"],
                    ],
                )
                keys.append(str(row["delivery_key"]))
        return tuple(keys)

    # ---- decisions of people and of evidence

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

    # ---- suppressed addresses

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

    # ---- look

    def get(self, key: str) -> Delivery:
        """One delivery by its key or an unambiguous beginning of it."""
        rows = self._store.rows(
            "SELECT * FROM delivery WHERE delivery_key LIKE ? ORDER BY delivery_key LIMIT 2",
            [_key_pattern(key)],
        )
        if not rows:
            raise LedgerError(f"no delivery has the key {key}; 'deliveries list' shows them")
        if len(rows) > 1:
            raise LedgerError(f"several deliveries begin with {key}; give more of the key")
        return delivery_of(rows[0])

    def find(
        self,
        *,
        report_kind: str | None = None,
        period_start: dt.date | None = None,
        states: Iterable[State] = (),
        keys: Iterable[str] | None = None,
    ) -> list[Delivery]:
        """Deliveries that fit all conditions given, in a stable order."""
        conditions, parameters = ["1 = 1"], []
        if report_kind is not None:
            conditions.append("report_kind = ?")
            parameters.append(report_kind)
        if period_start is not None:
            conditions.append("period_start = ?")
            parameters.append(period_start.isoformat())
        wanted_states = [str(state) for state in states]
        if wanted_states:
            conditions.append(f"state IN ({', '.join('?' * len(wanted_states))})")
            parameters += wanted_states
        rows = self._store.rows(
            f"SELECT * FROM delivery WHERE {' AND '.join(conditions)}"  # noqa: S608 (constants)
            " ORDER BY period_start, report_kind, artefact_id, channel, recipient, revision",
            parameters,
        )
        wanted = None if keys is None else set(keys)
        return [delivery_of(row) for row in rows if wanted is None or row["delivery_key"] in wanted]

    def missing(self, period_start: dt.date) -> list[Delivery]:
        """What a period expects and that is not settled yet."""
        rows = self._store.rows(
            "SELECT d.* FROM delivery_expected e JOIN delivery d USING (delivery_key)"
            " WHERE e.period_start = ? AND d.state NOT IN ('sent', 'failed', 'cancelled')"
            " ORDER BY d.report_kind, d.artefact_id, d.channel",
            [period_start.isoformat()],
        )
        return [delivery_of(row) for row in rows]

    def expected(self, period_start: dt.date) -> int:
        """How many deliveries a period expects."""
        rows = self._store.rows(
            "SELECT COUNT(*) AS n FROM delivery_expected WHERE period_start = ?",
            [period_start.isoformat()],
        )
        return int(rows[0]["n"])

    def attempts(self, key: str) -> list[Row]:
        """All attempts of a delivery, oldest first."""
        return self._store.rows(
            "SELECT * FROM delivery_attempt WHERE delivery_key = ? ORDER BY attempt", [key]
        )

    def decisions(self, key: str) -> list[Row]:
        """What was decided about a delivery, oldest first."""
        return self._store.rows(
            "SELECT * FROM delivery_decision WHERE delivery_key = ? ORDER BY decided_at", [key]
        )


def _state_after(outcome: Outcome, retry_at: dt.datetime | None) -> State:
    match outcome:
        case Outcome.ACCEPTED:
            return State.SENT
        case Outcome.REJECTED_PERMANENT:
            return State.FAILED
        case Outcome.REJECTED_TRANSIENT:
            return State.PENDING if retry_at is not None else State.FAILED
        case Outcome.CONFIG_ERROR:
            return State.PENDING
        case Outcome.UNKNOWN:
            return State.UNKNOWN if retry_at is None else State.PENDING


def _insert_statement(columns: tuple[str, ...]) -> str:
    names, binds = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO delivery ({names}) VALUES ({binds}) ON CONFLICT DO NOTHING"  # noqa: S608


def _key_pattern(key: str) -> str:
    if not key or any(character not in "0123456789abcdef" for character in key):
        raise LedgerError(f"'{key}' is no delivery key; keys are hexadecimal")
    return f"{key}%"

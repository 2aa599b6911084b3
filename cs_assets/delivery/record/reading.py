"""What stands in the ledger: deliveries, what a period expects, attempts, decisions."""

import datetime as dt
from collections.abc import Iterable, Sequence

from cs_assets.delivery.model import Delivery, Identity, State
from cs_assets.delivery.record.rows import delivery_of, moment_text
from cs_assets.delivery.record.store import Row, Store
from cs_assets.errors import UsageError

#: Between two text messages to one person.
TEXTS_APART = dt.timedelta(days=1)
#: Keys that one statement names; more are picked out afterwards.
_MOST_BINDS = 500
#: First tried or to be tried, or decided by a person (who found that nobody has it), after a
#: moment that is given twice.
_LATELY = (
    "(COALESCE(d.first_attempt_at, d.next_attempt_at) > ?"
    " OR EXISTS (SELECT 1 FROM delivery_decision c"
    " WHERE c.delivery_key = d.delivery_key AND c.decided_at > ?))"
)


class LedgerError(UsageError):
    """What was asked of the ledger does not fit the state of a delivery."""


class Reading:
    """Looks at the ledger in ``store``; changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def close(self) -> None:
        self._store.close()

    def get(self, key: str) -> Delivery:
        """One delivery by its key or an unambiguous beginning of it."""
        if not key or any(character not in "0123456789abcdef" for character in key):
            raise LedgerError(f"'{key}' is no delivery key; keys are hexadecimal")
        # A range and not LIKE: only this uses the primary key's index on both engines.
        rows = self._store.rows(
            "SELECT * FROM delivery WHERE delivery_key >= ? AND delivery_key < ?"
            " ORDER BY delivery_key LIMIT 2",
            [key, f"{key}g"],
        )
        if not rows:
            raise LedgerError(f"no delivery has the key {key}; 'deliveries list' shows them")
        if len(rows) > 1:
            raise LedgerError(f"several deliveries begin with {key}; give more of the key")
        return delivery_of(rows[0])

    def events_of(self, keys: Sequence[str]) -> list[Row]:
        """What providers told about these deliveries, oldest first."""
        found: list[Row] = []
        for start in range(0, len(keys), _MOST_BINDS):
            some = keys[start : start + _MOST_BINDS]
            marks = ", ".join("?" * len(some))
            text = (
                "SELECT delivery_key, event, happened_at FROM delivery_event"  # noqa: S608 (marks)
                f" WHERE delivery_key IN ({marks}) ORDER BY happened_at"
            )
            found += self._store.rows(text, list(some))
        return found

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
        wanted = None if keys is None else set(keys)
        if wanted is not None and len(wanted) <= _MOST_BINDS:
            conditions.append(f"delivery_key IN ({', '.join('?' * len(wanted)) or 'NULL'})")
            parameters += sorted(wanted)
        rows = self._store.rows(
            f"SELECT * FROM delivery WHERE {' AND '.join(conditions)}"  # noqa: S608 (constants)
            " ORDER BY period_start, report_kind, artefact_id, channel, recipient, revision",
            parameters,
        )
        return [delivery_of(row) for row in rows if wanted is None or row["delivery_key"] in wanted]

    def text_again_at(self, who: Identity) -> dt.datetime | None:
        """A day after somebody's last other text message, or one that may have gone; None: none."""
        rows = self._store.rows(
            "SELECT MAX(COALESCE(settled_at, first_attempt_at)) AS latest FROM delivery"
            " WHERE channel = 'sms' AND environment = ? AND LOWER(recipient) = LOWER(?)"
            " AND delivery_key <> ? AND state IN ('sending', 'sent', 'unknown')",
            [who.environment, who.recipient, who.key],
        )
        latest = rows[0]["latest"]
        return dt.datetime.fromisoformat(latest) + TEXTS_APART if latest else None

    def waiting(self, since: dt.datetime) -> list[Delivery]:
        """What surely nobody has and may still go out: first tried, or decided, after ``since``."""
        return self._pending("", since)

    def overdue(self, since: dt.datetime) -> list[Delivery]:
        """What surely nobody has and has waited from before ``since``."""
        return self._pending("NOT", since)

    def _pending(self, which: str, since: dt.datetime) -> list[Delivery]:
        rows = self._store.rows(
            f"SELECT d.* FROM delivery d WHERE d.state = 'pending' AND {which} {_LATELY}"  # noqa: S608
            " ORDER BY d.period_start, d.report_kind, d.artefact_id, d.channel, d.recipient",
            [moment_text(since)] * 2,
        )
        return [delivery_of(row) for row in rows]

    def missing(self, period_start: dt.date) -> list[Delivery]:
        """What a period expects and nobody got: failed, waiting or unclear, in no later revision.

        A failed one that a person has sent anew is as its newest revision is.
        """
        rows = self._store.rows(
            "SELECT d.* FROM delivery_expected e JOIN delivery d USING (delivery_key)"
            " WHERE e.period_start = ? AND d.state NOT IN ('sent', 'cancelled')"
            " AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.environment = d.environment"
            " AND n.report_kind = d.report_kind AND n.period_start = d.period_start"
            " AND n.artefact_id = d.artefact_id AND n.audience = d.audience"
            " AND n.channel = d.channel AND LOWER(n.recipient) = LOWER(d.recipient)"
            " AND n.revision > d.revision)"
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

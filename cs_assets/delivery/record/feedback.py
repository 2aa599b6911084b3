"""What came back after acceptance: suppressed addresses and providers' events."""

import datetime as dt

from cs_assets.delivery.record.reading import Reading
from cs_assets.delivery.record.rows import moment_text
from cs_assets.delivery.record.store import Row


class Feedback(Reading):
    """Keeps addresses that nothing is sent to, and events, each once."""

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
            "SELECT reason FROM delivery_suppression WHERE address = ?",
            [address.strip().casefold()],
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

"""Channels that take nothing at the moment: all runs and processes know the same."""

import datetime as dt

from cs_assets.delivery.model import Outage
from cs_assets.delivery.record.reading import Reading
from cs_assets.delivery.record.rows import moment_text


class Channels(Reading):
    """Keeps since when and why a channel is out, until something is taken again."""

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

"""Planning: all deliveries that a period expects, in one transaction; what is there stays."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cs_assets.delivery import crash_points
from cs_assets.delivery.model import NewDelivery, Parts
from cs_assets.delivery.record.reading import Reading
from cs_assets.delivery.record.rows import new_row, part_columns


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


class Planning(Reading):
    """Adds what is to be sent."""

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


def _insert_statement(columns: tuple[str, ...]) -> str:
    names, binds = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO delivery ({names}) VALUES ({binds}) ON CONFLICT DO NOTHING"  # noqa: S608

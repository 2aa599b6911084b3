"""Quiet hours: when a kind of message may not reach anybody, and when it may again."""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from cs_assets.config import Strict
from cs_assets.delivery.planning import REHEARSAL


class QuietHours(Strict):
    """From an evening until a morning, and over the weekend, by the clock of one place."""

    begin: dt.time
    until: dt.time
    weekend: bool = True
    """Whether Saturday and Sunday are quiet too."""
    time_zone: str = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"'{name}' is no time zone, e.g. Europe/Berlin") from None
        return name

    def are_over_at(self, now: dt.datetime) -> dt.datetime | None:
        """When a quiet ``now`` (UTC without zone) is over, the same way; None when it is not."""
        zone = ZoneInfo(self.time_zone)
        here = now.replace(tzinfo=dt.UTC).astimezone(zone)
        if not self._is_quiet(here):
            return None
        ahead = (
            dt.datetime.combine(here.date() + dt.timedelta(days=day), self.until, zone)
            for day in range(4)
        )
        over = next(one for one in ahead if one > here and not self._rests(one))
        return over.astimezone(dt.UTC).replace(tzinfo=None)

    def _is_quiet(self, here: dt.datetime) -> bool:
        time = here.time()
        if self.begin <= self.until:
            quiet = self.begin <= time < self.until
        else:
            quiet = time >= self.begin or time < self.until
        return quiet or self._rests(here)

    def _rests(self, here: dt.datetime) -> bool:
        return self.weekend and here.weekday() >= 5


def quiet_until(
    hours: Mapping[str, QuietHours], kind: str, environment: str, now: dt.datetime
) -> dt.datetime | None:
    """When ``kind`` may go out again, None: now. A rehearsal reaches nobody and wakes nobody."""
    rule = hours.get(kind)
    return None if rule is None or environment == REHEARSAL else rule.are_over_at(now)

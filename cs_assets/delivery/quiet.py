"""Quiet hours: when a kind of message may not reach somebody, and when it may again."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from cs_assets.config import Strict
from cs_assets.delivery.message.text_message import is_number
from cs_assets.delivery.model import Identity
from cs_assets.delivery.planning import REHEARSAL


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _checked(zone: str) -> str:
    if not _known(zone):
        raise ValueError(f"'{zone}' is no time zone, e.g. Europe/Berlin")
    return zone


class QuietHours(Strict):
    """From an evening until a morning, and over the weekend, by somebody's clock."""

    begin: dt.time
    until: dt.time
    weekend: bool = True
    """Whether Saturday and Sunday are quiet too."""
    time_zone: str = Field(min_length=1)
    """Of those whose own is not known."""

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        return _checked(name)

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


class Hours(Strict):
    """How one person may be reached, where no table tells it."""

    time_zone: str | None = None
    until: dt.time | None = None
    """From when on mail of kinds with quiet hours may come: the person's hour."""

    telephone: str | None = None
    """Where text messages may come; without it none do."""

    @field_validator("telephone")
    @classmethod
    def _is_a_number(cls, number: str | None) -> str | None:
        if number is not None and not is_number(number):
            raise ValueError("a telephone number is written as +4930123456")
        return number

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        return name and _checked(name)


@dataclass(frozen=True)
class Quiet:
    """When somebody may be reached: the rule of the kind, on the clock of the person."""

    rules: Mapping[str, QuietHours]
    """By kind."""
    people: Mapping[str, Hours] = field(default_factory=dict)
    """By address in small letters."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """By address in small letters, as the workers' table has them; one that is none is passed."""
    again_at: Callable[[Identity], dt.datetime | None] = lambda who: None
    """When somebody may get a text message again after the last one."""

    def over_at(self, who: Identity, now: dt.datetime) -> dt.datetime | None:
        """When it may go out (UTC without zone), None: now."""
        again = self.again_at(who) if who.channel == "sms" else None
        rested = self._rested_at(who, max(again or now, now))
        return rested or (again if again and again > now else None)

    def _rested_at(self, who: Identity, now: dt.datetime) -> dt.datetime | None:
        """When the quiet hours are over, None: now. A rehearsal reaches nobody."""
        rule = self.rules.get(who.report_kind)
        if rule is None or who.environment == REHEARSAL:
            return None
        address = who.recipient.strip().casefold()
        own, zone = self.people.get(address, Hours()), self.zones.get(address)
        theirs = {
            "time_zone": own.time_zone or (zone if zone and _known(zone) else rule.time_zone),
            "until": own.until or rule.until,
        }
        return rule.model_copy(update=theirs).are_over_at(now)

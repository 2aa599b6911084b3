"""The rules of ``config/delivery.yaml``."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from cs_assets import config
from cs_assets.config import Strict
from cs_assets.delivery.quiet import Hours, Quiet, QuietHours
from cs_assets.mail_addresses import is_address

#: What a lease leaves beside the attempt itself, for recording the answer.
_SPARE_SECONDS = 40.0


class RetryRules(Strict):
    """How "not now" is met."""

    attempts: int = Field(ge=1, le=20)
    """Unclear attempts that a channel set to ``resend`` makes of one delivery."""
    first_wait_seconds: float = Field(gt=0, le=60)
    longest_wait_seconds: float = Field(gt=0, le=3600)


class WaitingRules(Strict):
    """What becomes of deliveries that surely nobody has when a run ends."""

    give_up_after_days: float = Field(gt=0, le=60)
    try_every_minutes: float = Field(ge=1, le=24 * 60)


class DeliveryPolicy(Strict):
    """All rules of delivery that are not secrets."""

    late_after_days: int = Field(ge=0)
    attempt_seconds: float = Field(ge=5, le=600)
    lease_seconds: float = Field(ge=100)
    retry: RetryRules
    waiting: WaitingRules
    run_seconds: float = Field(gt=0)
    journal_keep_days: int = Field(ge=60)
    reports_url: str | None = Field(default=None, pattern=r"^https://[^\s?#]+$")
    reply_to: dict[str, str] = Field(default_factory=dict)
    on_unknown: dict[Literal["email", "slack", "sms"], Literal["hold", "resend"]]
    lists: dict[str, str]
    texts: bool = False
    """Whether text messages are sent at all, to those whose telephone ``people`` names."""
    track_opens: tuple[str, ...] = ()
    """Kinds of mail of which the provider tells when they are opened."""
    quiet_hours: dict[str, QuietHours] = Field(default_factory=dict)
    """By kind: when nobody is to be reached; what falls into them waits."""
    people: dict[str, Hours] = Field(default_factory=dict)
    """By address: a person's own clock, hour and telephone."""

    @field_validator("reply_to")
    @classmethod
    def _addresses(cls, by_kind: dict[str, str]) -> dict[str, str]:
        for kind, address in by_kind.items():
            if not is_address(address):
                raise ValueError(f"reply_to of {kind} is not a mail address")
        return by_kind

    @field_validator("people")
    @classmethod
    def _small_letters(cls, people: dict[str, Hours]) -> dict[str, Hours]:
        for address in people:
            if not is_address(address):
                raise ValueError(f"'{address}' of people is no mail address")
        return {address.strip().casefold(): hours for address, hours in people.items()}

    @model_validator(mode="after")
    def _attempts_end_within_their_lease(self) -> "DeliveryPolicy":
        if self.lease_seconds < self.attempt_seconds + _SPARE_SECONDS:
            raise ValueError(
                f"lease_seconds must be at least attempt_seconds + {_SPARE_SECONDS:g}: an attempt "
                "that still runs would be given up"
            )
        return self

    def telephone(self, address: str) -> str | None:
        """The number at which somebody wants text messages; None: they get none."""
        own = self.people.get(address.strip().casefold())
        return own.telephone if own is not None else None

    @property
    def give_up_after(self) -> dt.timedelta:
        """How long a delivery that nobody has may wait."""
        return dt.timedelta(days=self.waiting.give_up_after_days)

    def quiet(self, zones: Mapping[str, str]) -> Quiet:
        """When people may be reached; ``zones`` as the workers' table has them."""
        return Quiet(self.quiet_hours, self.people, zones)

    @property
    def lease(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.lease_seconds)

    @property
    def resend_channels(self) -> tuple[str, ...]:
        """Channels in which an unclear attempt is made again."""
        return tuple(name for name, rule in self.on_unknown.items() if rule == "resend")

    def is_late(self, period_end: dt.date, today: dt.date) -> bool:
        """Whether a period is too old to be sent without an explicit wish."""
        return (today - period_end).days > self.late_after_days


def load_policy(folder: Path | None = None) -> DeliveryPolicy:
    """The policy in force; ``folder`` is the user's own configuration."""
    return config.load("delivery.yaml", DeliveryPolicy, folder)

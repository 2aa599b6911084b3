"""The rules of ``config/delivery.yaml``."""

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cs_assets import config
from cs_assets.delivery.addresses import is_address


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RetryRules(_Strict):
    """How "not now" is met."""

    attempts: int = Field(ge=1, le=20)
    first_wait_seconds: float = Field(gt=0, le=60)
    longest_wait_seconds: float = Field(gt=0, le=3600)


class DeliveryPolicy(_Strict):
    """All rules of delivery that are not secrets."""

    late_after_days: int = Field(ge=0)
    lease_seconds: float = Field(ge=100)
    retry: RetryRules
    run_seconds: float = Field(gt=0)
    journal_keep_days: int = Field(ge=60)
    reports_url: str | None = Field(default=None, pattern=r"^https://[^\s?#]+$")
    reply_to: dict[str, str] = Field(default_factory=dict)
    on_unknown: dict[Literal["email", "slack"], Literal["hold", "resend"]]
    lists: dict[str, str]

    @field_validator("reply_to")
    @classmethod
    def _addresses(cls, by_kind: dict[str, str]) -> dict[str, str]:
        for kind, address in by_kind.items():
            if not is_address(address):
                raise ValueError(f"reply_to of {kind} is not a mail address")
        return by_kind

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

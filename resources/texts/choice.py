"""Text messages by the provider that the settings mean; files in the outbox in development."""

from dataclasses import dataclass

from cs_assets.delivery.couriers import TextCourier
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from cs_assets.redaction import remember_secret
from resources.settings import Settings
from resources.texts.providers import PROVIDERS

CONSOLE = "console"


def choose_provider(settings: Settings) -> str | None:
    """The provider in force; None in production where nobody chose one: no texts go out."""
    chosen = settings.sms_provider or (
        CONSOLE if settings.cs_assets_environment == "development" else None
    )
    if chosen is None:
        return None
    missing = [n.upper() for n in PROVIDERS[chosen].needs if getattr(settings, n) is None]
    if missing:
        raise UsageError(f"text messages through {chosen} need the setting {', '.join(missing)}")
    return chosen


@dataclass(frozen=True)
class Texts:
    """The channel ``sms`` of these settings."""

    settings: Settings

    def environment(self) -> str | None:
        """The environment of a message's key; None when no provider is chosen."""
        chosen = choose_provider(self.settings)
        return REHEARSAL if chosen == CONSOLE else chosen and self.settings.cs_assets_environment

    def courier(self) -> TextCourier | None:
        """A courier for the provider in force; None when there is none."""
        settings, chosen = self.settings, choose_provider(self.settings)
        if chosen is None:
            return None
        for secret in PROVIDERS[chosen].secrets(settings):
            remember_secret(secret)
        home, policy = settings.home, load_policy(settings.cs_assets_config_dir)
        transport = PROVIDERS[chosen].open(settings, home, policy.attempt_seconds)
        return TextCourier(transport, home.root, policy)

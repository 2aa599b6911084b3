"""Which mail provider the settings mean, and what it can do. Needs no Dagster."""

from collections.abc import Callable, Iterator
from typing import Any

from cs_assets.delivery.couriers import MailTransport
from cs_assets.delivery.record.provider_events import Event
from cs_assets.errors import UsageError
from cs_assets.mail_addresses import is_address
from cs_assets.redaction import remember_secret
from resources.home import Home
from resources.mail.log_hygiene import quiet_libraries
from resources.mail.providers import PROVIDERS
from resources.settings import Settings

CONSOLE = "console"


def choose_provider(settings: Settings) -> str:
    """The name of the provider that the settings mean.

    ``EMAIL_PROVIDER`` decides when it is set. Otherwise the first whose own setting is there
    (SENDGRID_API_KEY, AWS_ACCESS_KEY_ID, SMTP_HOST); otherwise the console, but never without
    being asked to in production. Raises ``UsageError``.
    """
    chosen = PROVIDERS[settings.email_provider or _by_credentials(settings)]
    missing = [name.upper() for name in chosen.needs if getattr(settings, name) is None]
    if missing:
        raise UsageError(f"mail through {chosen.name} needs the setting {', '.join(missing)}")
    return chosen.name


def _by_credentials(settings: Settings) -> str:
    for provider in PROVIDERS.values():
        if provider.chosen_by and getattr(settings, provider.chosen_by) is not None:
            return provider.name
    if settings.cs_assets_environment == "production":
        ways = [one.chosen_by.upper() for one in PROVIDERS.values() if one.chosen_by]
        raise UsageError(
            f"no mail provider is set in production: set {', '.join(ways[:-1])} or {ways[-1]}, "
            "or EMAIL_PROVIDER=console to send nothing on purpose"
        )
    return CONSOLE


def sender_for(provider: str, settings: Settings) -> str:
    """The sender's address; a real provider needs a real one, the default is none."""
    sender = settings.mail_from.strip()
    if not is_address(sender):
        raise UsageError("MAIL_FROM is not a mail address; write name@host")
    if provider != CONSOLE and sender.endswith(".example"):
        raise UsageError(
            f"mail through {provider} needs a sender of yours: MAIL_FROM is {sender}, and nobody "
            "has an address that ends in .example"
        )
    return sender


def make_transport(provider: str, settings: Settings, home: Home, seconds: float) -> MailTransport:
    """The transport of ``provider``; its library is imported only here.

    ``seconds``: the longest that an attempt takes as a whole.
    """
    _be_discreet(settings)
    return PROVIDERS[provider].open(settings, home, seconds)


def pull_bounces(settings: Settings) -> dict[str, str]:
    """Addresses that the provider itself no longer mails, each with the reason."""
    provider = PROVIDERS[choose_provider(settings)]
    if provider.bounces is None:
        raise UsageError(f"{provider.name} keeps no list of bounces; read events from a file")
    _be_discreet(settings)
    return provider.bounces(settings)


def event_readers() -> list[Callable[[Any], Iterator[Event]]]:
    """What reads events of the providers' webhooks."""
    return [one.events for one in PROVIDERS.values() if one.events is not None]


def _be_discreet(settings: Settings) -> None:
    """Whatever a provider says back, or a library logs, holds no secret when it is kept."""
    for provider in PROVIDERS.values():
        quiet_libraries(provider.loggers)
        for secret in provider.secrets(settings):
            remember_secret(secret)

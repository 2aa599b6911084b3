"""Mail: which provider the settings mean, and a courier that uses it."""

from typing import Literal

import dagster as dg

from cs_assets.delivery.addresses import is_address
from cs_assets.delivery.couriers import MailCourier, MailTransport
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from cs_assets.redaction import remember_secret
from resources.home import Home
from resources.mail.log_hygiene import quiet_providers
from resources.settings import Settings

Provider = Literal["sendgrid", "ses", "smtp", "console"]

#: What each provider cannot do without.
_NEEDS: dict[str, tuple[str, ...]] = {
    "sendgrid": ("sendgrid_api_key",),
    "ses": ("aws_region",),
    "smtp": ("smtp_host",),
    "console": (),
}


def choose_provider(settings: Settings) -> Provider:
    """The provider that the settings mean.

    ``EMAIL_PROVIDER`` decides when it is set. Otherwise the first of
    SENDGRID_API_KEY, AWS_ACCESS_KEY_ID, SMTP_HOST that is set; otherwise the
    console, but never without being asked to in production. Raises ``UsageError``.
    """
    chosen = settings.email_provider or _by_credentials(settings)
    missing = [name.upper() for name in _NEEDS[chosen] if getattr(settings, name) is None]
    if missing:
        raise UsageError(f"mail through {chosen} needs the setting {', '.join(missing)}")
    return chosen


def _by_credentials(settings: Settings) -> Provider:
    if settings.sendgrid_api_key is not None:
        return "sendgrid"
    if settings.aws_access_key_id is not None:
        return "ses"
    if settings.smtp_host is not None:
        return "smtp"
    if settings.cs_assets_environment == "production":
        raise UsageError(
            "no mail provider is set in production: set SENDGRID_API_KEY, AWS_ACCESS_KEY_ID or "
            "SMTP_HOST, or EMAIL_PROVIDER=console to send nothing on purpose"
        )
    return "console"


def sender_for(provider: Provider, settings: Settings) -> str:
    """The sender's address; a real provider needs a real one, the default is none."""
    sender = settings.mail_from.strip()
    if not is_address(sender):
        raise UsageError("MAIL_FROM is not a mail address")
    if provider != "console" and sender.endswith(".example"):
        raise UsageError(f"mail through {provider} needs the setting MAIL_FROM, your sender")
    return sender


def make_transport(
    provider: Provider, settings: Settings, home: Home, seconds: float
) -> MailTransport:
    """The transport of ``provider``; its library is imported only here.

    ``seconds``: the longest that an attempt takes as a whole.
    """
    quiet_providers()
    _remember_secrets(settings)
    match provider:
        case "sendgrid":
            from resources.mail.sendgrid import SendGridMail

            assert settings.sendgrid_api_key is not None
            key = settings.sendgrid_api_key.get_secret_value().strip()
            return SendGridMail(key, settings.sendgrid_base_url, seconds=seconds)
        case "ses":
            from resources.mail.ses import SesMail

            return SesMail(
                settings.aws_region or "",
                endpoint_url=settings.ses_endpoint_url,
                configuration_set=settings.ses_configuration_set,
                seconds=seconds,
            )
        case "smtp":
            from resources.mail.smtp import SmtpMail

            password = settings.smtp_password
            return SmtpMail(
                settings.smtp_host or "",
                settings.smtp_port,
                tls=settings.smtp_tls,
                username=settings.smtp_username,
                password=password.get_secret_value() if password else None,
                ca_file=settings.smtp_ca_file,
                seconds=seconds,
            )
        case "console":
            from resources.mail.console import ConsoleMail

            return ConsoleMail(home.outbox)


def pull_bounces(settings: Settings) -> dict[str, str]:
    """Addresses that the provider itself no longer mails, each with the reason."""
    provider = choose_provider(settings)
    quiet_providers()
    _remember_secrets(settings)
    from resources.mail.bounces import sendgrid_bounces, ses_suppressions

    match provider:
        case "sendgrid":
            assert settings.sendgrid_api_key is not None
            key = settings.sendgrid_api_key.get_secret_value().strip()
            return sendgrid_bounces(key, settings.sendgrid_base_url)
        case "ses":
            return ses_suppressions(settings.aws_region or "", settings.ses_endpoint_url)
        case _:
            raise UsageError(f"{provider} keeps no list of bounces; read events from a file")


def _remember_secrets(settings: Settings) -> None:
    """Whatever a provider says back, these values are taken out before it is kept."""
    for secret in (settings.sendgrid_api_key, settings.aws_access_key_id, settings.smtp_password):
        if secret is not None:
            remember_secret(secret.get_secret_value())
    if settings.smtp_username and settings.smtp_password:
        # As AUTH PLAIN carries them together.
        password = settings.smtp_password.get_secret_value()
        remember_secret(f"\0{settings.smtp_username}\0{password}")


class MailerResource(dg.ConfigurableResource):
    """Mail by the provider that the settings mean."""

    settings: dg.ResourceDependency[Settings]

    def provider(self) -> Provider:
        """The provider in force."""
        return choose_provider(self.settings)

    def environment(self) -> str:
        """The environment of a mail's key: a rehearsal when nothing leaves the machine."""
        settings = self.settings
        if choose_provider(settings) == "console":
            return REHEARSAL
        return settings.cs_assets_environment

    def courier(self) -> MailCourier:
        """A courier for the provider in force."""
        settings = self.settings
        home, provider = settings.home, choose_provider(settings)
        policy = load_policy(settings.cs_assets_config_dir)
        return MailCourier(
            make_transport(provider, settings, home, policy.attempt_seconds),
            home.root,
            sender=sender_for(provider, settings),
            reply_to=settings.mail_reply_to,
            policy=policy,
        )

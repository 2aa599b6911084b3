"""Mail as a Dagster resource: a courier of the provider that the settings mean."""

import dagster as dg

from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from resources.mail.choosing import CONSOLE, choose_provider, make_transport, sender_for
from resources.settings import Settings


class MailerResource(dg.ConfigurableResource):
    """Mail by the provider that the settings mean."""

    settings: dg.ResourceDependency[Settings]

    def provider(self) -> str:
        """The provider in force."""
        return choose_provider(self.settings)

    def environment(self) -> str:
        """The environment of a mail's key: a rehearsal when nothing leaves the machine."""
        settings = self.settings
        if choose_provider(settings) == CONSOLE:
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

"""Slack: webhook or bot token as the settings say; files in the outbox in development."""

from collections.abc import Callable
from typing import Literal

import dagster as dg

from cs_assets.delivery.couriers import SlackCourier, SlackTransport
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import Unavailable, UsageError
from cs_assets.redaction import redacted, remember_secret
from resources.home import Home
from resources.mail.log_hygiene import quiet_libraries
from resources.settings import Settings

Way = Literal["bot", "webhook", "console"]

_LOGGERS = ("slack_sdk", "slack_sdk.webhook.client", "slack_sdk.web.base_client")


def choose_way(settings: Settings) -> Way | None:
    """How to post: the bot (its posts can be found again), the webhook, or, in development
    only, files. None: Slack is not set up."""
    if settings.slack_bot_token is not None:
        return "bot"
    if settings.slack_webhook_url is not None:
        return "webhook"
    return "console" if settings.cs_assets_environment == "development" else None


def make_transport(way: Way, settings: Settings, home: Home, seconds: float) -> SlackTransport:
    """The transport for ``way``; its library is imported only here.

    ``seconds``: the longest that an attempt takes as a whole.
    """
    quiet_libraries(_LOGGERS)
    for secret in (settings.slack_bot_token, settings.slack_webhook_url):
        if secret is not None:
            remember_secret(secret.get_secret_value())
    match way:
        case "bot":
            from resources.slack.bot import BotSlack

            assert settings.slack_bot_token is not None
            token = settings.slack_bot_token.get_secret_value().strip()
            return BotSlack(token, settings.slack_base_url, seconds=seconds)
        case "webhook":
            from resources.slack.webhook import WebhookSlack, check_url

            assert settings.slack_webhook_url is not None
            url = settings.slack_webhook_url.get_secret_value().strip()
            return WebhookSlack(check_url(url), seconds=seconds)
        case "console":
            from resources.slack.console import ConsoleSlack

            return ConsoleSlack(home.outbox)


def post_finder(settings: Settings) -> Callable[[str, str], str | None]:
    """Looks a delivery up in a channel's history; needs the bot and ``channels:history``."""
    if settings.slack_bot_token is None:
        raise UsageError("posts can be looked up with a bot token only: set SLACK_BOT_TOKEN")
    from slack_sdk.errors import SlackApiError

    from resources.one_request import NoReply
    from resources.slack.bot import BotSlack

    token = settings.slack_bot_token.get_secret_value().strip()
    bot = BotSlack(token, settings.slack_base_url)

    def find(channel: str, delivery_key: str) -> str | None:
        try:
            return bot.find(channel, delivery_key)
        except SlackApiError as error:
            word = redacted(error.response.get("error", "unknown error"), 100)
            raise Unavailable(f"Slack's history of the channel cannot be read: {word}") from None
        except NoReply as broken:
            raise Unavailable(
                f"Slack's history of the channel cannot be read ({broken.answer.error_class})"
            ) from None

    return find


class SlackResource(dg.ConfigurableResource):
    """Slack by the way that the settings mean."""

    settings: dg.ResourceDependency[Settings]

    def environment(self) -> str | None:
        """The environment of a post's key; None when Slack is not set up."""
        settings = self.settings
        match choose_way(settings):
            case None:
                return None
            case "console":
                return REHEARSAL
            case _:
                return settings.cs_assets_environment

    def courier(self) -> SlackCourier | None:
        """A courier, or None when Slack is not set up."""
        settings = self.settings
        way = choose_way(settings)
        if way is None:
            return None
        home, policy = settings.home, load_policy(settings.cs_assets_config_dir)
        transport = make_transport(way, settings, home, policy.attempt_seconds)
        return SlackCourier(transport, home.root)

"""The ledger and the couriers of an installation, opened for who sends or decides by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cs_assets.delivery.delivering import Outbox
    from cs_assets.delivery.record.ledger import Ledger
    from resources.settings import Settings


def settings_of_what_is_there() -> "Settings":
    """The settings of an installation that is there: a mistyped home is no new one."""
    from resources.settings import Settings

    settings = Settings.load()
    if settings.delivery_database_url is None:
        settings.home.existing()
    return settings


@contextmanager
def opened_ledger(*, read_only: bool = False) -> "Iterator[Ledger]":
    """The ledger of the installation that is there."""
    from resources.ledger import opened

    with opened(settings_of_what_is_there(), read_only=read_only) as found:
        yield found.ledger


@contextmanager
def outbox(*, read_only: bool = False) -> "Iterator[Outbox]":
    """Its ledger and couriers; raises ``UsageError`` for a courier that cannot be used as set."""
    from cs_assets.delivery.assets import open_outbox
    from cs_assets.delivery.couriers import UnusableCourier
    from cs_assets.errors import UsageError
    from resources.ledger_resource import LedgerResource
    from resources.mail.choice import MailerResource
    from resources.slack.choice import SlackResource

    settings = settings_of_what_is_there()
    with open_outbox(
        settings,
        LedgerResource(settings=settings, read_only=read_only),
        MailerResource(settings=settings),
        SlackResource(settings=settings),
    ) as outbox:
        for courier in outbox.couriers.values():
            if isinstance(courier, UnusableCourier):
                raise UsageError(courier.reason)
        yield outbox

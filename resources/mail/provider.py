"""What a mail provider is, as one record; each stands in a file of its own in ``providers``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cs_assets.delivery.couriers import MailTransport
from cs_assets.delivery.record.provider_events import Event
from resources.home import Home
from resources.settings import Settings


def _nothing(_: Settings) -> list[str]:
    return []


@dataclass(frozen=True)
class Provider:
    """A way to send mail. A new one is its file and its settings.

    Nothing in its file may be imported from a library of its own before ``open`` or
    ``bounces`` is called.
    """

    name: str
    """As ``EMAIL_PROVIDER`` has it."""
    open: Callable[[Settings, Home, float], MailTransport]
    """The transport; an attempt of it ends within so many seconds."""
    needs: tuple[str, ...] = ()
    """Settings that it cannot do without."""
    chosen_by: str | None = None
    """The setting whose presence means it when ``EMAIL_PROVIDER`` is not set."""
    rank: int = 100
    """Its place among those chosen by a setting: the lowest wins."""
    secrets: Callable[[Settings], list[str]] = _nothing
    """Values that are taken out of whatever is kept of its answers."""
    bounces: Callable[[Settings], dict[str, str]] | None = None
    """Addresses that it no longer mails, each with the reason; None: it keeps no list."""
    events: Callable[[Any], Iterator[Event]] | None = None
    """The events of a document that its webhook sent; none for other documents."""
    loggers: tuple[str, ...] = ()
    """Of its library: they write headers, recipients or content when they log freely."""

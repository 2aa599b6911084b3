"""What a provider of text messages is, as one record; each has a file in ``providers``."""

from collections.abc import Callable
from dataclasses import dataclass

from cs_assets.delivery.couriers import TextTransport
from resources.home import Home
from resources.settings import Settings


@dataclass(frozen=True)
class TextProvider:
    """A way to send text messages. A new one is its file and its settings."""

    name: str
    """As ``SMS_PROVIDER`` has it."""
    open: Callable[[Settings, Home, float], TextTransport]
    """The transport; an attempt of it ends within so many seconds."""
    needs: tuple[str, ...] = ()
    """Settings that it cannot do without."""
    secrets: Callable[[Settings], list[str]] = lambda settings: []
    """Values that are taken out of whatever is kept of its answers."""

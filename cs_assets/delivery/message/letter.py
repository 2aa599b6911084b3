"""A mail as all providers understand it, before it is turned into their form."""

import datetime as dt
from dataclasses import dataclass

from cs_assets.delivery.message.headers import header_text


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. ``cid`` is set for an image that the HTML part shows."""

    name: str
    content_type: str
    content: bytes
    cid: str | None = None


@dataclass(frozen=True)
class Letter:
    """One mail to one recipient."""

    delivery_key: str
    sender: str
    reply_to: str | None
    recipient: str
    subject: str
    date: dt.datetime
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    list_name: str
    category: str

    @property
    def message_id(self) -> str:
        """The same on every attempt, so that receivers which fold duplicates can."""
        domain = self.sender.rpartition("@")[2]
        return f"<{self.delivery_key[:32]}@{domain}>"

    @property
    def list_id(self) -> str:
        """The list's name, cut where it is too long, and its address, which never is."""
        domain = self.sender.rpartition("@")[2]
        address = f"<{self.category.replace('_', '-')}.{domain}>"
        return f"{header_text(self.list_name)} {address}".strip()


class Unsendable(ValueError):
    """A message that cannot be made or that the provider would refuse; nothing went out."""

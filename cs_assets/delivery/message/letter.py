"""A mail as all providers understand it, before it is turned into their form.

One whose attachment is too large for the provider gets a link in its place.
"""

import datetime as dt
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

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
    opens_tracked: bool = False
    """Whether the provider is to tell when it is opened."""

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


#: As the pages of the mails: no wider than they, with room at a phone's edges.
_STYLE = (
    "margin:0 auto;max-width:544px;padding:16px 28px;"
    "font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5"
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


class TooLarge(Unsendable):
    """The provider takes no message of that size."""


def link_to(reports_url: str, path: str) -> str:
    """Where readers open the file at ``path`` below the home folder."""
    return f"{reports_url.rstrip('/')}/{quote(path)}"


def with_links(letter: Letter, links: Sequence[tuple[str, str]]) -> Letter:
    """``letter`` without its attachments, beginning with where the files lie instead.

    ``links``: name and address of each file.
    """
    megabytes = sum(len(file.content) for file in letter.attachments if not file.cid) / 1e6
    subject = "The report" if len(links) == 1 else "The files"
    verb = "is" if len(links) == 1 else "are"
    note = f"{subject} ({megabytes:.1f} MB) {verb} too large for a mail."
    page = letter.html
    if page is not None:
        anchors = " ".join(
            f'<a href="{html.escape(link)}">'
            f"{'Open the report' if len(links) == 1 else html.escape(name)}</a>"
            for name, link in links
        )
        paragraph = f'<p style="{_STYLE}">{note} {anchors}</p>'
        body = _BODY.search(page)
        end = body.end() if body else 0
        page = f"{page[:end]}{paragraph}{page[end:]}"
    told = "\n".join(link for _, link in links)
    return replace(
        letter,
        text=f"{note} Open {'it' if len(links) == 1 else 'them'} here:\n{told}\n\n{letter.text}",
        html=page,
        attachments=tuple(file for file in letter.attachments if file.cid),
    )

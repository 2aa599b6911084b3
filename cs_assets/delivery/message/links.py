"""A link in place of an attachment that is too large for the mail provider."""

import html
import re
from dataclasses import replace
from urllib.parse import quote

from cs_assets.delivery.message.letter import Letter, Unsendable

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


def with_link(letter: Letter, link: str) -> Letter:
    """``letter`` without its attachment, beginning with where the file lies instead."""
    megabytes = sum(len(file.content) for file in letter.attachments if not file.cid) / 1e6
    note = f"The report ({megabytes:.1f} MB) is too large for a mail."
    page = letter.html
    if page is not None:
        paragraph = (
            f'<p style="{_STYLE}">{note} <a href="{html.escape(link)}">Open the report</a></p>'
        )
        body = _BODY.search(page)
        end = body.end() if body else 0
        page = f"{page[:end]}{paragraph}{page[end:]}"
    return replace(
        letter,
        text=f"{note} Open it here:\n{link}\n\n{letter.text}",
        html=page,
        attachments=tuple(file for file in letter.attachments if file.cid),
    )

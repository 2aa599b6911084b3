"""A link in place of an attachment that is too large for the mail provider."""

import html
import re
from dataclasses import replace
from urllib.parse import quote

from cs_assets.delivery.letter import Letter, Unsendable

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


class TooLarge(Unsendable):
    """The provider takes no message of that size."""


def link_to(reports_url: str, path: str) -> str:
    """Where readers open the file at ``path`` below the home folder."""
    return f"{reports_url.rstrip('/')}/{quote(path)}"


def with_link(letter: Letter, link: str) -> Letter:
    """``letter`` without its attachment, beginning with where the file lies instead."""
    megabytes = sum(len(file.content) for file in letter.attachments if not file.cid) / 1e6
    note = f"The report ({megabytes:.1f} MB) is too large for a mail. It lies here:"
    page = letter.html
    if page is not None:
        shown = html.escape(link)
        paragraph = f'<p>{note} <a href="{shown}">{shown}</a></p>'
        body = _BODY.search(page)
        end = body.end() if body else 0
        page = f"{page[:end]}{paragraph}{page[end:]}"
    return replace(
        letter,
        text=f"{note}\n{link}\n\n{letter.text}",
        html=page,
        attachments=tuple(file for file in letter.attachments if file.cid),
    )

"""HTML as mail readers take it: styles inlined, images as parts of the mail."""

import base64
import re
from functools import cache

import css_inline

from cs_assets.delivery.message.letter import Attachment, Unsendable

_DATA_IMAGE = re.compile(
    r"""(?P<quote>["'])data:(?P<type>image/(?:png|jpeg|gif));base64,(?P<data>[A-Za-z0-9+/=\s]+)(?P=quote)"""
)


@cache
def _inliner() -> css_inline.CSSInliner:
    # Nothing is fetched: a stylesheet link in a page would be a request from this machine.
    return css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_link_tags=False, keep_at_rules=True
    )


def inlined(html: str | None) -> str | None:
    """Style rules as attributes, because mail readers drop sheets; ``@media`` stays."""
    if html is None or "<style" not in html:
        return html
    try:
        return _inliner().inline(html)
    except ValueError as error:  # css_inline's own error is one
        raise Unsendable(f"the HTML's styles cannot be inlined ({type(error).__name__})") from error


def images_as_parts(html: str | None) -> tuple[str | None, tuple[Attachment, ...]]:
    """Images written into the HTML become parts of their own; mail readers drop the former."""
    if html is None:
        return None, ()
    images: list[Attachment] = []

    def to_part(found: re.Match[str]) -> str:
        content = base64.b64decode(found["data"])
        cid = f"image{len(images) + 1}"
        ending = found["type"].partition("/")[2]
        images.append(Attachment(f"{cid}.{ending}", found["type"], content, cid))
        return f"{found['quote']}cid:{cid}{found['quote']}"

    try:
        return _DATA_IMAGE.sub(to_part, html), tuple(images)
    except ValueError as error:
        raise Unsendable("an image in the HTML is not valid base64") from error

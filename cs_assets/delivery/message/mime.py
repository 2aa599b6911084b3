"""Builds the bytes of a mail: alternative inside mixed, 7-bit, the same for the same letter.

HTML as mail readers take it: styles inlined, images as parts of the mail.
"""

import base64
import datetime as dt
import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from functools import cache
from typing import Any

from cs_assets.delivery.message.headers import encoded, file_name, header_text
from cs_assets.delivery.message.letter import Attachment, Letter, Unsendable
from cs_assets.mail_addresses import is_address

#: Headers that hold words of others; the rest are addresses and words of ours.
_FREE_TEXT = frozenset({"subject", "list-id"})


class _OwnEncoding(policy.EmailPolicy):
    """Free text is kept and encoded by us, on every Python alike (see ``headers``)."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name.lower() in _FREE_TEXT:
            return name, value
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() not in _FREE_TEXT:
            return super().fold_binary(name, value)
        # An address in angle brackets is for programs and never encoded.
        listed = name == "List-Id" and " <" in value
        words, bracket, address = value.rpartition(" <") if listed else (value, "", "")
        lines = encoded(name, words) + (f"\r\n{bracket}{address}" if bracket else "")
        return f"{lines}\r\n".encode("ascii")


_POLICY = _OwnEncoding(linesep="\r\n", cte_type="7bit", utf8=False)

#: Headers of every mail, in this order; a built message that has others is not sent.
_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "X-Delivery-Key",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Id",
    "MIME-Version",
    "Content-Type",
)
_SINGLE_PART = ("Content-Transfer-Encoding",)


def build(letter: Letter) -> bytes:
    """The mail as RFC 5322 bytes with CRLF; raises ``Unsendable``."""
    for address in (letter.sender, letter.recipient, letter.reply_to):
        if address is not None and not is_address(address):
            raise Unsendable("an address of the mail is not valid")
    message = EmailMessage(policy=_POLICY)
    for name, value in headers(letter).items():
        message[name] = value
    try:
        _fill(message, letter)
        _fix_boundaries(message, letter.delivery_key)
        content = message.as_bytes()
    except (ValueError, UnicodeError, KeyError) as error:
        raise Unsendable(f"the mail cannot be built ({type(error).__name__})") from error
    _check(content, letter)
    return content


def headers(letter: Letter) -> dict[str, str]:
    """The mail's own headers; untrusted text is in Subject only."""
    named = {
        "From": letter.sender,
        "To": letter.recipient,
        "Subject": header_text(letter.subject) or "(no subject)",
        "Date": format_datetime(letter.date.replace(tzinfo=dt.UTC)),
        "Message-ID": letter.message_id,
        "Reply-To": letter.reply_to,
        "X-Delivery-Key": letter.delivery_key,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": letter.list_id,
    }
    return {name: value for name, value in named.items() if value}


def _fill(message: EmailMessage, letter: Letter) -> None:
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
        page = message.get_payload()[1]  # type: ignore[index]
        for image in letter.attachments:
            if image.cid is not None:
                kind, _, subtype = image.content_type.partition("/")
                page.add_related(  # type: ignore[union-attr]
                    image.content,
                    kind,
                    subtype,
                    cid=f"<{image.cid}>",
                    disposition="inline",
                    filename=file_name(image.name),
                )
    for file in letter.attachments:
        if file.cid is None:
            _attach(message, file)


def _attach(message: EmailMessage, file: Attachment) -> None:
    kind, _, subtype = file.content_type.partition("/")
    message.add_attachment(
        file.content, maintype=kind, subtype=subtype, filename=file_name(file.name)
    )


def _fix_boundaries(message: EmailMessage, key: str) -> None:
    """Boundaries from the key instead of at random, so that the same letter is the same bytes."""
    multiparts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{key[:40]}_{number}")


def _check(content: bytes, letter: Letter) -> None:
    """Read the head of the bytes back: exactly the headers that were meant, none injected."""
    head = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    wanted = [name for name in _HEADERS if name != "Reply-To" or letter.reply_to]
    found = [name for name in parsed.keys() if name not in _SINGLE_PART]  # noqa: SIM118 (repeats)
    if sorted(found) != sorted(wanted):
        raise Unsendable("the built mail has other headers than it should")
    if max(map(len, content.split(b"\r\n"))) > 998:
        raise Unsendable("the built mail has a line of more than 998 characters")


_DATA_IMAGE = re.compile(
    r"""(?P<quote>["'])data:(?P<type>image/(?:png|jpeg|gif));base64,(?P<data>[A-Za-z0-9+/=\s]+)(?P=quote)"""
)


@cache
def _inliner() -> Any:
    import css_inline  # of use only where a mail is sent

    # Nothing is fetched: a stylesheet link in a page would be a request from this machine.
    return css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_link_tags=False, keep_at_rules=True
    )


def inlined(html: str | None) -> str | None:
    """Style rules as attributes, because mail readers drop sheets; ``@media`` stays."""
    if html is None or "<style" not in html:
        return html
    try:
        return str(_inliner().inline(html))
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

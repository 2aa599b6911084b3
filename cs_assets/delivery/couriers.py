"""From a planned delivery to the message of its channel, and on to the transport.

Preparing reads files and builds the message; it happens before the delivery is
claimed, so that what cannot be made never counts as an attempt.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from cs_assets.delivery import artefact_files
from cs_assets.delivery.message import mime
from cs_assets.delivery.message.letter import (
    Attachment,
    Letter,
    TooLarge,
    Unsendable,
    link_to,
    with_links,
)
from cs_assets.delivery.message.mime import images_as_parts, inlined
from cs_assets.delivery.message.slack_text import Post, read_post
from cs_assets.delivery.message.text_message import TextMessage, text_message
from cs_assets.delivery.model import Answer, Delivery
from cs_assets.delivery.policy import DeliveryPolicy

#: Above this Gmail clips a mail.
HTML_BUDGET = 90_000


class ChannelUnusable(RuntimeError):
    """The settings of a channel are wrong: nothing can go out through it, all stays pending."""


class MailTransport(Protocol):
    """One way to send a mail. One call is one attempt on the wire."""

    provider: str
    largest_message: int
    """Bytes of the whole message that the provider takes."""

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer: ...

    def close(self) -> None: ...


@runtime_checkable
class Sighted(Protocol):
    """A transport whose messages lie where it can look for them: files of this home."""

    def has(self, delivery_key: str) -> bool:
        """Whether the message of this delivery is there, whole."""
        ...


class SlackTransport(Protocol):
    """One way to post to Slack. One call is one attempt on the wire."""

    provider: str

    def send(self, post: Post) -> Answer: ...

    def close(self) -> None: ...


class TextTransport(Protocol):
    """One way to send a text message. One call is one attempt on the wire."""

    provider: str

    def send(self, message: TextMessage) -> Answer: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Prepared:
    """A message ready to go, and the hash of what will go out."""

    message: object
    fingerprint: str
    words: str = ""
    """Subject and text, which no log may repeat."""


class Courier(Protocol):
    """Carries the deliveries of one channel."""

    provider: str

    def prepare(self, delivery: Delivery) -> Prepared:
        """The message; nothing goes out yet.

        Raises ``Unsendable`` or ``UnusableArtefact`` about this delivery, ``ChannelUnusable``
        about all of the channel.
        """
        ...

    def send(self, prepared: Prepared) -> Answer: ...

    def close(self) -> None: ...


class UnusableCourier:
    """Stands for a channel whose settings are wrong, so that the other channel still works."""

    provider = "none"

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def prepare(self, delivery: Delivery) -> Prepared:
        raise ChannelUnusable(self.reason)

    def send(self, prepared: Prepared) -> Answer:
        raise ChannelUnusable(self.reason)

    def close(self) -> None:
        """Nothing was opened."""


_T = TypeVar("_T", MailTransport, SlackTransport, TextTransport)


class ByTransport(Generic[_T]):
    """What couriers that have a transport do alike."""

    def __init__(self, transport: _T, home: Path) -> None:
        self._transport: _T = transport
        self._home = home
        self.provider = transport.provider

    def taken(self, delivery_key: str) -> bool | None:
        """Whether the provider has the message; None where that cannot be seen from here."""
        transport: object = self._transport
        return transport.has(delivery_key) if isinstance(transport, Sighted) else None

    def close(self) -> None:
        self._transport.close()


@dataclass(frozen=True)
class _Mail:
    letter: Letter
    content: bytes


class MailCourier(ByTransport[MailTransport]):
    """Carries mails: one letter to one recipient."""

    def __init__(
        self,
        transport: MailTransport,
        home: Path,
        *,
        sender: str,
        reply_to: str | None,
        policy: DeliveryPolicy,
    ) -> None:
        super().__init__(transport, home)
        self._sender = sender
        self._reply_to = reply_to
        self._policy = policy

    def prepare(self, delivery: Delivery) -> Prepared:
        letter = self._letter(delivery)
        try:
            content = self._built(letter)
        except TooLarge:
            if not self._policy.reports_url or not delivery.parts.attachment_path:
                raise
            links = [
                (name, link_to(self._policy.reports_url, path))
                for path, name in delivery.parts.attachments
            ]
            letter = with_links(letter, links)
            content = self._built(letter)
        words = f"{letter.subject}\n{letter.text}"
        return Prepared(_Mail(letter, content), hashlib.sha256(content).hexdigest(), words)

    def send(self, prepared: Prepared) -> Answer:
        mail = prepared.message
        assert isinstance(mail, _Mail)
        return self._transport.send(mail.letter, mail.content)

    def _built(self, letter: Letter) -> bytes:
        """The mail's bytes; raises ``TooLarge`` when the provider takes less."""
        # Files alone may be too much already; building megabytes of MIME takes seconds.
        self._check_size(sum(len(file.content) * 4 // 3 for file in letter.attachments))
        content = mime.build(letter)
        self._check_size(len(content))
        return content

    def _check_size(self, size: int) -> None:
        most = self._transport.largest_message
        if size > most:
            raise TooLarge(
                f"report too large: the mail has {size:,} bytes, {self.provider} takes {most:,}; "
                "with reports_url in delivery.yaml a link goes out instead"
            )

    def _letter(self, delivery: Delivery) -> Letter:
        who, parts = delivery.identity, delivery.parts
        content = artefact_files.read_as_planned(parts, self._home)
        html, images = images_as_parts(inlined(_utf8(content.html, parts.html_path)))
        if html is not None and len(html.encode()) > HTML_BUDGET:
            raise Unsendable(f"{parts.html_path}: the HTML has more than {HTML_BUDGET:,} bytes")
        files = list(images)
        files += [
            Attachment(name, _content_type(name), attached)
            for (_, name), attached in zip(parts.attachments, content.attachments, strict=True)
        ]
        text = _utf8(content.text, parts.text_path)
        assert text is not None
        return Letter(
            delivery_key=delivery.delivery_key,
            sender=self._sender,
            reply_to=self._policy.reply_to.get(who.report_kind, self._reply_to),
            recipient=who.recipient,
            subject=parts.subject,
            date=delivery.planned_at.replace(microsecond=0),
            text=text,
            html=html,
            attachments=tuple(files),
            list_name=self._policy.lists.get(who.report_kind, who.report_kind),
            category=who.report_kind,
            opens_tracked=who.report_kind in self._policy.track_opens,
        )


class SlackCourier(ByTransport[SlackTransport]):
    """Carries posts to Slack."""

    def prepare(self, delivery: Delivery) -> Prepared:
        parts = delivery.parts
        content = artefact_files.read_as_planned(parts, self._home)
        post = read_post(
            delivery_key=delivery.delivery_key,
            channel=delivery.identity.recipient,
            text=_utf8(content.text, parts.text_path) or "",
            payload=content.payload,
            picture=next(iter(content.attachments), None),
        )
        canonical = post.canonical()
        words = f"{parts.subject}\n{post.text}\n{canonical.decode()}"
        return Prepared(post, hashlib.sha256(canonical).hexdigest(), words)

    def send(self, prepared: Prepared) -> Answer:
        post = prepared.message
        assert isinstance(post, Post)
        return self._transport.send(post)


class TextCourier(ByTransport[TextTransport]):
    """Carries text messages; whose telephone it is stands in no ledger, only in the policy."""

    def __init__(self, transport: TextTransport, home: Path, policy: DeliveryPolicy) -> None:
        super().__init__(transport, home)
        self._policy = policy

    def prepare(self, delivery: Delivery) -> Prepared:
        parts = delivery.parts
        content = artefact_files.read_as_planned(parts, self._home)
        number = self._policy.telephone(delivery.identity.recipient)
        words = _utf8(content.text, parts.text_path) or ""
        message = text_message(delivery.delivery_key, number, words)
        told = f"{message.number}\n{message.body}"
        return Prepared(message, hashlib.sha256(told.encode()).hexdigest(), told)

    def send(self, prepared: Prepared) -> Answer:
        message = prepared.message
        assert isinstance(message, TextMessage)
        return self._transport.send(message)


def _utf8(content: bytes | None, path: str | None) -> str | None:
    if content is None:
        return None
    try:
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError as error:
        raise Unsendable(f"{path}: is not UTF-8 text") from error


def _content_type(name: str) -> str:
    known = {"pdf": "application/pdf", "png": "image/png", "json": "application/json",
             "ics": "text/calendar"}  # fmt: skip
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")

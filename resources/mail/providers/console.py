"""The console provider: mails as ``.eml`` files in the outbox folder, nothing leaves."""

from pathlib import Path

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer
from resources.mail.provider import Provider
from resources.outbox import OutboxFolder


class ConsoleMail:
    """Writes each mail to ``<outbox>/<recipient>-<key>.eml``, whole or not at all."""

    provider = "console"
    largest_message = 40_000_000

    def __init__(self, outbox: Path) -> None:
        self._outbox = OutboxFolder(outbox, suffix=".eml")

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        return self._outbox.put(letter.recipient, letter.delivery_key, mime_bytes)

    def has(self, delivery_key: str) -> bool:
        """Whether the mail of this delivery lies in the outbox."""
        return self._outbox.has(delivery_key)

    def close(self) -> None:
        """Nothing is held open."""


PROVIDER = Provider(name="console", open=lambda _, home, __: ConsoleMail(home.outbox))

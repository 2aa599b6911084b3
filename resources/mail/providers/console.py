"""The console provider: mails as ``.eml`` files in the outbox folder, nothing leaves."""

import re
from pathlib import Path

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from resources.files import write_atomically
from resources.mail.provider import Provider


class ConsoleMail:
    """Writes each mail to ``<outbox>/<recipient>-<key>.eml``, whole or not at all."""

    provider = "console"
    largest_message = 40_000_000

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        name = f"{readable(letter.recipient)}-{letter.delivery_key[:16]}.eml"
        try:
            write_atomically(self._outbox / name, mime_bytes)
        except OSError as error:
            return Answer(
                Outcome.CONFIG_ERROR,
                error_class=type(error).__name__,
                error_text=f"the outbox cannot be written ({error.strerror})",
            )
        return Answer(Outcome.ACCEPTED, provider_message_id=name)

    def has(self, delivery_key: str) -> bool:
        """Whether the mail of this delivery lies in the outbox."""
        return any(self._outbox.glob(f"*-{delivery_key[:16]}.eml"))

    def close(self) -> None:
        """Nothing is held open."""


def readable(recipient: str) -> str:
    """A recipient as a part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", recipient.casefold()).strip("-")[:60] or "nobody"


PROVIDER = Provider(name="console", open=lambda _, home, __: ConsoleMail(home.outbox))

"""Messages as files of the outbox folder, for development: nothing leaves."""

import re
from pathlib import Path

from cs_assets.delivery.model import Answer, Outcome
from cs_assets.disk import refusal_in
from resources.files import write_atomically


class OutboxFolder:
    """Keeps each message in ``<prefix><recipient>-<key><suffix>``, whole or not at all."""

    def __init__(self, folder: Path, *, prefix: str = "", suffix: str) -> None:
        self._folder, self._prefix, self._suffix = folder, prefix, suffix

    def put(self, recipient: str, delivery_key: str, content: bytes) -> Answer:
        """Writes the message; an outbox that cannot be written is a setting to be mended."""
        name = f"{self._prefix}{_readable(recipient)}-{delivery_key[:16]}{self._suffix}"
        try:
            write_atomically(self._folder / name, content)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return Answer(
                Outcome.CONFIG_ERROR,
                error_class=type(error).__name__,
                error_text=refusal_in(why) or f"the outbox cannot be written ({why})",
            )
        return Answer(Outcome.ACCEPTED, provider_message_id=name)

    def has(self, delivery_key: str) -> bool:
        """Whether the message of this delivery lies there."""
        return any(self._folder.glob(f"{self._prefix}*-{delivery_key[:16]}{self._suffix}"))


def _readable(recipient: str) -> str:
    """A recipient as a part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", recipient.casefold()).strip("-")[:60] or "nobody"

"""The console provider: text messages as files in the outbox folder, nothing leaves."""

import json
from pathlib import Path

from cs_assets.delivery.message.text_message import TextMessage
from cs_assets.delivery.model import Answer
from resources.outbox import OutboxFolder
from resources.texts.provider import TextProvider


class ConsoleTexts:
    """Writes each message to ``<outbox>/text-<number>-<key>.json``, whole or not at all."""

    provider = "console"

    def __init__(self, outbox: Path) -> None:
        self._outbox = OutboxFolder(outbox, prefix="text-", suffix=".json")

    def send(self, message: TextMessage) -> Answer:
        document = {"to": message.number, "body": message.body}
        content = json.dumps(document, indent=2, ensure_ascii=False).encode()
        return self._outbox.put(message.number, message.delivery_key, content)

    def has(self, delivery_key: str) -> bool:
        """Whether the message of this delivery lies in the outbox."""
        return self._outbox.has(delivery_key)

    def close(self) -> None:
        """Nothing is held open."""


PROVIDER = TextProvider(name="console", open=lambda _, home, __: ConsoleTexts(home.outbox))

"""Slack posts as JSON files in the outbox folder, for development; nothing leaves."""

import json
from pathlib import Path

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from resources.files import write_atomically
from resources.mail.providers.console import readable


class ConsoleSlack:
    """Writes each post to ``<outbox>/slack-<channel>-<key>.json``."""

    provider = "console"

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def send(self, post: Post) -> Answer:
        name = f"slack-{readable(post.channel)}-{post.delivery_key[:16]}.json"
        document = json.loads(post.canonical())
        content = json.dumps(document, indent=2, ensure_ascii=False).encode()
        try:
            write_atomically(self._outbox / name, content)
        except OSError as error:
            return Answer(
                Outcome.CONFIG_ERROR,
                error_class=type(error).__name__,
                error_text=f"the outbox cannot be written ({error.strerror})",
            )
        return Answer(Outcome.ACCEPTED, provider_message_id=name)

    def has(self, delivery_key: str) -> bool:
        """Whether the post of this delivery lies in the outbox."""
        return any(self._outbox.glob(f"slack-*-{delivery_key[:16]}.json"))

    def close(self) -> None:
        """Nothing is held open."""

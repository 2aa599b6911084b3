"""Slack posts as JSON files in the outbox folder, for development; nothing leaves."""

import json
from pathlib import Path

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from resources.outbox import OutboxFolder


class ConsoleSlack:
    """Writes each post to ``<outbox>/slack-<channel>-<key>.json``."""

    provider = "console"

    def __init__(self, outbox: Path) -> None:
        self._outbox = OutboxFolder(outbox, prefix="slack-", suffix=".json")
        self._pictures = OutboxFolder(outbox, prefix="slack-", suffix=".png")

    def send(self, post: Post) -> Answer:
        if post.picture is not None:  # first, for the post is what tells that it went out
            put = self._pictures.put(post.channel, post.delivery_key, post.picture)
            if put.outcome is not Outcome.ACCEPTED:
                return put
        document = json.loads(post.canonical())
        content = json.dumps(document, indent=2, ensure_ascii=False).encode()
        return self._outbox.put(post.channel, post.delivery_key, content)

    def has(self, delivery_key: str) -> bool:
        """Whether the post of this delivery lies in the outbox."""
        return self._outbox.has(delivery_key)

    def close(self) -> None:
        """Nothing is held open."""

"""Slack posts through the Web API with a bot token: posts have an id and can be found again."""

import json
import re
import ssl
import uuid
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from resources.mail.http import asked_wait, broken_off, one_request_opener

EVENT_TYPE = "cs_assets_delivery"
_SECONDS = 30

_TRANSIENT = frozenset(
    {"ratelimited", "rate_limited", "message_limit_exceeded"}
    | {"service_unavailable", "team_added_to_org"}
)
_PERMANENT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"}
    | {"too_many_attachments", "invalid_arguments", "invalid_metadata_format"}
)
_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}")
_UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout"})


class _OneRequestClient(WebClient):
    """The SDK's client without redirects."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        opener = one_request_opener(self.ssl)
        with opener.open(req, timeout=self.timeout) as response:
            charset = response.headers.get_content_charset() or "utf-8"
            body = response.read().decode(charset)
            return {"status": response.code, "headers": response.headers, "body": body}


class BotSlack:
    """Posts with ``chat.postMessage``; the delivery key travels in the post's metadata."""

    provider = "slack-bot"

    def __init__(
        self,
        token: str,
        base_url: str = "https://slack.com/api/",
        *,
        context: ssl.SSLContext | None = None,
        seconds: int = _SECONDS,
    ) -> None:
        self._client = _OneRequestClient(
            token, base_url=base_url, timeout=seconds, ssl=context, retry_handlers=[]
        )

    def send(self, post: Post) -> Answer:
        try:
            response = self._client.chat_postMessage(
                channel=post.channel,
                text=post.text,
                blocks=list(post.blocks) or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata={
                    "event_type": EVENT_TYPE,
                    "event_payload": {"delivery_key": post.delivery_key},
                },
                client_msg_id=str(uuid.UUID(hex=post.delivery_key[:32])),
            )
        except SlackApiError as error:
            return answer_for(error.response)
        except HTTPError as error:
            return _by_status(error.code, dict(error.headers or {}))
        except Exception as error:
            return broken_off(error)
        return answer_for(response)

    def find(self, post_channel: str, delivery_key: str) -> str | None:
        """The ``ts`` of a post of this delivery in the channel's latest 200; None if not there.

        Evidence for an unclear attempt. Needs the scope ``channels:history``; raises
        ``SlackApiError`` or ``OSError`` when the history cannot be read.
        """
        history = self._client.conversations_history(
            channel=post_channel, limit=200, include_all_metadata=True
        )
        for message in history.get("messages") or []:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if (
                metadata.get("event_type") == EVENT_TYPE
                and payload.get("delivery_key") == delivery_key
            ):
                return str(message.get("ts"))
        return None

    def close(self) -> None:
        """The SDK opens a connection for each request; nothing is held."""


def answer_for(response: Any) -> Answer:
    """What an answer of the Web API means."""
    status = int(getattr(response, "status_code", 0) or 0)
    headers = {str(k): str(v) for k, v in dict(getattr(response, "headers", {}) or {}).items()}
    data = getattr(response, "data", response)
    if not isinstance(data, dict):
        return _by_status(status, headers) if status != 200 else _unclear(status, data)
    if data.get("ok") is True and data.get("ts"):
        return Answer(Outcome.ACCEPTED, provider_message_id=str(data["ts"]), code=str(status))
    word = str(data.get("error") or "")
    if not _WORD.fullmatch(word):
        # Empty, or the SDK's own sentence about an answer that was no JSON.
        return _by_status(status, headers) if status != 200 else _unclear(status, data)
    if word in _TRANSIENT:
        outcome = Outcome.REJECTED_TRANSIENT
    elif word in _PERMANENT:
        outcome = Outcome.REJECTED_PERMANENT
    elif word in _UNCLEAR or status >= 500:
        outcome = Outcome.UNKNOWN
    else:  # about the token, its scopes or the channel: every other post would fail alike
        outcome = Outcome.CONFIG_ERROR
    return Answer(outcome, code=word[:80], error_text=word[:200], retry_after=asked_wait(headers))


def _by_status(status: int, headers: dict[str, str]) -> Answer:
    if status in (429, 503):
        return Answer(Outcome.REJECTED_TRANSIENT, code=str(status), retry_after=asked_wait(headers))
    if 300 <= status < 500:
        return Answer(Outcome.CONFIG_ERROR, code=str(status))
    return Answer(Outcome.UNKNOWN, code=str(status))


def _unclear(status: int, data: Any) -> Answer:
    kind = type(data).__name__ if not isinstance(data, dict) else json.dumps(sorted(data))[:80]
    return Answer(Outcome.UNKNOWN, code=str(status), error_text=f"an answer without ok: {kind}")

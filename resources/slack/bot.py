"""Slack posts through the Web API with a bot token: posts have an id and can be found again."""

import json
import re
import ssl
import time
import uuid
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status, asked_wait
from resources.one_request import NoReply, send

EVENT_TYPE = "cs_assets_delivery"

_TRANSIENT = frozenset(
    {"ratelimited", "rate_limited", "message_limit_exceeded"}
    | {"service_unavailable", "team_added_to_org"}
    # "The POST data was either missing or truncated": it has not arrived.
    | {"request_timeout"}
)
_PERMANENT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"}
    | {"too_many_attachments", "invalid_arguments", "invalid_metadata_format"}
)
#: Where Slack takes files.
_FILE_HOSTS = (".slack.com", ".slack-gov.com", ".slack-files.com")
#: For each of three steps of a picture, none of which anybody sees.
_UPLOAD_SECONDS = 10.0
_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}")
_UNCLEAR = frozenset({"internal_error", "fatal_error"})


class _OneRequestClient(WebClient):
    """The SDK's client, one request under a deadline; no answer is an exception to it."""

    def __init__(
        self, token: str, base_url: str, *, context: ssl.SSLContext | None, seconds: float
    ) -> None:
        super().__init__(token, base_url=base_url, retry_handlers=[])
        self._context, self.seconds = context, seconds

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        reply = send(req, seconds=self.seconds, context=self._context)
        return {"status": reply.status, "headers": reply.headers, "body": reply.text}


class BotSlack:
    """Posts with ``chat.postMessage``; the delivery key travels in the post's metadata."""

    provider = "slack-bot"

    def __init__(
        self,
        token: str,
        base_url: str = "https://slack.com/api/",
        *,
        context: ssl.SSLContext | None = None,
        seconds: float = 60.0,
    ) -> None:
        self._client = _OneRequestClient(token, base_url, context=context, seconds=seconds)
        self._context, self._seconds = context, seconds

    def send(self, post: Post) -> Answer:
        """Post it, with its picture where Slack takes that: only the post itself can be seen."""
        until = time.monotonic() + self._seconds
        blocks = list(post.blocks)
        file_id = self._uploaded(post) if post.picture is not None else None
        if file_id is not None:
            image = {"type": "image", "alt_text": post.picture_alt, "slack_file": {"id": file_id}}
            answer = self._post(post, [*blocks[:2], image, *blocks[2:]], until)
            if answer.outcome is not Outcome.REJECTED_PERMANENT:
                return answer  # else surely nobody has it: Slack may not have read the file yet
        return self._post(post, blocks, until)

    def _uploaded(self, post: Post) -> str | None:
        """The id of the picture as a file that only the bot sees; ``None`` where that fails."""
        assert post.picture is not None
        self._client.seconds = min(_UPLOAD_SECONDS, self._seconds / 6)
        name = f"team-{post.delivery_key[:12]}.png"
        try:
            place = self._client.files_getUploadURLExternal(
                filename=name, length=len(post.picture), alt_txt=post.picture_alt[:1000]
            )
            url, file_id = str(place["upload_url"]), str(place["file_id"])
            request = Request(  # noqa: S310 (checked)
                self._checked(url), post.picture, {"Content-Type": "image/png"}, method="POST"
            )
            sent = send(request, seconds=self._client.seconds, context=self._context)
            if sent.status != 200:
                return None
            self._client.files_completeUploadExternal(files=[{"id": file_id, "title": name}])
        except (SlackApiError, NoReply, KeyError, ValueError):
            return None
        return file_id

    def _checked(self, url: str) -> str:
        """An address for the picture at Slack's own hosts, or at the one that was configured."""
        parts, own = urlsplit(url), urlsplit(self._client.base_url)
        slack = parts.scheme == "https" and (parts.hostname or "").endswith(_FILE_HOSTS)
        if not slack and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            raise ValueError("no address of Slack")
        return url

    def _post(self, post: Post, blocks: list[dict[str, Any]], until: float) -> Answer:
        self._client.seconds = max(until - time.monotonic(), 1.0)
        try:
            response = self._client.chat_postMessage(
                channel=post.channel,
                text=post.text,
                blocks=blocks or None,
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
        except NoReply as broken:
            return broken.answer
        return answer_for(response)

    def find(self, post_channel: str, delivery_key: str) -> str | None:
        """The ``ts`` of a post of this delivery in the channel's latest 200; None if not there.

        Evidence for an unclear attempt. Needs the scope ``channels:history``; raises
        ``SlackApiError`` or ``NoReply`` when the history cannot be read.
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
        """There is a connection for each request; nothing is held."""


def answer_for(response: Any) -> Answer:
    """What an answer of the Web API means."""
    status = int(getattr(response, "status_code", 0) or 0)
    headers = {str(k): str(v) for k, v in dict(getattr(response, "headers", {}) or {}).items()}
    data = getattr(response, "data", response)
    if not isinstance(data, dict):
        return answer_of_status(status, headers) if status != 200 else _unclear(status, data)
    if data.get("ok") is True and data.get("ts"):
        return Answer(Outcome.ACCEPTED, provider_message_id=str(data["ts"]), code=str(status))
    word = str(data.get("error") or "")
    if not _WORD.fullmatch(word):
        # Empty, or the SDK's own sentence about an answer that was no JSON.
        return answer_of_status(status, headers) if status != 200 else _unclear(status, data)
    if word in _TRANSIENT:
        outcome = Outcome.REJECTED_TRANSIENT
    elif word in _PERMANENT:
        outcome = Outcome.REJECTED_PERMANENT
    elif word in _UNCLEAR or status >= 500:
        outcome = Outcome.UNKNOWN
    else:  # about the token, its scopes or the channel: every other post would fail alike
        outcome = Outcome.CONFIG_ERROR
    return Answer(
        outcome,
        code=word[:80],
        error_text=word[:200],
        retry_after=asked_wait(headers),
        whole_channel=outcome is Outcome.REJECTED_TRANSIENT,
    )


def _unclear(status: int, data: Any) -> Answer:
    kind = type(data).__name__ if not isinstance(data, dict) else json.dumps(sorted(data))[:80]
    return Answer(Outcome.UNKNOWN, code=str(status), error_text=f"an answer without ok: {kind}")

"""Slack posts through an incoming webhook: one call, one request, one known host."""

import ssl
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request

from slack_sdk.webhook import WebhookClient, WebhookResponse

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.errors import UsageError
from resources.mail.http import asked_wait, broken_off, one_request_opener

_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_PATHS = ("/services/", "/workflows/", "/triggers/")
_SECONDS = 30

_PERMANENT_STATUSES = frozenset({400, 413})
_CONFIG_STATUSES = frozenset({401, 403, 404, 405, 410})
_TRANSIENT_STATUSES = frozenset({429, 503})


def check_url(url: str) -> str:
    """The webhook's URL if it can be Slack's; otherwise ``UsageError`` (the value stays secret).

    Only https on the default port, exactly Slack's hosts, no user, no other characters
    than a path needs: a URL that merely looks like Slack's reaches nobody.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError("SLACK_WEBHOOK_URL is not a valid URL") from None
    plain = all(33 <= ord(character) < 127 and character not in "\\%" for character in url)
    if not (
        plain
        and parts.scheme == "https"
        and parts.netloc in _HOSTS
        and port is None
        and parts.path.startswith(_PATHS)
        and ".." not in parts.path
        and not parts.query
        and not parts.fragment
    ):
        raise UsageError(
            "SLACK_WEBHOOK_URL is no Slack webhook; it begins with https://hooks.slack.com/services/"
        )
    return url


class _OneRequestWebhook(WebhookClient):
    """The SDK's client without redirects."""

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        opener = one_request_opener(self.ssl)
        with opener.open(req, timeout=self.timeout) as response:
            body = response.read().decode(response.headers.get_content_charset() or "utf-8")
            return WebhookResponse(
                url=url, status_code=response.status, body=body, headers=dict(response.headers)
            )


class WebhookSlack:
    """Posts to the one channel that the webhook belongs to. Slack gives no message id back."""

    provider = "slack-webhook"

    def __init__(
        self, url: str, *, context: ssl.SSLContext | None = None, seconds: int = _SECONDS
    ) -> None:
        self._client = _OneRequestWebhook(url, timeout=seconds, ssl=context, retry_handlers=[])

    def send(self, post: Post) -> Answer:
        try:
            response = self._client.send(
                text=post.text,
                blocks=list(post.blocks) or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except HTTPError as error:
            return answer_for(error.code, "", dict(error.headers or {}))
        except Exception as error:
            return broken_off(error)
        return answer_for(response.status_code, response.body, dict(response.headers))

    def close(self) -> None:
        """The SDK opens a connection for each request; nothing is held."""


def answer_for(status: int, body: str, headers: dict[str, Any]) -> Answer:
    """What a webhook's answer means. Only 200 with ``ok`` is a post that was taken."""
    word, code = body.strip()[:200], str(status)
    if status == 200:
        if word == "ok":
            return Answer(Outcome.ACCEPTED, code=code)
        return Answer(Outcome.UNKNOWN, code=code, error_text="200 with another body than ok")
    if status in _CONFIG_STATUSES or 300 <= status < 400:
        return Answer(Outcome.CONFIG_ERROR, code=code, error_text=word)
    if status in _PERMANENT_STATUSES:
        return Answer(Outcome.REJECTED_PERMANENT, code=code, error_text=word)
    if status in _TRANSIENT_STATUSES:
        return Answer(
            Outcome.REJECTED_TRANSIENT, code=code, error_text=word, retry_after=asked_wait(headers)
        )
    if 400 <= status < 500:
        return Answer(Outcome.REJECTED_PERMANENT, code=code, error_text=word)
    return Answer(Outcome.UNKNOWN, code=code, error_text=word)

"""Slack posts through an incoming webhook: one call, one request, one known host."""

import ssl
from urllib.parse import urlsplit
from urllib.request import Request

from slack_sdk.webhook import WebhookClient, WebhookResponse

from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from cs_assets.errors import UsageError
from resources.one_request import NoReply, send

_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_PATHS = ("/services/", "/workflows/", "/triggers/")


def check_url(url: str) -> str:
    """The webhook's URL if it can be Slack's; otherwise ``UsageError`` (the value stays secret).

    Only https on the default port, exactly Slack's hosts, no user, no other characters
    than a path needs: a URL that merely looks like Slack's reaches nobody.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(
            "SLACK_WEBHOOK_URL is no address; Slack shows it as https://hooks.slack.com/..."
        ) from None
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
    """The SDK's client, one request under a deadline; no answer is an exception to it."""

    def __init__(self, url: str, *, context: ssl.SSLContext | None, seconds: float) -> None:
        super().__init__(url, retry_handlers=[])
        self._context, self._seconds = context, seconds

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        reply = send(req, seconds=self._seconds, context=self._context)
        return WebhookResponse(
            url=url, status_code=reply.status, body=reply.text, headers=reply.headers
        )


class WebhookSlack:
    """Posts to the one channel that the webhook belongs to. Slack gives no message id back."""

    provider = "slack-webhook"

    def __init__(
        self, url: str, *, context: ssl.SSLContext | None = None, seconds: float = 60.0
    ) -> None:
        self._client = _OneRequestWebhook(url, context=context, seconds=seconds)

    def send(self, post: Post) -> Answer:
        try:
            response = self._client.send(
                text=post.text,
                blocks=list(post.blocks) or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except NoReply as broken:
            return broken.answer
        return answer_for(response.status_code, response.body, dict(response.headers))

    def close(self) -> None:
        """There is a connection for each request; nothing is held."""


def answer_for(status: int, body: str, headers: dict[str, str]) -> Answer:
    """What a webhook's answer means. Only 200 with ``ok`` is a post that was taken."""
    word = body.strip()[:200]
    if status != 200:
        return answer_of_status(status, headers, word)
    if word == "ok":
        return Answer(Outcome.ACCEPTED, code="200")
    return Answer(Outcome.UNKNOWN, code="200", error_text="200 with another body than ok")

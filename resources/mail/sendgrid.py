"""Mail through SendGrid's v3 API with its own SDK: one call, one request."""

import json
from typing import Any
from urllib.request import Request

from sendgrid import SendGridAPIClient

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from resources.mail.sendgrid_body import request_body
from resources.one_request import NoReply, Reply, send


class SendGridMail:
    """Sends letters through ``POST /v3/mail/send``; the delivery key goes along as custom arg."""

    provider = "sendgrid"
    largest_message = 30_000_000
    """SendGrid refuses from 30 MB on, base64 included."""

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://api.sendgrid.com",
        *,
        seconds: float = 60.0,
    ) -> None:
        self._endpoint = _MailSend(SendGridAPIClient(api_key, host=base_url), seconds)

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        try:
            return answer_for(self._endpoint.post(request_body(letter)))
        except NoReply as broken:
            return broken.answer

    def close(self) -> None:
        """There is a connection for each request; nothing is held."""


class _MailSend:
    """The SDK's address and headers; the request goes out under our deadline.

    The SDK's own HTTP client knows no deadline, follows redirects, and loses the status of
    an answer whose body is cut.
    """

    def __init__(self, api: SendGridAPIClient, seconds: float) -> None:
        endpoint = api.client.mail.send
        self._url = api.host.rstrip("/") + "/v3/mail/send"
        self._headers = {**endpoint.request_headers, "Content-Type": "application/json"}
        self._seconds = seconds

    def post(self, body: dict[str, Any]) -> Reply:
        data = json.dumps(body).encode("utf-8")
        request = Request(self._url, data, self._headers, method="POST")  # noqa: S310
        return send(request, seconds=self._seconds)


def answer_for(reply: Reply) -> Answer:
    """What an answer of ``mail/send`` means. Only 202 is a mail that was taken."""
    code = str(reply.status)
    if reply.status == 202:
        message_id = next((v for k, v in reply.headers.items() if k.lower() == "x-message-id"), "")
        return Answer(Outcome.ACCEPTED, provider_message_id=message_id, code=code)
    if reply.status == 200:
        # Sandbox mode: checked, not sent.
        return Answer(
            Outcome.CONFIG_ERROR, code=code, error_text="sandbox mode is on: nothing is sent"
        )
    return answer_of_status(reply.status, reply.headers, _errors(reply.text))


def _errors(text: str) -> str:
    """The messages of SendGrid's error JSON, or the beginning of whatever came."""
    try:
        found = json.loads(text)["errors"]
        return "; ".join(str(one.get("message", "")) for one in found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return text[:200]

"""Mail through SendGrid's v3 API with its own SDK: one call, one request."""

import json
import urllib.error
import urllib.request
from typing import Any

import python_http_client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from resources.mail.http import (
    CONNECT_AND_READ_SECONDS,
    asked_wait,
    broken_off,
    one_request_opener,
)
from resources.mail.sendgrid_body import request_body

_CONFIG_STATUSES = frozenset({401, 403, 404, 405, 415})
_PERMANENT_STATUSES = frozenset({400, 413})
_TRANSIENT_STATUSES = frozenset({429, 503})


class _OneRequestClient(python_http_client.Client):
    """The SDK's HTTP client without redirects; path segments stay of this class."""

    def _build_client(self, name: str | None = None) -> "_OneRequestClient":
        path = [*self._url_path, name] if name else self._url_path
        return _OneRequestClient(
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=path,
            append_slash=self.append_slash,
            timeout=self.timeout,
        )

    def _make_request(
        self, opener: Any, request: urllib.request.Request, timeout: float | None = None
    ) -> Any:
        return super()._make_request(one_request_opener(), request, timeout=timeout)


class SendGridMail:
    """Sends letters through ``POST /v3/mail/send``; the delivery key goes along as custom arg."""

    provider = "sendgrid"
    largest_message = 30_000_000
    """SendGrid refuses from 30 MB on, base64 included."""

    def __init__(self, api_key: str, base_url: str = "https://api.sendgrid.com") -> None:
        api = SendGridAPIClient(api_key, host=base_url)
        self._client = _OneRequestClient(
            host=base_url,
            request_headers=dict(api.client.request_headers),
            version=3,
            timeout=CONNECT_AND_READ_SECONDS,
        )
        api.client = self._client
        self._api = api

    def use_timeout(self, seconds: float) -> None:
        """Wait ``seconds`` for each step of a request instead of the default."""
        self._client.timeout = seconds

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        try:
            response = self._api.send(request_body(letter))
        except HTTPError as error:
            return answer_for(error.status_code, error.headers or {}, error.body)
        except urllib.error.HTTPError as error:
            return answer_for(error.code, error.headers or {}, b"")
        except Exception as error:
            return broken_off(error)
        return answer_for(response.status_code, response.headers, response.body)

    def close(self) -> None:
        """The SDK opens a connection for each request; nothing is held."""


def answer_for(status: int, headers: Any, body: Any) -> Answer:
    """What a status of ``mail/send`` means. Only 202 is a mail that was taken."""
    code, named = str(status), {str(k): str(v) for k, v in dict(headers).items()}
    if status == 202:
        message_id = next((v for k, v in named.items() if k.lower() == "x-message-id"), "")
        return Answer(Outcome.ACCEPTED, provider_message_id=message_id, code=code)
    said = _errors(body)
    if status == 200:
        # Sandbox mode: checked, not sent.
        return Answer(
            Outcome.CONFIG_ERROR, code=code, error_text="sandbox mode is on: nothing is sent"
        )
    if status in _PERMANENT_STATUSES:
        return Answer(Outcome.REJECTED_PERMANENT, code=code, error_text=said)
    if status in _CONFIG_STATUSES or 300 <= status < 400:
        return Answer(Outcome.CONFIG_ERROR, code=code, error_text=said)
    if status in _TRANSIENT_STATUSES:
        return Answer(
            Outcome.REJECTED_TRANSIENT, code=code, error_text=said, retry_after=asked_wait(named)
        )
    if 400 <= status < 500:
        return Answer(Outcome.REJECTED_PERMANENT, code=code, error_text=said)
    return Answer(Outcome.UNKNOWN, code=code, error_text=said)


def _errors(body: Any) -> str:
    """The messages of SendGrid's error JSON, or the beginning of whatever came."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")
    try:
        found = json.loads(text)["errors"]
        return "; ".join(str(one.get("message", "")) for one in found)
    except (ValueError, KeyError, TypeError, AttributeError):
        return text[:200]

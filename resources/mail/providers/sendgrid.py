"""SendGrid: mail through its v3 API with its own SDK, its bounces, its events."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.request import Request

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from cs_assets.delivery.record.provider_events import (
    Event,
    address_of,
    event_id,
    from_epoch,
    key_of,
)
from cs_assets.errors import Unavailable
from cs_assets.redaction import redacted
from resources.mail.provider import Provider
from resources.mail.sendgrid_body import request_body
from resources.one_request import NoReply, Reply, send
from resources.settings import Settings

if TYPE_CHECKING:
    import httpx
    from sendgrid import SendGridAPIClient

#: Events after which nothing more may be sent to the address.
_HARD = frozenset({"bounce", "dropped", "spamreport", "unsubscribe"})
_PAGE = 500
_MOST_PAGES = 200


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
        from sendgrid import SendGridAPIClient

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

    def __init__(self, api: "SendGridAPIClient", seconds: float) -> None:
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


# ---- what comes back later


def bounces(api_key: str, base_url: str) -> dict[str, str]:
    """Bounced, blocked for good and complaining addresses of the account, with reasons."""
    import httpx

    found: dict[str, str] = {}
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=30.0) as client:
        for kind in ("bounces", "invalid_emails", "spam_reports"):
            for page in range(_MOST_PAGES):
                rows = _page(client, kind, page * _PAGE)
                for row in rows:
                    if isinstance(row, dict) and isinstance(row.get("email"), str):
                        reason = redacted(row.get("reason") or "", 120)
                        found[row["email"]] = f"{kind.replace('_', ' ')}: {reason}".rstrip(": ")
                if len(rows) < _PAGE:
                    break
    return found


def _page(client: "httpx.Client", kind: str, offset: int) -> list[Any]:
    import httpx

    try:
        answer = client.get(f"/v3/suppression/{kind}", params={"limit": _PAGE, "offset": offset})
        answer.raise_for_status()
        rows = answer.json()
    except httpx.HTTPStatusError as error:
        raise Unavailable(
            f"SendGrid's list of {kind} cannot be read ({error.response.status_code}); "
            "the key needs the scope 'suppression'"
        ) from None
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(
            f"SendGrid's list of {kind} cannot be read ({type(error).__name__})"
        ) from None
    return rows if isinstance(rows, list) else []


def events(document: Any) -> Iterator[Event]:
    """Of one document of the event webhook; none when it is another's."""
    if not isinstance(document, dict) or not isinstance(document.get("event"), str):
        return
    name = str(document["event"])[:40]
    if name == "open" and document.get("sg_machine_open") is True:
        name = "machine_open"  # a mail programme that loads all pictures, not a reader
    hard = name in _HARD and document.get("type") != "blocked"
    yield Event(
        event_id=event_id("sendgrid", document.get("sg_event_id"), document),
        provider="sendgrid",
        event=name,
        happened_at=from_epoch(document.get("timestamp")),
        delivery_key=key_of(document.get("delivery_key")),
        address=address_of(document.get("email")),
        suppress_because=f"{name}: {str(document.get('reason') or '')[:120]}" if hard else "",
    )


def _key(settings: Settings) -> str:
    key = settings.sendgrid_api_key
    return key.get_secret_value().strip() if key is not None else ""


PROVIDER = Provider(
    name="sendgrid",
    rank=10,
    chosen_by="sendgrid_api_key",
    needs=("sendgrid_api_key",),
    secrets=lambda settings: [_key(settings)],
    open=lambda settings, _, seconds: SendGridMail(
        _key(settings), settings.sendgrid_base_url, seconds=seconds
    ),
    bounces=lambda settings: bounces(_key(settings), settings.sendgrid_base_url),
    events=events,
    loggers=("python_http_client", "python_http_client.client"),
)

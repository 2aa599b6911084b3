"""Twilio: text messages through its Messages resource (API of 2010-04-01). Needs no library.

It knows no idempotency key for this resource: what may have been taken is never sent again.
"""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request

from cs_assets.delivery.message.text_message import TextMessage
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from resources.one_request import NoReply, Reply, send
from resources.settings import Settings
from resources.texts.provider import TextProvider

#: A status of a message that was made and is lost already; every other is one that was taken.
_LOST = frozenset({"failed", "undelivered", "canceled"})
#: Of our number or service, so every message would meet it: not ours, no texts, not found.
_SENDER = frozenset({21212, 21603, 21606, 21659, 21701, 21703, 21705})
#: Too many messages wait already for our number.
_QUEUE_FULL = 21611


class TwilioTexts:
    """One ``POST .../Messages.json`` a message."""

    provider = "twilio"

    def __init__(
        self, account: str, token: str, sender: str, base_url: str, *, seconds: float = 60.0
    ) -> None:
        self._url = (
            f"{base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        )
        basic = base64.b64encode(f"{account}:{token}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        # A messaging service chooses one of its numbers, and keeps who said STOP.
        self._from = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._seconds = seconds

    def send(self, message: TextMessage) -> Answer:
        form = {"To": message.number, "Body": message.body, **self._from}
        request = Request(self._url, urlencode(form).encode(), self._headers, method="POST")  # noqa: S310
        try:
            return answer_for(send(request, seconds=self._seconds))
        except NoReply as broken:
            return broken.answer

    def close(self) -> None:
        """There is a connection for each request; nothing is held."""


def answer_for(reply: Reply) -> Answer:
    """What an answer means. Only 201 is a message that was taken; codes decide where they must."""
    said = _document(reply.text)
    if reply.status == 201:
        lost = said.get("status") in _LOST
        return Answer(
            Outcome.REJECTED_PERMANENT if lost else Outcome.ACCEPTED,
            provider_message_id=str(said.get("sid") or "")[:64], code=str(reply.status),
        )  # fmt: skip
    code = said.get("code") if isinstance(said.get("code"), int) else None
    text = f"{code}: {said.get('message')}" if code else reply.text[:200]
    if code in _SENDER:
        return Answer(Outcome.CONFIG_ERROR, code=str(code), error_text=text)
    if code == _QUEUE_FULL:
        return Answer(
            Outcome.REJECTED_TRANSIENT, code=str(code), error_text=text, whole_channel=True
        )
    if 200 <= reply.status < 300:
        return Answer(Outcome.UNKNOWN, code=str(reply.status), error_text="2xx that is not 201")
    return answer_of_status(reply.status, reply.headers, text)


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _token(settings: Settings) -> str:
    token = settings.twilio_auth_token
    return token.get_secret_value().strip() if token is not None else ""


PROVIDER = TextProvider(
    name="twilio",
    needs=("twilio_account_sid", "twilio_auth_token", "twilio_from"),
    secrets=lambda settings: [_token(settings)],
    open=lambda settings, _, seconds: TwilioTexts(
        settings.twilio_account_sid or "", _token(settings), settings.twilio_from or "",
        settings.twilio_base_url, seconds=seconds,
    ),
)  # fmt: skip

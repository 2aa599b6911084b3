"""AWS SES: mail through its v2 API with boto3, its suppression list, its notifications."""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import no_answer, of_status
from cs_assets.delivery.record.provider_events import Event, address_of, event_id, from_iso, key_of
from cs_assets.errors import Unavailable, UsageError
from resources.mail.provider import Provider
from resources.one_request import NoReply, Reply, send
from resources.settings import Settings

_PAGE = 500
_MOST_PAGES = 200

_CONFIG_CODES = (
    "MailFromDomainNotVerified",
    "AccountSuspended",
    "SendingPaused",
    "NotFound",
    "AccessDenied",
    "InvalidClientTokenId",
    "UnrecognizedClient",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "MissingAuthenticationToken",
)
_TRANSIENT_CODES = ("TooManyRequests", "Throttling", "LimitExceeded", "RequestTimeout")
_PERMANENT_CODES = ("MessageRejected", "BadRequest")

#: What a rejected message says when it is the sender, not the message: AWS in two wordings, and
#: the double that tests use.
_SENDER_WORDS = ("not verified", "not authorized", "not authorised", "have authority to send")

#: botocore's errors (by name) about the settings; nothing was sent.
_CONFIG_ERRORS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "NoRegionError",
        "ParamValidationError",
        "InvalidRegionError",
        "ProfileNotFound",
    }
)


class SesMail:
    """Sends the MIME bytes as raw content; the delivery key goes along as a tag."""

    provider = "ses"
    largest_message = 29_000_000
    """SES takes 40 MB after base64; the MIME bytes grow by 1.37 on the way."""

    def __init__(
        self,
        region: str,
        *,
        endpoint_url: str | None = None,
        configuration_set: str | None = None,
        seconds: float = 60.0,
    ) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise UsageError(
                "mail through ses needs the extra: pip install 'cs-assets[ses]'"
            ) from None
        # total_max_attempts=1: botocore would send again after a lost answer.
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        self._client = boto3.client(
            "sesv2", region_name=region, endpoint_url=endpoint_url, config=config
        )
        # boto3 signs; the request goes out under our deadline, on a connection of its own.
        self._client.meta.events.register("before-send.sesv2", self._send_signed)
        self._configuration_set = configuration_set
        self._seconds = seconds
        self._said_yes = False

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        request: dict[str, Any] = {
            "FromEmailAddress": letter.sender,
            "Destination": {"ToAddresses": [letter.recipient]},
            "Content": {"Raw": {"Data": mime_bytes}},
            "EmailTags": [
                {"Name": "delivery_key", "Value": letter.delivery_key},
                {"Name": "category", "Value": letter.category},
            ],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        self._said_yes = False
        try:
            response = self._client.send_email(**request)
        except NoReply as broken:
            return broken.answer
        except Exception as error:
            return Answer(Outcome.ACCEPTED, code="200") if self._said_yes else answer_for(error)
        message_id = response.get("MessageId") if isinstance(response, dict) else None
        if message_id or self._said_yes:
            return Answer(Outcome.ACCEPTED, provider_message_id=str(message_id or ""), code="200")
        return Answer(Outcome.UNKNOWN, error_text="the answer holds no MessageId")

    def close(self) -> None:
        self._client.close()

    def _send_signed(self, request: Any, **_: Any) -> Any:
        """botocore's hook before a request goes out: what it returns counts as the answer."""
        from botocore.awsrequest import AWSResponse

        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body = request.body
        if hasattr(body, "read"):
            body = body.read()
        data = body.encode("utf-8") if isinstance(body, str) else bytes(body or b"")
        signed = Request(request.url, data, headers, method=request.method)  # noqa: S310
        reply = send(signed, seconds=self._seconds)
        # SES itself, not some gateway: then the status is the answer, though its body be cut.
        names = {name.lower() for name in reply.headers}
        self._said_yes = reply.status == 200 and "x-amzn-requestid" in names
        return AWSResponse(request.url, reply.status, reply.headers, _Raw(reply))


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body)

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


def answer_for(error: Exception) -> Answer:
    """What an exception of boto3 means for the mail."""
    name = type(error).__name__
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _answer_of_service(response)
    if name in _CONFIG_ERRORS:
        return Answer(Outcome.CONFIG_ERROR, error_class=name, error_text=str(error))
    return no_answer(error)


def _answer_of_service(response: dict[str, Any]) -> Answer:
    error = response.get("Error") or {}
    code, text = str(error.get("Code") or ""), str(error.get("Message") or "")
    status = int((response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0)
    outcome = _outcome(code, text, status)
    not_now = outcome is Outcome.REJECTED_TRANSIENT
    return Answer(
        outcome,
        code=code or str(status),
        error_text=text,
        # A daily quota comes back in hours: stop, do not spin.
        stop_batch=not_now and "quota exceeded" in text.lower(),
        whole_channel=not_now,
    )


def _outcome(code: str, text: str, status: int) -> Outcome:
    said = text.lower()
    if code.startswith(_TRANSIENT_CODES):
        return Outcome.REJECTED_TRANSIENT
    if code.startswith(_CONFIG_CODES):
        return Outcome.CONFIG_ERROR
    if code.startswith(_PERMANENT_CODES):
        about_sender = any(words in said for words in _SENDER_WORDS)
        return Outcome.CONFIG_ERROR if about_sender else Outcome.REJECTED_PERMANENT
    return of_status(status)


# ---- what comes back later


def suppressions(region: str, endpoint_url: str | None = None) -> dict[str, str]:
    """The account's suppression list, with BOUNCE or COMPLAINT as the reason."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    found: dict[str, str] = {}
    client = boto3.client("sesv2", region_name=region, endpoint_url=endpoint_url)
    request: dict[str, Any] = {"PageSize": _PAGE}
    try:
        for _ in range(_MOST_PAGES):
            answer = client.list_suppressed_destinations(**request)
            for row in answer.get("SuppressedDestinationSummaries", []):
                found[row["EmailAddress"]] = str(row.get("Reason", "")).lower()
            if not answer.get("NextToken"):
                break
            request["NextToken"] = answer["NextToken"]
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(
            f"the suppression list of SES cannot be read ({type(error).__name__})"
        ) from None
    finally:
        client.close()
    return found


def events(document: Any) -> Iterator[Event]:
    """Of one notification, bare or inside SNS; none when it is another's."""
    found = _unwrapped(document)
    if isinstance(found, dict) and isinstance(found.get("mail"), dict):
        yield from _notification(found)


def _unwrapped(document: Any) -> Any:
    inner = document.get("Message") if isinstance(document, dict) else None
    if not isinstance(inner, str):
        return document
    try:
        return json.loads(inner)
    except ValueError:
        return None


def _notification(document: dict[str, Any]) -> Iterator[Event]:
    mail = document["mail"]
    name = str(document.get("eventType") or document.get("notificationType") or "")[:40].lower()
    if not name:
        return
    tags = mail.get("tags") if isinstance(mail.get("tags"), dict) else {}
    keys = tags.get("delivery_key") or [None]
    detail = document.get(name) if isinstance(document.get(name), dict) else {}
    assert isinstance(detail, dict)
    permanent = name == "bounce" and detail.get("bounceType") == "Permanent"
    recipients = detail.get("bouncedRecipients") or detail.get("complainedRecipients") or [{}]
    for number, recipient in enumerate(recipients if isinstance(recipients, list) else [{}]):
        address = recipient.get("emailAddress") if isinstance(recipient, dict) else None
        because = f"{name}: {detail.get('bounceSubType') or ''}".strip(": ")
        yield Event(
            event_id=event_id("ses", None, {**document, "recipient": number}),
            provider="ses",
            event=name,
            happened_at=from_iso(mail.get("timestamp")),
            delivery_key=key_of(keys[0] if isinstance(keys, list) else keys),
            address=address_of(address or (mail.get("destination") or [None])[0]),
            suppress_because=because if permanent or name == "complaint" else "",
        )


def _secrets(settings: Settings) -> list[str]:
    key = settings.aws_access_key_id
    return [key.get_secret_value()] if key is not None else []


PROVIDER = Provider(
    name="ses",
    rank=20,
    chosen_by="aws_access_key_id",
    needs=("aws_region",),
    secrets=_secrets,
    open=lambda settings, _, seconds: SesMail(
        settings.aws_region or "",
        endpoint_url=settings.ses_endpoint_url,
        configuration_set=settings.ses_configuration_set,
        seconds=seconds,
    ),
    bounces=lambda settings: suppressions(settings.aws_region or "", settings.ses_endpoint_url),
    events=events,
    loggers=("boto3", "botocore", "urllib3"),
)

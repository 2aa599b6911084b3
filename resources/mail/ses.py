"""Mail through AWS SES (v2 API) with boto3: one call, one request."""

from typing import Any

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.errors import UsageError

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
_TRANSIENT_CODES = ("TooManyRequests", "Throttling", "LimitExceeded")
_PERMANENT_CODES = ("MessageRejected", "BadRequest")

#: botocore's errors (by name) that say the request was not sent.
_NOT_SENT = frozenset(
    {"EndpointConnectionError", "ConnectTimeoutError", "SSLError", "ProxyConnectionError"}
)
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
        read_seconds: float = 30.0,
    ) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise UsageError(
                "mail through ses needs the extra: pip install 'cs-assets[ses]'"
            ) from None
        # total_max_attempts=1: botocore would send again after a lost answer.
        config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=5,
            read_timeout=read_seconds,
        )
        self._client = boto3.client(
            "sesv2", region_name=region, endpoint_url=endpoint_url, config=config
        )
        self._configuration_set = configuration_set

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
        try:
            response = self._client.send_email(**request)
        except Exception as error:
            return answer_for(error)
        message_id = response.get("MessageId") if isinstance(response, dict) else None
        if not message_id:
            return Answer(Outcome.UNKNOWN, error_text="the answer holds no MessageId")
        return Answer(Outcome.ACCEPTED, provider_message_id=str(message_id), code="200")

    def close(self) -> None:
        self._client.close()


def answer_for(error: Exception) -> Answer:
    """What an exception of boto3 means for the mail."""
    name = type(error).__name__
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _answer_of_service(response)
    if name in _CONFIG_ERRORS:
        return Answer(Outcome.CONFIG_ERROR, error_class=name, error_text=str(error))
    if name in _NOT_SENT:
        return Answer(Outcome.REJECTED_TRANSIENT, error_class=name, error_text=str(error))
    return Answer(Outcome.UNKNOWN, error_class=name, error_text=str(error))


def _answer_of_service(response: dict[str, Any]) -> Answer:
    error = response.get("Error") or {}
    code, text = str(error.get("Code") or ""), str(error.get("Message") or "")
    status = int((response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0)
    return Answer(
        _outcome(code, text, status),
        code=code or str(status),
        error_text=text,
        # A daily quota comes back in hours: stop, do not spin.
        stop_batch=code.startswith(_TRANSIENT_CODES) and "quota exceeded" in text.lower(),
    )


def _outcome(code: str, text: str, status: int) -> Outcome:
    if code.startswith(_TRANSIENT_CODES) or status in (429, 503):
        return Outcome.REJECTED_TRANSIENT
    if code.startswith(_CONFIG_CODES) or 300 <= status < 400 or status in (401, 403, 404):
        return Outcome.CONFIG_ERROR
    if code.startswith(_PERMANENT_CODES) and "not verified" in text.lower():
        return Outcome.CONFIG_ERROR
    if code.startswith(_PERMANENT_CODES) or 400 <= status < 500:
        return Outcome.REJECTED_PERMANENT
    return Outcome.UNKNOWN

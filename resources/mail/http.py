"""What the HTTP providers of mail and Slack share: one request, no redirect, clear outcomes."""

import datetime as dt
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from cs_assets.delivery.model import Answer, Outcome

CONNECT_AND_READ_SECONDS = 30.0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not an errand: credentials and content stay here."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@cache
def one_request_opener(context: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """An opener that verifies certificates and follows no redirect.

    Kept, because reading the system's certificates takes longer than a request.
    """
    verified = context or ssl.create_default_context()
    return urllib.request.build_opener(
        _NoRedirects(), urllib.request.HTTPSHandler(context=verified)
    )


def broken_off(error: BaseException) -> Answer:
    """The outcome when no HTTP answer came.

    ``URLError`` is raised before the request was out as a whole (name, connect, TLS,
    while writing), so nobody took it. Whatever breaks later leaves it unclear.
    """
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    name = type(reason).__name__ if isinstance(reason, BaseException) else type(error).__name__
    if isinstance(error, urllib.error.URLError):
        certificate = isinstance(reason, ssl.SSLCertVerificationError)
        outcome = Outcome.CONFIG_ERROR if certificate else Outcome.REJECTED_TRANSIENT
        return Answer(outcome, error_class=name, error_text=str(reason))
    if isinstance(error, http.client.InvalidURL):
        return Answer(Outcome.CONFIG_ERROR, error_class=name, error_text="the URL is not valid")
    return Answer(Outcome.UNKNOWN, error_class=name, error_text=str(error))


def asked_wait(headers: Mapping[str, Any], now: dt.datetime | None = None) -> float | None:
    """Seconds to wait as ``Retry-After`` or ``X-RateLimit-Reset`` say; None when neither does.

    The value is the server's own and may be absurd; the caller bounds it.
    """
    lower = {str(name).lower(): str(value).strip() for name, value in headers.items()}
    moment = now or dt.datetime.now(dt.UTC)
    if "retry-after" in lower:
        return _seconds(lower["retry-after"]) or _until_date(lower["retry-after"], moment)
    reset = _seconds(lower.get("x-ratelimit-reset", ""))
    return reset - moment.timestamp() if reset is not None else None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _until_date(text: str, now: dt.datetime) -> float | None:
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = until if until.tzinfo is not None else until.replace(tzinfo=dt.UTC)
    return (aware - now).total_seconds()

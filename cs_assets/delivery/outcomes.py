"""What answers mean, in one place for all providers.

Two questions decide: can the provider have taken it, and would every other message of
the channel meet the same now? What cannot be told is ``unknown``: never sent again by
itself.
"""

import datetime as dt
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from cs_assets.delivery.model import Answer, Outcome

#: Key, rights, address or sender are wrong, or this is no such service: about all messages.
_CONFIGURATION = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 415, 421, 426, 451, 511})
#: Refused before it was processed, by what the status says.
_NOT_NOW = frozenset({425, 429, 503})
#: "The request did not arrive whole in time". It was read whole here, or there would be no
#: status to read; gateways say it too when the service behind them has been slow.
_UNCLEAR = frozenset({408})
#: SMTP replies about the login, whenever they come.
_SMTP_LOGIN = frozenset({530, 534, 535, 538})


def of_status(status: int) -> Outcome:
    """What an HTTP status means that is not the provider's own way to say yes.

    Every 5xx but 503 may come from a gateway after the service took the request.
    """
    if status in _NOT_NOW:
        return Outcome.REJECTED_TRANSIENT
    if status in _CONFIGURATION or 300 <= status < 400:
        return Outcome.CONFIG_ERROR
    if status in _UNCLEAR or not 400 <= status < 500:
        return Outcome.UNKNOWN
    return Outcome.REJECTED_PERMANENT


def answer_of_status(status: int, headers: Mapping[str, Any], said: str = "") -> Answer:
    """The answer for a status, with the wait that the headers ask for."""
    outcome = of_status(status)
    not_now = outcome is Outcome.REJECTED_TRANSIENT
    return Answer(
        outcome,
        code=str(status),
        error_text=said,
        retry_after=asked_wait(headers) if not_now else None,
        whole_channel=not_now,
    )


def never_handed_over(error: BaseException) -> Answer:
    """It broke before the message was out as a whole (name, connection, TLS, writing).

    Surely nobody has it, and the next message would meet the same. A certificate that does
    not verify is a matter of settings.
    """
    name, said = type(error).__name__, str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer(Outcome.CONFIG_ERROR, error_class=name, error_text=said)
    return Answer(Outcome.REJECTED_TRANSIENT, error_class=name, error_text=said, whole_channel=True)


def no_answer(error: BaseException) -> Answer:
    """It broke after the message was out: it may have been taken."""
    return Answer(Outcome.UNKNOWN, error_class=type(error).__name__, error_text=str(error))


def of_smtp(code: int, said: str, *, greeting: bool = False, login: bool = False) -> Answer:
    """What a 4xx or 5xx reply means that came before, or as, the answer to the final dot.

    ``greeting``: before any recipient was named, so it is about the channel and not about
    one mail; 421 and throttling always are.
    """
    if code in _SMTP_LOGIN or (greeting and code == 554) or (login and code >= 500):
        return Answer(Outcome.CONFIG_ERROR, code=str(code), error_text=said)
    if 500 <= code < 600:
        return Answer(Outcome.REJECTED_PERMANENT, code=str(code), error_text=said)
    about_all = greeting or login or code == 421 or "throttl" in said.casefold()
    return Answer(
        Outcome.REJECTED_TRANSIENT, code=str(code), error_text=said, whole_channel=about_all
    )


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

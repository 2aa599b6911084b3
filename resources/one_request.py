"""One HTTP request under a deadline: no redirect, no retry, and always known how far it came.

What the transports of mail and Slack send goes through here, whatever library built it:
through the proxy of the environment if there is one, certificates verified. One request
has one connection: a kept one that the server has meanwhile closed would leave it unclear
whether the request was taken.
"""

import http.client
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

from cs_assets.delivery import outcomes
from cs_assets.delivery.model import Answer, Outcome
from resources.deadlines import connected, timed, verifying_context, within

#: No answer about a message is longer.
_LONGEST_ANSWER = 1 << 20


@dataclass(frozen=True)
class Reply:
    """An answer whose status line came; ``body`` is what came of the rest."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class NoReply(Exception):
    """No status came; ``answer`` says what that means for the message."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error_class)
        self.answer = answer


def send(
    request: urllib.request.Request, *, seconds: float, context: ssl.SSLContext | None = None
) -> Reply:
    """Make the request; ends after ``seconds``. Raises ``NoReply``.

    The status line is the answer: what is cut or too slow after it leaves it as it is.
    """
    with within(seconds):
        try:
            response = _opener(context).open(request)
        except urllib.error.HTTPError as error:  # every status from 300 on
            response = error
        except Exception as error:
            raise NoReply(broken_off(error)) from None
        headers = {str(name): str(value) for name, value in (response.headers or {}).items()}
        try:
            with response:
                body = response.read(_LONGEST_ANSWER)
        except http.client.IncompleteRead as error:
            body = error.partial
        except (OSError, http.client.HTTPException, ValueError):
            body = b""
    return Reply(int(response.status or 0), headers, body)


def broken_off(error: BaseException) -> Answer:
    """What it means that no status came.

    ``URLError`` is raised before the request was out as a whole (name, connect, TLS,
    while writing), so nobody took it. Whatever breaks later leaves it unclear.
    """
    if isinstance(error, urllib.error.URLError):
        if isinstance(error.reason, Exception):
            return outcomes.never_handed_over(error.reason)
        return Answer(Outcome.CONFIG_ERROR, error_class="URLError", error_text=str(error.reason))
    if isinstance(error, http.client.InvalidURL):
        name = type(error).__name__
        return Answer(Outcome.CONFIG_ERROR, error_class=name, error_text="the URL is not valid")
    return outcomes.no_answer(error)


class _Connection(http.client.HTTPConnection):
    """Plain HTTP on a socket under the deadline."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._create_connection = connected


class _TlsConnection(http.client.HTTPSConnection):
    """HTTPS on a socket under the deadline."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._create_connection = connected


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._verified = context

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_TlsConnection, req, context=self._verified)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not an errand: credentials and content stay here."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@cache
def _opener(context: ssl.SSLContext | None) -> urllib.request.OpenerDirector:
    """Kept, because reading the environment and certificates takes longer than a request."""
    verified = timed(context) if context is not None else verifying_context()
    return urllib.request.build_opener(_NoRedirects(), _Http(), _Https(verified))

"""Mail by SMTP: one connection for many mails, and always known how far a mail came.

The dialogue is driven verb by verb, because what an error means depends on the
verb: until the final dot nobody has the mail; after it, without a reply, nobody
knows; after its 250 nothing can take it back.
"""

import contextlib
import smtplib
import ssl
from pathlib import Path
from typing import Any, Literal

from cs_assets.delivery import crash_points
from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import never_handed_over, no_answer, of_smtp
from resources.deadlines import connected, local_name, verifying_context, within
from resources.home import Home
from resources.mail.provider import Provider
from resources.settings import Settings

Tls = Literal["starttls", "tls", "none"]

#: For goodbyes and for making a connection ready after a refusal: what was answered stands.
_AFTERWARDS_SECONDS = 2.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Smtp(smtplib.SMTP):
    """The library's dialogue on a socket under the deadline."""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return connected((host, port))


class _SmtpOverTls(_Smtp):
    """TLS from the start."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self._tls_context = context
        super().__init__(host, port, local_hostname=local_name())

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = super()._get_socket(host, port, timeout)
        return self._tls_context.wrap_socket(plain, server_hostname=host)


class _Refused(Exception):
    """The dialogue ended before the final dot; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


class SmtpMail:
    """Sends by SMTP with STARTTLS (587), implicit TLS (465) or, spelled out, none."""

    provider = "smtp"
    largest_message = 25_000_000
    """Until a server announces a smaller SIZE."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: Tls = "starttls",
        username: str | None = None,
        password: str | None = None,
        ca_file: Path | None = None,
        seconds: float = 60.0,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._username, self._password = username, password
        self._ca_file, self._seconds = ca_file, seconds
        self._connection: smtplib.SMTP | None = None

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        """One attempt. A kept connection that proves dead is opened anew before any content."""
        with within(self._seconds):
            try:
                smtp = self._ready_for(letter)
                self._envelope(smtp, letter, mime_bytes)
            except _Refused as refused:
                return refused.answer
            except ValueError as error:  # an address that no command can hold
                self._drop()
                return Answer(
                    Outcome.REJECTED_PERMANENT,
                    error_class=type(error).__name__,
                    error_text=str(error),
                )
            return self._content(smtp, mime_bytes)

    def close(self) -> None:
        """Say goodbye; whatever comes back, mails that were taken stay taken."""
        smtp, self._connection = self._connection, None
        if smtp is not None:
            with (
                within(_AFTERWARDS_SECONDS),
                contextlib.suppress(smtplib.SMTPException, OSError, ValueError),
            ):
                smtp.quit()
            smtp.close()

    # ---- before the content

    def _ready_for(self, letter: Letter) -> smtplib.SMTP:
        """A connection that has taken MAIL FROM."""
        kept = self._connection
        if kept is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                code, _ = kept.mail(letter.sender)
                if code == 250:
                    return kept
            self._drop()
        smtp = self._connect()
        try:
            code, reply = smtp.mail(letter.sender)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _Refused(never_handed_over(error)) from None
        if code != 250:
            raise self._refusal(code, reply, greeting=True)
        return smtp

    def _connect(self) -> smtplib.SMTP:
        if self._tls == "none" and self._host not in _LOOPBACK and self._password:
            raise _Refused(
                Answer(
                    Outcome.CONFIG_ERROR,
                    error_text="a password is not sent without TLS; set SMTP_TLS",
                )
            )
        try:
            self._connection = smtp = self._open()
            if self._username and self._password:
                smtp.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            said = _said(error.smtp_error)
            raise _Refused(of_smtp(error.smtp_code, said, login=True)) from None
        except smtplib.SMTPNotSupportedError as error:
            self._drop()
            raise _Refused(_config(error)) from None
        except smtplib.SMTPResponseException as error:
            self._drop()
            said = _said(error.smtp_error)
            raise _Refused(of_smtp(error.smtp_code, said, greeting=True)) from None
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _Refused(never_handed_over(error)) from None
        return smtp

    def _open(self) -> smtplib.SMTP:
        if self._tls == "tls":
            smtp: smtplib.SMTP = _SmtpOverTls(self._host, self._port, self._context())
        else:
            smtp = _Smtp(self._host, self._port, local_hostname=local_name())
        smtp.ehlo()
        if self._tls == "starttls":
            # Raises when the server does not offer it: never on in clear text.
            smtp.starttls(context=self._context())
            smtp.ehlo()
        return smtp

    def _context(self) -> ssl.SSLContext:
        return verifying_context(str(self._ca_file) if self._ca_file else None)

    def _envelope(self, smtp: smtplib.SMTP, letter: Letter, content: bytes) -> None:
        """RCPT TO and DATA; the envelope is given, never read from headers."""
        crash_points.reached("smtp_after_mail_from")
        announced = smtp.esmtp_features.get("size", "")
        if announced.isdigit() and 0 < int(announced) < len(content):
            # Now that the limit is known, the next attempt is made to fit, or fails with reason.
            self.largest_message = int(announced)
            self._reset(smtp)
            raise _Refused(
                Answer(
                    Outcome.REJECTED_TRANSIENT,
                    code="552",
                    error_text=f"report too large: {len(content):,} bytes of {int(announced):,}",
                )
            )
        try:
            code, reply = smtp.rcpt(letter.recipient)
            if code not in (250, 251):
                raise self._refusal(code, reply)
            crash_points.reached("smtp_after_rcpt_to")
            code, reply = smtp.docmd("DATA")
            if code != 354:
                raise self._refusal(code, reply)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _Refused(never_handed_over(error)) from None
        crash_points.reached("smtp_after_data")

    # ---- the content

    def _content(self, smtp: smtplib.SMTP, content: bytes) -> Answer:
        lines = _dot_stuffed(content)
        try:
            smtp.send(lines)
            crash_points.reached("smtp_before_final_dot")
            smtp.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            # The dot is the last to be written: it did not go out.
            self._drop()
            return never_handed_over(error)
        crash_points.reached("smtp_after_final_dot")
        try:
            code, reply = smtp.getreply()
        except Exception as error:
            self._drop()
            return no_answer(error)
        if code == 250:
            return Answer(Outcome.ACCEPTED, provider_message_id=_queue_id(reply), code="250")
        if 200 <= code < 300:
            return Answer(Outcome.ACCEPTED, code=str(code))
        if code == -1:
            self._drop()
            return Answer(Outcome.UNKNOWN, code=str(code), error_text="the reply was cut")
        if not 400 <= code < 600:
            self._drop()
            return Answer(Outcome.UNKNOWN, code=str(code), error_text=_said(reply))
        self._reset(smtp)
        return of_smtp(code, _said(reply))

    # ---- after a refusal

    def _refusal(self, code: int, reply: bytes, *, greeting: bool = False) -> _Refused:
        if self._connection is not None:
            self._reset(self._connection, closing=code == 421)
        return _Refused(of_smtp(code, _said(reply), greeting=greeting))

    def _reset(self, smtp: smtplib.SMTP, *, closing: bool = False) -> None:
        """Make the connection ready for the next mail, or give it up."""
        try:
            with within(_AFTERWARDS_SECONDS):
                if closing or smtp.rset()[0] != 250:
                    self._drop()
        except (smtplib.SMTPException, OSError, ValueError):
            self._drop()

    def _drop(self) -> None:
        smtp, self._connection = self._connection, None
        if smtp is not None:
            smtp.close()


def _config(error: Exception) -> Answer:
    return Answer(Outcome.CONFIG_ERROR, error_class=type(error).__name__, error_text=str(error))


def _dot_stuffed(content: bytes) -> bytes:
    """RFC 5321 4.5.2: a leading dot is doubled; the text ends with CRLF."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _queue_id(reply: bytes | str) -> str:
    """The reply's text: most servers name their queue id in it."""
    return _said(reply)[:120]


def _said(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)


def _open(settings: Settings, _: Home, seconds: float) -> SmtpMail:
    password = settings.smtp_password
    return SmtpMail(
        settings.smtp_host or "",
        settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        ca_file=settings.smtp_ca_file,
        seconds=seconds,
    )


def _secrets(settings: Settings) -> list[str]:
    if settings.smtp_password is None:
        return []
    password = settings.smtp_password.get_secret_value()
    # And as AUTH PLAIN carries it together with the user.
    together = f"\0{settings.smtp_username}\0{password}"
    return [password, together] if settings.smtp_username else [password]


PROVIDER = Provider(
    name="smtp",
    rank=30,
    chosen_by="smtp_host",
    needs=("smtp_host",),
    secrets=_secrets,
    open=_open,
)

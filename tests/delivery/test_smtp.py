"""SMTP against a real server with TLS (aiosmtpd) and against one that misbehaves."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cs_assets.delivery.message import mime
from cs_assets.delivery.model import Outcome
from resources.mail.providers.smtp import SmtpMail, Tls
from tests.faults.mail_lint import LETTER
from tests.faults.smtp_server import SmtpFaultServer

CONTENT = mime.build(LETTER)


class Inbox:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 queued as ABC"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@contextlib.contextmanager
def serving(
    inbox: Inbox, certificate: tuple[Path, Path] | None, *, implicit: bool = False, **more: Any
) -> Iterator[int]:
    """A server with one login and, when there is a certificate, STARTTLS or TLS from the start."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == b"right"
        return AuthResult(success=good, handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=None if implicit else context,
        require_starttls=context is not None and not implicit,
        ssl_context=context if implicit else None,
        authenticator=login,
        auth_required=context is not None,
        auth_require_tls=not implicit,  # aiosmtpd looks for STARTTLS only
        **more,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def test_starttls_with_a_verified_certificate_and_login(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    with serving(inbox, certificate) as port:
        mail = SmtpMail(
            "127.0.0.1", port, username="u", password="right", ca_file=certificate[0], seconds=5
        )
        answers = [mail.send(LETTER, CONTENT) for _ in range(3)]
        mail.close()
    assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
    assert "ABC" in answers[0].provider_message_id
    assert inbox.mails[0] == (LETTER.sender, [LETTER.recipient], CONTENT)


def test_tls_from_the_start_with_a_verified_certificate_and_login(
    certificate: tuple[Path, Path],
) -> None:
    inbox = Inbox()
    with serving(inbox, certificate, implicit=True) as port:
        mail = SmtpMail(
            "127.0.0.1",
            port,
            tls="tls",
            username="u",
            password="right",
            ca_file=certificate[0],
            seconds=5,
        )
        answers = [mail.send(LETTER, CONTENT) for _ in range(2)]
        mail.close()
    assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
    assert [mail[2] for mail in inbox.mails] == [CONTENT] * 2


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_unknown_certificate_stops_before_anything_is_said(
    certificate: tuple[Path, Path], tls: Tls
) -> None:
    inbox = Inbox()
    with serving(inbox, certificate, implicit=tls == "tls") as port:
        answer = SmtpMail("127.0.0.1", port, tls=tls, seconds=5).send(LETTER, CONTENT)
    assert answer.outcome is Outcome.CONFIG_ERROR
    assert inbox.mails == []


def test_a_server_without_starttls_gets_nothing_in_clear_text() -> None:
    inbox = Inbox()
    with serving(inbox, None) as port:
        answer = SmtpMail("127.0.0.1", port, seconds=5).send(LETTER, CONTENT)
    assert answer.outcome is Outcome.CONFIG_ERROR
    assert inbox.mails == []


def test_a_wrong_password_is_a_configuration_error(certificate: tuple[Path, Path]) -> None:
    with serving(Inbox(), certificate) as port:
        answer = SmtpMail(
            "127.0.0.1", port, username="u", password="wrong", ca_file=certificate[0], seconds=5
        ).send(LETTER, CONTENT)
    assert answer.outcome is Outcome.CONFIG_ERROR
    assert answer.code == "535"


def test_a_password_is_never_sent_without_tls() -> None:
    answer = SmtpMail("mail.example", 25, tls="none", username="u", password="p").send(
        LETTER, CONTENT
    )
    assert answer.outcome is Outcome.CONFIG_ERROR


def plain(server: SmtpFaultServer, seconds: float = 30.0) -> SmtpMail:
    return SmtpMail("127.0.0.1", server.port, tls="none", seconds=seconds)


def test_many_mails_share_one_connection() -> None:
    with SmtpFaultServer() as server:
        mail = plain(server)
        for _ in range(20):
            assert mail.send(LETTER, CONTENT).outcome is Outcome.ACCEPTED
        mail.close()
        assert server.connections == 1
        assert len(server.mails) == 20


def test_a_kept_connection_that_died_is_opened_anew_without_a_second_mail() -> None:
    with SmtpFaultServer() as server:
        mail = plain(server)
        mail.send(LETTER, CONTENT)
        server.script.append({"MAIL": "drop"})
        assert mail.send(LETTER, CONTENT).outcome is Outcome.ACCEPTED
        assert (server.connections, len(server.mails)) == (2, 2)


@pytest.mark.parametrize(
    ("stage", "reply", "outcome"),
    [
        ("BANNER", "421 busy", Outcome.REJECTED_TRANSIENT),
        ("BANNER", "554 no service", Outcome.CONFIG_ERROR),
        ("MAIL", "530 must authenticate", Outcome.CONFIG_ERROR),
        ("RCPT", "551 not local", Outcome.REJECTED_PERMANENT),
        ("RCPT", "450 mailbox busy", Outcome.REJECTED_TRANSIENT),
        ("DATA", "554 no", Outcome.REJECTED_PERMANENT),
        ("DOT", "552 too big", Outcome.REJECTED_PERMANENT),
        ("DOT", "451 later", Outcome.REJECTED_TRANSIENT),
        ("DOT", "garbage", Outcome.UNKNOWN),
        ("DOT", "drop", Outcome.UNKNOWN),
        ("DOT", "silence", Outcome.UNKNOWN),
        ("RCPT", "silence", Outcome.REJECTED_TRANSIENT),
        ("QUIT", "500 nonsense", Outcome.ACCEPTED),
    ],
)
def test_what_a_reply_means_depends_on_the_stage(stage: str, reply: str, outcome: Outcome) -> None:
    with SmtpFaultServer() as server:
        server.script.append({stage: reply})
        mail = plain(server, 2.0 if reply == "silence" else 30.0)
        assert mail.send(LETTER, CONTENT).outcome is outcome
        mail.close()
        server.script.clear()
        assert mail.send(LETTER, CONTENT).outcome is Outcome.ACCEPTED


def test_dots_at_line_starts_survive() -> None:
    content = b"Subject: x\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n"
    with SmtpFaultServer() as server:
        plain(server).send(LETTER, content)
        assert server.mails[0].content == content


def test_a_size_that_the_server_announces_is_known_from_then_on() -> None:
    with SmtpFaultServer(size=len(CONTENT) - 1) as server:
        mail = plain(server)
        answer = mail.send(LETTER, CONTENT)
        mail.close()
    assert (answer.outcome, answer.code) == (Outcome.REJECTED_TRANSIENT, "552")
    assert mail.largest_message == len(CONTENT) - 1
    assert server.mails == []

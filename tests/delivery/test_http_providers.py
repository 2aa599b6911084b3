"""SendGrid, SES and Slack through their own SDKs against servers on loopback."""

import json
import urllib.error
from typing import Any

import pytest

from cs_assets.delivery.message import mime
from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Outcome
from cs_assets.errors import Unavailable
from resources.mail.providers.sendgrid import SendGridMail
from resources.mail.providers.sendgrid import bounces as sendgrid_bounces
from resources.mail.providers.ses import SesMail
from resources.slack.bot import BotSlack
from resources.slack.webhook import WebhookSlack
from tests.faults.http_server import FaultServer, Reply
from tests.faults.mail_lint import LETTER

CONTENT = mime.build(LETTER)
POST = Post("ab" * 32, "#reviews", "hello")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def sendgrid_says(*replies: Reply) -> tuple[list[Outcome], FaultServer]:
    with FaultServer(success=lambda request: Reply(202)) as server:
        server.script.extend(replies)
        mail = SendGridMail("SG.key", server.url, seconds=10)
        outcomes = [mail.send(LETTER, CONTENT).outcome for _ in range(max(len(replies), 1))]
    return outcomes, server


def test_sendgrid_gets_the_letter_with_its_key_and_untracked() -> None:
    _, server = sendgrid_says()
    (request,) = server.requests
    body = json.loads(request.body)
    assert request.path == "/v3/mail/send"
    assert body["personalizations"][0]["custom_args"] == {"delivery_key": LETTER.delivery_key}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["attachments"][0]["filename"] == "review.pdf"
    assert body["tracking_settings"]["open_tracking"] == {"enable": False}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (202, Outcome.ACCEPTED),
        (200, Outcome.CONFIG_ERROR),
        (400, Outcome.REJECTED_PERMANENT),
        (401, Outcome.CONFIG_ERROR),
        (403, Outcome.CONFIG_ERROR),
        (404, Outcome.CONFIG_ERROR),
        (408, Outcome.UNKNOWN),
        (413, Outcome.REJECTED_PERMANENT),
        (429, Outcome.REJECTED_TRANSIENT),
        (500, Outcome.UNKNOWN),
        (502, Outcome.UNKNOWN),
        (503, Outcome.REJECTED_TRANSIENT),
        (504, Outcome.UNKNOWN),
    ],
)
def test_what_a_sendgrid_status_means(status: int, outcome: Outcome) -> None:
    assert sendgrid_says(Reply(status, b"{}"))[0] == [outcome]


def test_the_status_is_the_answer_whatever_becomes_of_the_rest() -> None:
    cut = Reply(202, b" " * 500, (("X-Message-Id", "sg-7"),), cut=400)
    with FaultServer(success=lambda request: cut) as server:
        answer = SendGridMail("SG.key", server.url, seconds=10).send(LETTER, CONTENT)
    assert (answer.outcome, answer.provider_message_id) == (Outcome.ACCEPTED, "sg-7")
    own = (("x-amzn-RequestId", "r-1"), ("Content-Type", "application/json"))
    cut = Reply(200, b'{"MessageId": "0100-ses"}', own, cut=20)
    with FaultServer(success=lambda request: cut) as server:
        ses = SesMail("us-east-1", endpoint_url=server.url)
        assert ses.send(LETTER, CONTENT).outcome is Outcome.ACCEPTED
    refused = Reply(400, b'{"errors": [{"message": "no"}]}', cut=20)
    assert sendgrid_says(refused)[0] == [Outcome.REJECTED_PERMANENT]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with FaultServer(success=lambda request: Reply(202)) as elsewhere:
        location = (("Location", f"{elsewhere.url}/services/x"),)
        outcomes, _ = sendgrid_says(Reply(status, b"", location))
        with FaultServer(success=lambda request: Reply(status, b"", location)) as slack:
            hook = WebhookSlack(f"{slack.url}/services/T/B/X", seconds=2).send(POST)
            bot = BotSlack("xoxb-1", f"{slack.url}/api/", seconds=2).send(POST)
        assert elsewhere.requests == []
    assert {*outcomes, hook.outcome, bot.outcome} == {Outcome.CONFIG_ERROR}


def test_a_server_that_is_not_there_has_not_taken_anything() -> None:
    for transport in (
        SendGridMail("SG.key", "http://127.0.0.1:1"),
        SesMail("us-east-1", endpoint_url="http://127.0.0.1:1"),
    ):
        assert transport.send(LETTER, CONTENT).outcome is Outcome.REJECTED_TRANSIENT
    hook = WebhookSlack("http://127.0.0.1:1/services/x", seconds=2)
    assert hook.send(POST).outcome is Outcome.REJECTED_TRANSIENT


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        ("TooManyRequestsException", "", Outcome.REJECTED_TRANSIENT),
        ("ThrottlingException", "Maximum sending rate exceeded", Outcome.REJECTED_TRANSIENT),
        ("MessageRejected", "bad content", Outcome.REJECTED_PERMANENT),
        (
            "MessageRejected",
            "Email address is not verified. The following identities failed the check",
            Outcome.CONFIG_ERROR,
        ),
        ("MessageRejected", "Email address not verified a@b.example", Outcome.CONFIG_ERROR),
        (
            "MessageRejected",
            "Did not have authority to send from email a@b.example",
            Outcome.CONFIG_ERROR,
        ),
        ("RequestTimeout", "not read within the timeout period", Outcome.REJECTED_TRANSIENT),
        ("BadRequestException", "", Outcome.REJECTED_PERMANENT),
        ("MailFromDomainNotVerifiedException", "", Outcome.CONFIG_ERROR),
        ("AccountSuspendedException", "", Outcome.CONFIG_ERROR),
        ("SendingPausedException", "", Outcome.CONFIG_ERROR),
        ("ExpiredTokenException", "", Outcome.CONFIG_ERROR),
    ],
)
def test_what_an_ses_error_means(code: str, message: str, outcome: Outcome) -> None:
    body = json.dumps({"message": message}).encode()
    reply = Reply(400, body, (("x-amzn-ErrorType", code),))
    with FaultServer(success=lambda request: reply) as server:
        answer = SesMail("us-east-1", endpoint_url=server.url).send(LETTER, CONTENT)
    assert answer.outcome is outcome
    assert len(server.requests) == 1


def test_a_used_up_daily_quota_stops_the_batch() -> None:
    reply = Reply(
        400,
        b'{"message": "Daily message quota exceeded"}',
        (("x-amzn-ErrorType", "ThrottlingException"),),
    )
    with FaultServer(success=lambda request: reply) as server:
        answer = SesMail("us-east-1", endpoint_url=server.url).send(LETTER, CONTENT)
    assert answer.outcome is Outcome.REJECTED_TRANSIENT
    assert answer.stop_batch


def test_ses_takes_the_very_bytes_that_were_built() -> None:
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    import boto3
    from moto.ses.models import ses_backends

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = boto3.client("sesv2", region_name="us-east-1", endpoint_url=url)
        client.create_email_identity(EmailIdentity=LETTER.sender)
        answer = SesMail("us-east-1", endpoint_url=url).send(LETTER, CONTENT)
        assert answer.outcome is Outcome.ACCEPTED
        (backend,) = [
            one
            for account in ses_backends.values()
            for one in account.values()
            if one.sent_messages
        ]
        (sent,) = backend.sent_messages
        raw = sent.raw_data
        assert (raw.encode() if isinstance(raw, str) else raw) == CONTENT
        assert set(sent.destinations) == {LETTER.recipient}
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"ok", Outcome.ACCEPTED),
        (200, b"<html>", Outcome.UNKNOWN),
        (400, b"invalid_payload", Outcome.REJECTED_PERMANENT),
        (403, b"invalid_token", Outcome.CONFIG_ERROR),
        (404, b"no_service", Outcome.CONFIG_ERROR),
        (408, b"", Outcome.UNKNOWN),
        (410, b"channel_is_archived", Outcome.CONFIG_ERROR),
        (429, b"rate_limited", Outcome.REJECTED_TRANSIENT),
        (500, b"rollup_error", Outcome.UNKNOWN),
        (503, b"", Outcome.REJECTED_TRANSIENT),
    ],
)
def test_what_a_webhook_answer_means(status: int, body: bytes, outcome: Outcome) -> None:
    with FaultServer(success=lambda request: Reply(status, body)) as server:
        answer = WebhookSlack(f"{server.url}/services/T/B/X", seconds=2).send(POST)
    assert answer.outcome is outcome
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"ok": True, "channel": "C1", "ts": "1.2"}, Outcome.ACCEPTED),
        ({"ok": True}, Outcome.UNKNOWN),
        ({"ok": False, "error": "ratelimited"}, Outcome.REJECTED_TRANSIENT),
        ({"ok": False, "error": "invalid_auth"}, Outcome.CONFIG_ERROR),
        ({"ok": False, "error": "not_in_channel"}, Outcome.CONFIG_ERROR),
        ({"ok": False, "error": "msg_too_long"}, Outcome.REJECTED_PERMANENT),
        ({"ok": False, "error": "fatal_error"}, Outcome.UNKNOWN),
        ({"ok": False, "error": "request_timeout"}, Outcome.REJECTED_TRANSIENT),
        ("<html>maintenance</html>", Outcome.UNKNOWN),
        ('{"ok": tru', Outcome.UNKNOWN),
    ],
)
def test_what_an_answer_of_the_web_api_means(answer: Any, outcome: Outcome) -> None:
    body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
    with FaultServer(success=lambda request: Reply(200, body)) as server:
        found = BotSlack("xoxb-1", f"{server.url}/api/", seconds=2).send(POST)
    assert found.outcome is outcome
    assert len(server.requests) == 1


def test_a_post_is_found_again_by_its_key() -> None:
    history = {
        "ok": True,
        "messages": [
            {"ts": "1.0", "text": "chat"},
            {
                "ts": "2.0",
                "metadata": {
                    "event_type": "cs_assets_delivery",
                    "event_payload": {"delivery_key": POST.delivery_key},
                },
            },
        ],
    }
    with FaultServer(success=lambda request: Reply(200, json.dumps(history).encode())) as server:
        bot = BotSlack("xoxb-1", f"{server.url}/api/", seconds=2)
        assert bot.find("C1", POST.delivery_key) == "2.0"
        assert bot.find("C1", "ff" * 32) is None


def test_sendgrid_bounces_are_read_page_by_page() -> None:
    def answer(request: Any) -> Reply:
        kind = request.path.split("/")[3].partition("?")[0]
        offset = int(request.path.rpartition("offset=")[2])
        rows = [{"email": f"{kind}{offset + n}@x.example", "reason": "550"} for n in range(500)]
        return Reply(200, json.dumps(rows if offset == 0 else rows[:3]).encode())

    with FaultServer(success=answer) as server:
        found = sendgrid_bounces("SG.key", server.url)
    assert len(found) == 3 * 503


def test_a_key_without_the_scope_is_one_clear_line() -> None:
    with (
        FaultServer(success=lambda request: Reply(403, b"{}")) as server,
        pytest.raises(Unavailable, match="scope"),
    ):
        sendgrid_bounces("SG.key", server.url)


def test_transport_errors_before_the_request_are_told_from_later_ones() -> None:
    from resources.one_request import broken_off

    refused = broken_off(urllib.error.URLError(ConnectionRefusedError()))
    assert refused.outcome is Outcome.REJECTED_TRANSIENT
    assert broken_off(ConnectionResetError()).outcome is Outcome.UNKNOWN

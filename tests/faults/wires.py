"""The five ways out, each a real client library against a fault server on loopback.

A wire knows how its provider says yes, how to make the courier, and how to tell
from a request which delivery it carried.
"""

import base64
import json
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from cs_assets.delivery.couriers import Courier, MailCourier, SlackCourier
from tests.faults.http_server import Fault, FaultServer, KillAt, Reply, Request
from tests.faults.scene import default_policy
from tests.faults.smtp_server import SmtpFaultServer

_NAME = re.compile(rb"CUST_\d{5}")
HTTP_FAULTS: dict[str, Any] = {
    "drop": Fault.DROP,
    "reset": Fault.RESET,
    "time-out": Fault.SILENCE,
    "drip": Fault.DRIP,
    "cut status": Reply(200, b"{" + b" " * 500, cut=400),
    "500": Reply(500, b"oops"),
    "502": Reply(502, b"<html>bad gateway</html>"),
    "504": Reply(504, b""),
}
#: The deadline of an attempt: no answer comes late here unless a fault says so, and then the
#: test sets its own; a busy machine must not make one.
CLIENT_SECONDS = 60.0


@dataclass
class Wire:
    """One provider: its fault server and how to reach it."""

    name: str
    channel: str
    server: FaultServer | SmtpFaultServer

    @property
    def taken(self) -> Counter[str]:
        """How often each artefact was taken over the wire: the ground truth."""
        if isinstance(self.server, SmtpFaultServer):
            return Counter(_named(mail.content) for mail in self.server.mails)
        return Counter(_name_in(self.name, request) for request in self.server.requests)

    @property
    def received(self) -> int:
        """How many messages it has got so far, of whomever."""
        if isinstance(self.server, SmtpFaultServer):
            return len(self.server.mails)
        return len(self.server.requests)

    @property
    def address(self) -> str:
        """Where the client finds it: URL or port."""
        if isinstance(self.server, SmtpFaultServer):
            return str(self.server.port)
        return self.server.url

    def courier(self, home: Path, client_seconds: float = CLIENT_SECONDS) -> Courier:
        return make_courier(self.name, self.address, home, client_seconds)

    def kill_at(self, moment: KillAt) -> None:
        if isinstance(self.server, SmtpFaultServer):
            self.server.kill_after_dot = True
        else:
            self.server.kill_at = moment

    def script(self, *behaviours: Any) -> None:
        """What the server does with the next requests: HTTP behaviours or SMTP stages."""
        self.server.script.extend(behaviours)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *args: object) -> None:
        self.server.__exit__(*args)


WIRES = ("sendgrid", "ses", "smtp", "slack-webhook", "slack-bot")


def open_wire(name: str) -> Wire:
    """The wire with its server running."""
    channel = "slack" if name.startswith("slack") else "email"
    if name == "smtp":
        return Wire(name, channel, SmtpFaultServer())
    return Wire(name, channel, FaultServer(success=_SUCCESS[name], script=deque()))


def make_courier(
    name: str, address: str, home: Path, client_seconds: float = CLIENT_SECONDS
) -> Courier:
    """The real client of provider ``name``, pointed at loopback."""
    if name == "slack-webhook":
        from resources.slack.webhook import WebhookSlack

        hook = WebhookSlack(f"{address}/services/T/B/X", seconds=client_seconds)
        return SlackCourier(hook, home)
    if name == "slack-bot":
        from resources.slack.bot import BotSlack

        bot = BotSlack("xoxb-test", f"{address}/api/", seconds=client_seconds)
        return SlackCourier(bot, home)
    return MailCourier(
        mail_transport(name, address, client_seconds),
        home,
        sender="reports@cs.example",
        reply_to=None,
        policy=default_policy(),
    )


def mail_transport(name: str, address: str, seconds: float) -> Any:
    if name == "sendgrid":
        from resources.mail.providers.sendgrid import SendGridMail

        return SendGridMail("SG.test", address, seconds=seconds)
    if name == "ses":
        from resources.mail.providers.ses import SesMail

        # The SDK signs requests even to a server on loopback.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        with mock.patch.dict(os.environ, keys):
            return SesMail("us-east-1", endpoint_url=address, seconds=seconds)
    from resources.mail.providers.smtp import SmtpMail

    host, _, port = address.rpartition(":")
    return SmtpMail(host or "127.0.0.1", int(port), tls="none", seconds=seconds)


def _json_reply(document: Mapping[str, Any], status: int = 200) -> Reply:
    body = json.dumps(document).encode()
    return Reply(status, body, (("Content-Type", "application/json"),))


_SUCCESS: dict[str, Callable[[Request], Reply]] = {
    "sendgrid": lambda request: Reply(202, b"", (("X-Message-Id", "sg-1"),)),
    "ses": lambda request: _json_reply({"MessageId": "0100-ses"}),
    "slack-webhook": lambda request: Reply(200, b"ok"),
    "slack-bot": lambda request: _json_reply({"ok": True, "channel": "C1", "ts": "1.000100"}),
}


def _name_in(wire: str, request: Request) -> str:
    if wire == "ses":
        document = json.loads(request.body)
        return _named(base64.b64decode(document["Content"]["Raw"]["Data"]))
    return _named(request.body)


def _named(content: bytes) -> str:
    found = _NAME.search(content)
    return found[0].decode() if found else "(unnamed)"


def temporary_refusals(name: str) -> list[tuple[Any, float]]:
    """Ways in which a provider says "not now", each with the seconds it asks for."""
    if name == "smtp":
        return [
            ({"MAIL": "421 4.7.0 try later"}, 0),
            ({"RCPT": "450 4.2.1 busy"}, 0),
            ({"DATA": "451 4.3.0 later"}, 0),
            ({"DOT": "452 4.3.1 full"}, 0),
            ({"DOT": "454 Throttling failure: Maximum sending rate exceeded."}, 0),
            ({"RCPT": "drop"}, 0),
            ({"DATA": "drop"}, 0),
        ]
    if name == "ses":
        kind = "x-amzn-ErrorType"
        return [
            (Reply(429, b'{"message": "slow"}', ((kind, "TooManyRequestsException"),)), 0),
            (
                Reply(
                    400,
                    b'{"message": "Maximum sending rate exceeded"}',
                    ((kind, "ThrottlingException"),),
                ),
                0,
            ),
            (Reply(503, b"{}", ((kind, "ServiceUnavailable"),)), 0),
        ]
    refusals: list[tuple[Any, float]] = [
        (Reply(429, b"{}", (("Retry-After", "3"),)), 3),
        (Reply(503, b"{}"), 0),
        (Reply(429, b"{}"), 0),
    ]
    if name == "slack-bot":
        limited = json.dumps({"ok": False, "error": "ratelimited"}).encode()
        refusals.append((Reply(429, limited, (("Retry-After", "7"),)), 7))
    return refusals


def lost_answers(name: str) -> dict[str, Any]:
    """Ways in which the answer is lost after the provider took the message."""
    if name == "smtp":
        return {"drop": {"DOT": "drop"}, "reset": {"DOT": "reset"}, "time-out": {"DOT": "silence"}}
    faults = dict(HTTP_FAULTS)
    if name == "sendgrid":
        del faults["cut status"]  # its status line is the answer, whatever becomes of the rest
    return faults

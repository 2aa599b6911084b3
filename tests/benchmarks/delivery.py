"""How fast deliveries go out, with every commit and fsync of the protocol."""

import tempfile
import time
from pathlib import Path

from cs_assets.delivery.clock import SystemClock
from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Report, deliver
from cs_assets.delivery.policy import load_policy
from resources.mail.providers.console import ConsoleMail
from tests.faults.scene import WEEK, artefact, open_outbox
from tests.faults.smtp_server import SmtpFaultServer
from tests.faults.wires import make_courier
from tests.figures import Figure
from tests.house.new_mail_provider import new_mail_provider


def console_mails(count: int = 1_000) -> Figure:
    """So many mails with a PDF each into the outbox folder."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        courier = MailCourier(
            ConsoleMail(home / "outbox"),
            home,
            sender="reports@cs.example",
            reply_to=None,
            policy=load_policy(),
        )
        seconds, cpu, report = _timed(home, courier, count)
        written = len(list((home / "outbox").glob("*.eml")))
    return Figure(
        "P-delivery-01",
        f"{count} console deliveries, {cpu:.1f} s of CPU",
        f"{seconds:.1f} s",
        "<= 20 s",
        seconds <= 20 * count / 1_000 and report.counts.sent == written == count,
    )


def smtp_mails(count: int = 1_000) -> Figure:
    """So many mails to a server on loopback, over one connection."""
    with tempfile.TemporaryDirectory() as folder, SmtpFaultServer() as server:
        home = Path(folder)
        courier = make_courier("smtp", str(server.port), home, client_seconds=30)
        seconds, cpu, report = _timed(home, courier, count)
        connections, received = server.connections, len(server.mails)
    rate = count / seconds
    return Figure(
        "P-delivery-02",
        f"{count} SMTP deliveries to loopback over {connections} connection, {cpu:.1f} s of CPU "
        "with the server",
        f"{rate:.0f}/s",
        ">= 50/s, 1 connection",
        rate >= 50 and connections == 1 and report.counts.sent == received == count,
    )


def second_run(count: int = 1_000) -> Figure:
    """A run that finds everything sent already."""
    with tempfile.TemporaryDirectory() as folder, SmtpFaultServer() as server:
        home = Path(folder)
        _timed(home, make_courier("smtp", str(server.port), home), count)
        seconds, _, report = _timed(home, make_courier("smtp", str(server.port), home), count)
    return Figure(
        "P-delivery-03",
        f"second run over {count} sent deliveries, sent again {len(report.tally.sent)}",
        f"{seconds:.2f} s",
        "<= 5 s, 0",
        seconds <= 5 and not report.tally.sent,
    )


def _timed(home: Path, courier: MailCourier, count: int) -> tuple[float, float, Report]:
    """Seconds by the clock and of CPU, and the report."""
    artefacts = [
        artefact(home, number, recipient=f"csm{number}@x.example") for number in range(count)
    ]
    with open_outbox(home, {"email": courier}, SystemClock()) as outbox:
        began, cpu = time.perf_counter(), time.process_time()
        report = deliver(
            outbox,
            artefacts,
            kind="weekly_report",
            period_start=WEEK,
            run_id="benchmark",
            allow_late=True,
        )
        return time.perf_counter() - began, time.process_time() - cpu, report


BY_ID = {
    "P-delivery-01": console_mails,
    "P-delivery-02": smtp_mails,
    "P-delivery-03": second_run,
    "P-house-04a": new_mail_provider,
}

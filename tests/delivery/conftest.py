"""A home with artefacts, a real warehouse and ledger, and a clock that tests move."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from cs_assets.delivery.artefacts import read
from cs_assets.delivery.couriers import Courier, MailCourier
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.journal import Journal
from cs_assets.delivery.ledger import Ledger
from cs_assets.delivery.model import Identity, NewDelivery, Parts
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import DeliveryPolicy, load_policy
from cs_assets.delivery.store import SqliteStore
from resources.duckdb_warehouse import DuckDBWarehouse
from tests.delivery.doubles import FixedClock, ScriptedTransport

WEEK = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 15)
_OUTSIDE = (
    "SENDGRID_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "SMTP_HOST",
    "EMAIL_PROVIDER",
    "SLACK_WEBHOOK_URL",
    "SLACK_BOT_TOKEN",
    "DELIVERY_ALLOW_LIST",
    "DELIVERY_DATABASE_URL",
    "CS_ASSETS_ENVIRONMENT",
    "ALERT_EMAIL",
    "ALERT_SLACK_CHANNEL",
)
MONDAY_AFTER = dt.datetime(2026, 11, 16, 16, 0)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    root = tmp_path / "home"
    root.mkdir(mode=0o700)
    return root


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_AFTER)


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    opened = Ledger(SqliteStore(home / "delivery.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def journal(home: Path) -> Journal:
    return Journal(home / "receipts.jsonl")


@pytest.fixture
def policy() -> DeliveryPolicy:
    return load_policy()


@pytest.fixture
def transport() -> ScriptedTransport:
    """A mail provider that says what the test scripts, and remembers what it got."""
    return ScriptedTransport()


@pytest.fixture
def outbox(
    home: Path,
    ledger: Ledger,
    journal: Journal,
    policy: DeliveryPolicy,
    clock: FixedClock,
    transport: ScriptedTransport,
) -> Outbox:
    courier: Courier = MailCourier(
        transport, home, sender="reports@cs.example", reply_to=None, lists=policy.lists
    )
    return Outbox(
        ledger=ledger,
        journal=journal,
        couriers={"email": courier},
        environments={"email": "production", "slack": None},
        allow_list=(),
        policy=policy,
        home=home,
        clock=clock,
    )


@pytest.fixture
def make_artefact(home: Path) -> Callable[..., Artefact]:
    return lambda number=1, **changes: artefact(home, number, **changes)


def artefact(home: Path, number: int = 1, **changes: object) -> Artefact:
    """A weekly report of customer ``number`` with its files, allowed to be sent."""
    name = f"CUST_{number:05d}"
    folder = home / "artifacts" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(f"Review of {name}\n\nAll is well.\n")
    (folder / f"{name}.html").write_text(f"<html><body><p>Review of {name}</p></body></html>")
    (folder / f"{name}.pdf").write_bytes(b"%PDF-1.4 " + name.encode())
    values: dict[str, object] = {
        "kind": "weekly_report",
        "artefact_id": name,
        "period_start": WEEK,
        "period_end": SUNDAY,
        "channel": "email",
        "audience_id": "CSM001",
        "recipient": f"csm{number}@customers.example",
        "parts": Parts(
            subject=f"Weekly review: {name}",
            text_path=f"artifacts/reports/{name}.txt",
            html_path=f"artifacts/reports/{name}.html",
            attachment_path=f"artifacts/reports/{name}.pdf",
            attachment_name=f"{name}.pdf",
        ),
        "content_sha256": "c" * 64,
        "verdict": "send",
        **changes,
    }
    return Artefact(**values)  # type: ignore[arg-type]


def new_delivery(home: Path, number: int = 1, **changes: object) -> NewDelivery:
    """The delivery of ``artefact(number)`` as planning makes it."""
    made = artefact(home, number)
    parts = made.parts
    hashed = Parts(**{**parts.__dict__, "sha256": read(parts, home).sha256})
    values: dict[str, object] = {
        "environment": "production",
        "report_kind": made.kind,
        "period_start": WEEK,
        "artefact_id": made.artefact_id,
        "audience": made.audience_id,
        "channel": "email",
        "recipient": made.recipient,
        **changes,
    }
    return NewDelivery(Identity(**values), SUNDAY, hashed)  # type: ignore[arg-type]


@pytest.fixture
def warehouse(home: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(path=str(home / "warehouse.duckdb"))


def store_artefacts(
    warehouse: DuckDBWarehouse, artefacts: list[Artefact], verdicts: dict[str, str] | None = None
) -> None:
    """Put artefacts and the gate's verdicts into the warehouse, as other rooms do."""
    rows = pd.DataFrame(
        [
            {
                "kind": one.kind,
                "artefact_id": one.artefact_id,
                "period_start": one.period_start,
                "period_end": one.period_end,
                "channel": one.channel,
                "audience_id": one.audience_id,
                "recipient": one.recipient,
                "subject": one.parts.subject,
                "text_path": one.parts.text_path,
                "html_path": one.parts.html_path,
                "payload_path": one.parts.payload_path,
                "attachment_path": one.parts.attachment_path,
                "attachment_name": one.parts.attachment_name,
                "content_sha256": one.content_sha256,
            }
            for one in artefacts
        ]
    )
    gate = pd.DataFrame(
        [
            {
                "kind": one.kind,
                "artefact_id": one.artefact_id,
                "period_start": one.period_start,
                "verdict": (verdicts or {}).get(one.artefact_id, "send"),
                "reasons": "[]"
                if (verdicts or {}).get(one.artefact_id, "send") == "send"
                else '[{"rule": "fresh data", "detail": "metrics are 9 days old"}]',
                "content_sha256": one.content_sha256,
            }
            for one in artefacts
            if (verdicts or {}).get(one.artefact_id) != "none"
        ]
    ).drop_duplicates(["kind", "artefact_id", "period_start"])
    with warehouse.session("test") as db:
        db.merge("ops.artefacts", rows)
        db.merge("ops.send_gate", gate)

"""A home folder with artefacts and an outbox over it, as all delivery tests need it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from cs_assets.delivery.artefact_files import read
from cs_assets.delivery.clock import Clock
from cs_assets.delivery.couriers import Courier
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Identity, NewDelivery, Parts
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import DeliveryPolicy, load_policy
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import SqliteStore, Store

WEEK = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 15)
MONDAY_AFTER = dt.datetime(2026, 11, 16, 16, 0)


def artefact(home: Path, number: int = 1, **changes: Any) -> Artefact:
    """A weekly report of customer ``number`` with its files, allowed to be sent."""
    name = f"CUST_{number:05d}"
    folder = home / "artifacts" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    for ending, content in (
        ("txt", f"Review of {name}\n\nAll is well.\n"),
        ("html", f"<html><body><p>Review of {name}</p></body></html>"),
        ("pdf", f"%PDF-1.4 {name}"),
    ):
        path = folder / f"{name}.{ending}"
        if not path.exists():  # another process may be reading it
            path.write_text(content)
    values: dict[str, Any] = {
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
    if values["channel"] == "slack" and "recipient" not in changes:
        values["recipient"] = "#reviews"
    return Artefact(**values)


def new_delivery(home: Path, number: int = 1, **changes: Any) -> NewDelivery:
    """The delivery of ``artefact(number)`` as planning makes it."""
    made = artefact(home, number)
    hashed = replace(made.parts, sha256=read(made.parts, home).sha256)
    values: dict[str, Any] = {
        "environment": "production",
        "report_kind": made.kind,
        "period_start": WEEK,
        "artefact_id": made.artefact_id,
        "audience": made.audience_id,
        "channel": "email",
        "recipient": made.recipient,
        **changes,
    }
    return NewDelivery(Identity(**values), SUNDAY, hashed)


@cache
def default_policy() -> DeliveryPolicy:
    """The policy as it comes; read once."""
    return load_policy()


@contextmanager
def open_outbox(
    home: Path,
    couriers: Mapping[str, Courier],
    clock: Clock,
    *,
    policy: DeliveryPolicy | None = None,
    allow_list: Iterable[str] = (),
    environment: str = "production",
    store: Store | None = None,
) -> Iterator[Outbox]:
    """An outbox on the home's ledger and journal; closed afterwards."""
    ledger = Ledger(store or SqliteStore(home / "delivery.sqlite"))
    try:
        yield Outbox(
            ledger=ledger,
            journal=Journal(home / "receipts.jsonl"),
            couriers=couriers,
            environments={
                channel: environment if channel in couriers else None
                for channel in ("email", "slack", "sms")
            },
            allow_list=tuple(allow_list),
            policy=policy or default_policy(),
            home=home,
            clock=clock,
        )
    finally:
        for courier in couriers.values():
            courier.close()
        ledger.close()
